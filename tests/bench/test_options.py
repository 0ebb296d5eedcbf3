from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baselines import ACTIVATIONS, DEFAULT
from bench.default_studies import default_study, table_study
from bench.errors import UserError
from bench.options import (
    LARGEST_SEED,
    choose,
    folder_name,
    parse_seeds,
    parse_splits,
    parse_widths,
    table_names,
)

NAMES = ("banknote", "mnist", "iris")


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


REFUSED = {
    "seeds": (
        *("", "0", "-1", "-5:5", "5:4", "1.5", "ten", "1,2", "1,1", "3:", ":3", "0:9:2", "1e3"),
        *("٣", "9" * 30, "1000001", f"0:{LARGEST_SEED}", f"5:{LARGEST_SEED + 1}"),
        *("iris=", "iris=0", "iris=2,iris=3", "irsi=2", "iris=2,5", "=5", "iris==5", "iris=5\n6"),
    ),
    "splits": ("", "0", "-1", "1:3", "1.5", "iris=0", "iris=2,iris=3", "9" * 7),
    "hidden": ("", "8,", "0", "64,-1", "1.5", "100000", "٣", "8 8"),
}
READ = {
    "seeds": lambda text: parse_seeds(text, NAMES),
    "splits": lambda text: parse_splits(text, NAMES),
    "hidden": parse_widths,
}


@pytest.mark.parametrize(
    ("option", "text"), [(one, text) for one in REFUSED for text in REFUSED[one]]
)
def test_numbers_that_cannot_be_are_refused_in_one_line(option, text):
    with pytest.raises(UserError, match=rf"^--{option}: .+\.$|Did you mean") as error:
        READ[option](text)
    assert "\n" not in str(error.value)


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
    chosen = choose(base, datasets=" mnist, iris", activations="relu", seeds="iris=4:5", epochs=500)
    seeds = {"mnist": base.seeds["mnist"], "iris": (4, 5)}
    per_split = {"mnist": base.seeds_per_split["mnist"], "iris": (4, 5)}
    names = ("mnist", "iris")
    assert chosen == replace(
        base,
        datasets=names,
        activations=("relu",),
        seeds=seeds,
        seeds_per_split=per_split,
        splits={name: base.splits[name] for name in names},
        epochs=dict.fromkeys(names, 500),
        data={name: base.data[name] for name in names},
    )
    chosen = choose(base, splits="iris=3, banknote = 1")
    assert chosen == replace(base, splits={**base.splits, "iris": (0, 1, 2), "banknote": (0,)})
    table = table_study(["own"], (8,))
    seeds = {"own": (4, 5)}
    assert choose(table, seeds="4:5") == replace(table, seeds=seeds, seeds_per_split=seeds)


def test_all_activations_are_the_default_ones_and_then_the_others():
    every = choose(default_study(), activations="all")
    assert every.activations[:5] == DEFAULT
    assert sorted(every.activations) == sorted(ACTIVATIONS)
    assert every.fingerprint("iris", "mish") == default_study().fingerprint("iris")


def test_more_trials_than_memory_holds_are_refused():
    with pytest.raises(UserError, match=r"^--splits, --seeds: at most 1000000 trials"):
        choose(default_study(), datasets="iris", splits="2000", seeds="2000")


def test_a_protocol_that_is_not_for_a_data_set_leaves_it_out():
    assert choose(default_study(), protocols="paper-clean").datasets == ("banknote", "iris")


def test_the_former_name_of_the_many_seeds_trainer_still_works():
    study = choose(default_study(), trainer="keras")
    assert study.trainer == "keras"
    assert choose(study, trainer="replicate") == choose(study, trainer="many-seeds")


def test_tables_are_named_after_their_files_and_told_apart():
    names = ["data", "data-2", "data-2-2", "c-d-v2", "table", "iris-table"]
    files = ["a/data.csv", "b/data.csv", "data 2.csv", "a b/c d.v2.csv", "é.csv", "iris.csv"]
    assert table_names(files) == dict(zip(names, files, strict=True))
    assert folder_name(("a",)) == "a"
    assert folder_name(tuple("abcde")) == "a-b-c-and-2-more"
    with pytest.raises(UserError, match=r"a\.csv is there twice"):
        table_names(["a.csv", "b.csv", "a.csv"])
