"""The target of a table, and what a good colleague would warn of."""

import numpy as np
import pytest

from bench.data import load, table_sha256, tables
from bench.data.splits import held_out_split
from bench.errors import UserError

RNG = np.random.default_rng(1)


@pytest.fixture
def labelled(write, read):
    """Read a table of these labels and one column of noise."""

    def labelled(labels, **options):
        noise = np.random.default_rng(0).normal(size=len(labels))
        lines = [f"{value},{label}" for value, label in zip(noise, labels, strict=True)]
        return read(write("x,kind", *lines), **options)

    return labelled


@pytest.mark.parametrize("label", ["none", "NA", "nan", "null", "-"])
def test_a_class_may_have_any_name(labelled, label):
    own = labelled([label, "b", "c"] * 10)
    assert set(own.dataset.class_names) == {label, "b", "c"}
    assert len(own.dataset.y) == 30


@pytest.mark.parametrize("gap", ["", "?"])
def test_only_an_empty_cell_and_a_question_mark_are_no_class(labelled, gap):
    own = labelled([gap, "b", "c"] * 10)
    assert own.dataset.class_names == ("b", "c")
    assert own.notes == ("10 of 30 rows have no class and are left out.",)
    assert own.columns[1].gaps == 10


@pytest.mark.parametrize("labels", [("1", "1.0"), ("Yes", "yes")])
def test_labels_that_may_be_one_are_pointed_out(labelled, labels):
    own = labelled([*labels, "2"] * 10)
    one, other = labels
    assert own.notes == (
        f"The classes '{one}' and '{other}' may be one: write them alike if they are.",
    )


def test_of_two_classes_the_positive_one_is_the_last_or_named(labelled):
    labels = ["1", "2"] * 20
    assert labelled(labels).positive == "2"
    own = labelled(labels, positive="1")
    assert (own.positive, own.dataset.class_names) == ("1", ("2", "1"))
    np.testing.assert_array_equal(own.dataset.y, [1, 0] * 20)
    assert own.facts()["positive"] == "1"
    with pytest.raises(UserError, match=r"--positive: expected a target of two classes. Received"):
        labelled(["1", "2", "3"] * 20, positive="1")


RARE = ["a", "b"] * 20 + ["c"] * 6 + ["d"] * 5


def test_rare_classes_are_refused_merged_or_dropped(labelled):
    told = (
        r"column 'kind': expected 10 rows or more of each class. Received: 5 of 'd' \(4 classes in "
        r"all, 2 too rare\). --drop-rare leaves such rows out, --merge-rare makes one class"
    )
    with pytest.raises(UserError, match=told):
        labelled(RARE)
    merged = labelled(RARE, merge_rare=True)
    assert merged.dataset.class_names == ("(rare)", "a", "b")
    assert np.bincount(merged.dataset.y).tolist() == [11, 20, 20]
    assert merged.notes == (
        "Classes with fewer than 10 rows (2 of 4) are one, (rare), of 11 rows in all.",
    )
    dropped = labelled(RARE, drop_rare=True)
    assert dropped.dataset.class_names == ("a", "b")
    assert dropped.notes == (
        "Classes with fewer than 10 rows (2 of 4) are left out, 11 rows in all.",
    )
    with pytest.raises(UserError, match=r"makes one class of 6 rows; use --drop-rare instead"):
        labelled(RARE[:-5], merge_rare=True)


def test_rare_labels_that_may_be_others_are_pointed_out(labelled):
    with pytest.raises(UserError, match=r"The classes 'A' and 'a' may be one: .* --drop-rare"):
        labelled([*RARE[:40], "A"])


def test_a_number_to_predict_is_named_as_such(labelled):
    prices = [f"{value:.2f}" for value in RNG.uniform(10, 99, 60)]
    with pytest.raises(UserError, match=r"expected classes. Received: 60 different numbers from"):
        labelled(prices, merge_rare=True)
    rings = [str(n % 25 + 1) for n in range(300)] + ["26"]
    with pytest.raises(UserError, match=r"26 different numbers .* use --merge-rare if each"):
        labelled(rings)
    assert labelled(rings, drop_rare=True).dataset.classes == 25


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


GROUPS = {
    "a gap": ([f"{n // 4 or ''},{n % 17},{n % 2}" for n in range(80)], "row 2: expected a group"),
    "too few": ([f"{n // 40},{n % 17},{n % 2}" for n in range(80)], "expected groups enough"),
    "one a class": ([f"{n % 2},{n % 17},{n % 2}" for n in range(80)], "expected groups enough"),
}


@pytest.mark.parametrize("case", GROUPS)
def test_groups_that_cannot_be_split_are_refused(write, read, case):
    rows, told = GROUPS[case]
    with pytest.raises(UserError, match=told):
        read(write("g,x,kind", *rows), groups="g")
