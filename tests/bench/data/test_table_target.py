"""The target of a table, and what a good colleague would warn of."""

import re

import numpy as np
import pytest

from bench.data import load, table_sha256, tables
from bench.data.splits import held_out_split
from bench.errors import UserError

RNG = np.random.default_rng(1)


RARE = ["a", "b"] * 20 + ["c"] * 6 + ["d"] * 5
RINGS = [str(n % 25 + 1) for n in range(300)] + ["26"]
FEW = "Classes with fewer than 10 rows (2 of 4) are"
ALIKE = "may be one: write them alike if they are."
CLASSES = {  # labels, options, the classes that they become, and what is said
    "any name": (["none", "NA", "nan", "null", "-"] * 10, {}, "- NA nan none null", ""),
    "gaps": (["", "?", "b", "c"] * 10, {}, "b c", "20 of 40 rows have no class and are left out."),
    "numbers": (["10", "9", "x"] * 10, {}, "9 10 x", ""),  # in their order
    "one number": (["1", "1.0", "2"] * 10, {}, "1 1.0 2", f"The classes '1' and '1.0' {ALIKE}"),
    "one word": (["Yes", "yes", "2"] * 10, {}, "2 Yes yes", f"The classes 'Yes' and 'yes' {ALIKE}"),
    "merged": (RARE, {"merge_rare": True}, "(rare) a b", f"{FEW} one, (rare), of 11 rows in all."),
    "dropped": (RARE, {"drop_rare": True}, "a b", f"{FEW} left out, 11 rows in all."),
    "positive": (["1", "2"] * 20, {"positive": "1"}, "2 1", ""),
}


def labelled(labels):
    """Lines of a table of these labels and one column of noise."""
    noise = np.random.default_rng(0).normal(size=len(labels))
    return ["x,kind", *(f"{value},{label}" for value, label in zip(noise, labels, strict=True))]


@pytest.mark.parametrize("case", CLASSES)
def test_labels_become_classes(write, read, case):
    labels, options, classes, told = CLASSES[case]
    own = read(write(*labelled(labels)), **options)
    assert " ".join(own.dataset.class_names) == classes
    assert own.notes == ((told,) if told else ())
    known = [label if label in classes.split() else "(rare)" for label in labels]
    kept = [label for label in known if label in classes.split()]
    assert [own.dataset.class_names[n] for n in own.dataset.y] == kept
    assert own.positive == (classes.split()[-1] if len(classes.split()) == 2 else "")


PRICES = [f"{value:.2f}" for value in RNG.uniform(10, 99, 60)]
NO_CLASSES = {
    "rare": (RARE, {}, "5 of 'd' (4 classes in all, 2 too rare). --drop-rare leaves such rows out"),
    "too rare together": (RARE[:-5], {"merge_rare": True}, "one class of 6 rows; use --drop-rare"),
    "a slip": ([*RARE[:40], "A"], {}, "The classes 'A' and 'a' may be one: "),
    "prices": (PRICES, {"merge_rare": True}, "expected classes. Received: 60 different numbers"),
    "rings": (RINGS, {}, "or use --merge-rare if each number is a class"),
    "three": (["1", "2", "3"] * 20, {"positive": "1"}, "--positive: expected a target of two"),
}


@pytest.mark.parametrize("case", NO_CLASSES)
def test_what_is_no_set_of_classes_is_one_line(write, read, case):
    labels, options, told = NO_CLASSES[case]
    with pytest.raises(UserError, match=re.escape(told)):
        read(write(*labelled(labels)), **options)


def test_doubled_rows_and_their_share_of_test_rows_are_said(write, read):
    rows = [f"{n // 2},{n // 2 % 2}" for n in range(80)]
    own = read(write("x,kind", *rows))
    shares = []
    for seed in range(10):
        split = held_out_split(own.dataset, seed)
        others = np.delete(np.arange(80), split.test)
        shares.append(np.mean([row // 2 in others // 2 for row in split.test]))
    (note,) = (note for note in own.notes if "repeat" in note)
    assert note == (
        f"40 of 80 rows repeat an earlier row. {np.mean(shares):.1%} of the test rows also stand "
        "among the training rows (mean of 10 splits)."
    )


@pytest.mark.parametrize("telling", ["number", "category"])
def test_a_column_that_alone_predicts_the_classes_is_named(write, read, telling):
    y = RNG.integers(0, 3, 120)
    column = y * 10 + RNG.random(120) if telling == "number" else np.array(list("xyz"))[y]
    rows = [f"{value},{n},{label}" for n, (value, label) in enumerate(zip(column, y, strict=True))]
    own = read(write("late,x,kind", *rows))
    (note,) = own.notes
    assert note == (
        "This column alone predicts the classes: 'late' (balanced accuracy 1.000). Is it known "
        "before the class is? --drop leaves it out."
    )


def test_more_columns_than_rows_are_said(write, read):
    rows = [",".join(f"{value:.3f}" for value in RNG.random(50)) + f",{n % 2}" for n in range(40)]
    names = ",".join(f"c{n}" for n in range(50))
    own = read(write(f"{names},kind", *rows))
    (note,) = own.notes
    assert note == (
        "The table has more inputs (50) than rows (40): a network can learn the training rows by "
        "heart."
    )


def test_groups_are_no_input_and_are_kept_for_the_workers(write, read, tmp_path):
    rows = [f"P{n // 4},{n % 17},{n // 4 % 2}" for n in range(160)]
    path = write("patient,x,kind", *rows)
    own = read(path, groups="patient")
    assert own.dataset.feature_names == ("x",)
    np.testing.assert_array_equal(own.dataset.groups, np.arange(160) // 4)
    assert own.columns[0].kind == "group"
    assert own.facts()["groups"] == {
        "column": "patient",
        "number": 40,
        "of_rows": (np.arange(160) // 4).tolist(),
    }
    tables.save(own.dataset, tmp_path)
    np.testing.assert_array_equal(load("own", tmp_path).groups, own.dataset.groups)
    plain = read(path, drop="patient")
    assert table_sha256(plain.dataset) != table_sha256(own.dataset)
    assert plain.dataset.groups is None
