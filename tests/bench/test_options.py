from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baselines import ACTIVATIONS, DEFAULT
from bench.data import DATASETS
from bench.errors import UserError
from bench.options import (
    LARGEST_SEED,
    choose,
    folder_name,
    parse_names,
    parse_seeds,
    parse_splits,
    parse_widths,
    table_name,
    table_names,
)
from bench.study import default_study, table_study

NAMES = ("banknote", "mnist", "iris")


def test_names_keep_the_order_typed():
    assert parse_names(" iris, banknote", NAMES, "--datasets") == ("iris", "banknote")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("irsi", "--datasets: unknown name 'irsi'. Did you mean iris?"),
        ("zebra", "--datasets: unknown name 'zebra'. Known: banknote, mnist, iris."),
        ("iris,", "--datasets: unknown name ''. Known: banknote, mnist, iris."),
        ("iris,iris", "--datasets: iris is there twice. Name it once."),
        ("iris\niris", "--datasets: unknown name 'iris\\niris'. Did you mean iris?"),
    ],
)
def test_names_that_cannot_be_are_refused_in_one_line(text, message):
    with pytest.raises(UserError) as error:
        parse_names(text, NAMES, "--datasets")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", {"banknote": (0, 1), "mnist": (0, 1), "iris": (0, 1)}),
        ("7:8", {"banknote": (7, 8), "mnist": (7, 8), "iris": (7, 8)}),
        ("42:42", {"banknote": (42,), "mnist": (42,), "iris": (42,)}),
        ("banknote=2,mnist=1", {"banknote": (0, 1), "mnist": (0,)}),
        ("iris = 5:6", {"iris": (5, 6)}),
        (f"{LARGEST_SEED}:{LARGEST_SEED}", dict.fromkeys(NAMES, (LARGEST_SEED,))),
    ],
)
def test_seeds_are_read_in_all_their_forms(text, expected):
    assert parse_seeds(text, NAMES) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "-1", "-5:5", "5:4", "1.5", "ten", "1,2", "1,1", "3:", ":3", "0:9:2", "1e3"),
        *("٣", "99999999999999", "1000001", f"0:{LARGEST_SEED}", f"5:{LARGEST_SEED + 1}"),
        *("iris=", "iris=0", "iris=2,iris=3", "irsi=2", "iris=2,5", "=5", "iris==5", "iris=5\n6"),
    ],
)
def test_seeds_that_cannot_be_are_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"^--seeds: .+\.$|Did you mean") as error:
        parse_seeds(text, NAMES)
    assert "\n" not in str(error.value)


def test_a_seed_beyond_the_largest_is_told_so():
    with pytest.raises(UserError, match=f"none above {LARGEST_SEED}"):
        parse_seeds("9" * 30, NAMES)


@given(st.text(max_size=12))
def test_no_text_at_all_breaks_the_reading_of_seeds(text):
    try:
        chosen = parse_seeds(text, NAMES)
    except UserError:
        return
    assert all(seeds == tuple(sorted(set(seeds))) for seeds in chosen.values())


def test_options_change_what_they_name_and_nothing_else():
    base = default_study()
    assert choose(base) == base
    chosen = choose(
        base, datasets="mnist,iris", activations="relu", seeds="iris=4:5", epochs=2, trainer="keras"
    )
    assert chosen.datasets == ("mnist", "iris")
    assert chosen.activations == ("relu",)
    assert chosen.protocols == base.protocols
    assert chosen.seeds == {"mnist": base.seeds["mnist"], "iris": (4, 5)}
    assert chosen.epochs == {"mnist": 2, "iris": 2}
    assert chosen.trainer == "keras"
    by_hand = replace(base, epochs={"iris": 2}, trainer="keras")
    assert chosen.fingerprint("iris") == by_hand.fingerprint("iris")


def test_all_activations_are_the_default_ones_and_then_the_others():
    every = choose(default_study(), activations="all")
    assert every.activations[:5] == DEFAULT
    assert sorted(every.activations) == sorted(ACTIVATIONS)
    assert every.fingerprint("iris", "mish") == default_study().fingerprint("iris")


def test_a_cap_above_the_protocols_own_is_taken_as_it_is():
    assert choose(default_study(), epochs=500).epochs == dict.fromkeys(DATASETS, 500)


def test_splits_are_read_for_all_data_sets_or_by_name():
    assert parse_splits("2", NAMES) == dict.fromkeys(NAMES, (0, 1))
    chosen = choose(default_study(), splits="iris=3, banknote = 1")
    assert chosen.splits == {**default_study().splits, "iris": (0, 1, 2), "banknote": (0,)}
    assert chosen.seeds_per_split == default_study().seeds_per_split


@pytest.mark.parametrize("text", ["", "0", "-1", "1:3", "1.5", "iris=0", "iris=2,iris=3", "9" * 7])
def test_splits_that_cannot_be_are_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"^--splits: .+\.$") as error:
        parse_splits(text, NAMES)
    assert "\n" not in str(error.value)


def test_seeds_hold_for_one_split_and_for_each_of_several():
    chosen = choose(default_study(), seeds="2:3")
    assert chosen.seeds == chosen.seeds_per_split == dict.fromkeys(DATASETS, (2, 3))
    assert chosen.splits == default_study().splits


def test_more_trials_than_memory_holds_are_refused():
    with pytest.raises(UserError, match=r"^--splits, --seeds: at most 1000000 trials"):
        choose(default_study(), datasets="iris", splits="2000", seeds="2000")


def test_a_protocol_that_is_not_for_a_data_set_leaves_it_out():
    assert choose(default_study(), protocols="paper-clean").datasets == ("banknote", "iris")
    with pytest.raises(UserError, match=r"^--protocols: paper-clean is not for mnist"):
        choose(default_study(), datasets="iris,mnist", protocols="paper-clean")


def test_a_table_is_chosen_from_as_a_study_is():
    base = table_study(["own"], (8,))
    chosen = choose(base, activations="relu", seeds="4:5", epochs=2)
    seeds = {"own": (4, 5)}
    assert chosen == replace(
        base, activations=("relu",), seeds=seeds, seeds_per_split=seeds, epochs={"own": 2}
    )


def test_widths_are_read_in_their_order():
    assert parse_widths("64, 32") == (64, 32)


@pytest.mark.parametrize("text", ["", "8,", "0", "64,-1", "1.5", "100000", "٣", "8 8"])
def test_widths_that_cannot_be_are_refused(text):
    with pytest.raises(UserError, match=r"^--hidden: expected widths from 1 on"):
        parse_widths(text)


@pytest.mark.parametrize(
    ("file", "name"), [("a b/c d.v2.csv", "c-d-v2"), ("é.csv", "table"), ("iris.csv", "iris-table")]
)
def test_a_table_is_named_after_its_file(file, name):
    assert table_name(file) == name


def test_the_former_name_of_the_many_seeds_trainer_still_works():
    study = choose(default_study(), trainer="keras")
    assert choose(study, trainer="replicate") == choose(study, trainer="many-seeds")


def test_tables_of_one_name_are_told_apart():
    names = table_names(["a/data.csv", "b/data.csv", "data 2.csv", "wine"])
    assert names == {
        "data": "a/data.csv",
        "data-2": "b/data.csv",
        "data-2-2": "data 2.csv",
        "wine": "wine",
    }
    assert folder_name(("a",)) == "a"
    assert folder_name(tuple("abcde")) == "a-b-c-and-2-more"
    with pytest.raises(UserError, match=r"a\.csv is there twice"):
        table_names(["a.csv", "b.csv", "a.csv"])
