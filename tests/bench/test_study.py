import json
from dataclasses import replace
from pathlib import Path

import pytest

import bench.study
from baselines import CLASSICAL, DEFAULT
from bench.data import DATASETS
from bench.default_studies import default_study, quick_study, table_epochs, table_study
from bench.next_trials import first_look, larger, largest_splits
from bench.options import choose
from bench.records import NO_RATE
from bench.study import LIBRARIES, Study, compares_the_same, current_versions, is_part
from tests import helpers

ROOT = Path(__file__).parents[2]


def test_trials_come_in_the_order_asked(small_study):
    keys = small_study.keys()
    assert keys[0] == helpers.key("iris", "paper", "relu", 0)
    assert keys[5:7] == [
        helpers.key("iris", "paper", "relu", 5),
        helpers.key("iris", "paper", "adaact", 0),
    ]
    assert keys[-1] == helpers.key("banknote", "paper", "adaact", 4)
    assert len(keys) == len(set(keys)) == 2 * 6 + 2 * 5


@pytest.mark.parametrize(
    ("change", "decides"),
    [
        ({"trainer": "many-seeds"}, True),
        ({"epochs": {"iris": 5, "banknote": 3}}, True),
        ({"data": {"iris": "ef" * 32, "banknote": "cd" * 32}}, True),
        ({"versions": {"keras": "3.15.1", "protocols": "1"}}, True),
        ({"versions": {"keras": "3.15.0", "protocols": "2"}}, True),
        ({"hidden": (8,)}, True),
        ({"sources": {"relu": "00"}}, True),
        ({"sources": {"mine:bent": "00"}}, False),
        ({"seeds": {"iris": (7,), "banknote": (7,)}}, False),
        ({"splits": {"iris": (7,), "banknote": (7,)}}, False),
        ({"models": ("majority-class",)}, False),
        ({"activations": ("tanh",)}, False),
        ({"epochs": {"iris": None, "banknote": 50}}, False),
        ({"data": {"iris": "ab" * 32, "banknote": "ef" * 32}}, False),
    ],
)
def test_whatever_decides_a_result_changes_the_fingerprint(small_study, change, decides):
    changed = replace(small_study, **change)
    before, after = (study.fingerprint("iris", "relu") for study in (small_study, changed))
    assert (before != after) == decides
    assert Study.from_json(changed.to_json()) == changed


def test_a_stored_study_finds_its_trials_also_after_an_upgrade(monkeypatch):
    study = choose(default_study(), datasets="iris")
    text = study.to_json()
    monkeypatch.setattr(bench.study, "PROTOCOL_VERSION", 99)
    assert Study.from_json(text).fingerprint("iris") == study.fingerprint("iris")
    assert choose(default_study(), datasets="iris").fingerprint("iris") != study.fingerprint("iris")


@pytest.mark.parametrize("study", [default_study(), quick_study(), table_study(["own"], (8,))])
def test_json_gives_a_study_back(study):
    assert Study.from_json(study.to_json()) == study


def grown(splits, **changes):
    """Return a study of two sets under held-out with so many splits on Iris."""
    base = helpers.study({"iris": splits, "banknote": 30}, protocols=("held-out",))
    return replace(base, **changes)


def test_looks_grow_from_25_splits_to_four_times_the_default_or_the_first_look():
    def sizes(study):
        return [len(study.splits[name]) for name in ("iris", "banknote")]

    most = largest_splits(grown(10))
    assert sizes(first_look(grown(10))) == [25, 30]
    assert most == {name: 4 * DATASETS[name].budget.splits for name in ("iris", "banknote")}
    assert largest_splits(grown(300))["iris"] == 1200
    second = larger(grown(40), ["iris"], most)
    assert sizes(second) == [80, 30]
    assert set(grown(40).keys()) < set(second.keys())
    assert sizes(larger(grown(40), ["iris"], {"iris": 50})) == [50, 30]
    assert larger(grown(60), ["iris"], {"iris": 50}) == grown(60)


def test_a_part_of_a_study_has_some_of_its_trials():
    assert is_part(grown(10), grown(20))
    assert not is_part(grown(20), grown(10))
    assert not is_part(grown(10), grown(20, trainer="many-seeds"))
    only = replace(grown(20), datasets=("iris",))
    assert is_part(grown(10), only)
    assert not is_part(replace(grown(10), datasets=("banknote",)), only)
    assert compares_the_same(only, grown(20))
    assert not compares_the_same(grown(20), only)
    assert not compares_the_same(grown(20), grown(20, activations=("adaact", "relu")))


def test_the_default_study_is_the_contracts():
    study = default_study()
    assert study.datasets == tuple(DATASETS)
    assert study.activations == DEFAULT
    assert {name: len(seeds) for name, seeds in study.seeds.items()} == {
        "banknote": 100,
        "mnist": 40,
        "iris": 100,
    }
    cells = {cell[:2]: len(study.places(cell)) for cell in study.cells() if cell[2] == "adaact"}
    assert cells == {
        ("banknote", "paper"): 100,
        ("banknote", "paper-clean"): 100,
        ("banknote", "held-out"): 100 * 10,
        ("mnist", "paper"): 40,
        ("mnist", "held-out"): 40,
        ("iris", "paper"): 100,
        ("iris", "paper-clean"): 100,
        ("iris", "held-out"): 50 * 40,
        # Two seeds of six rates in each split; the choice decides how many trials follow.
        ("banknote", "held-out-tuning"): 100 * 2 * 6,
        ("banknote", "held-out-tuned"): 0,
        ("mnist", "held-out-tuning"): 2 * 6,
        ("mnist", "held-out-tuned"): 0,
        ("iris", "held-out-tuning"): 50 * 2 * 6,
        ("iris", "held-out-tuned"): 0,
    }
    assert len(study.splits["mnist"]) == 40
    assert set(study.epochs.values()) == {None}
    assert study.versions == current_versions()


def test_the_quick_study_asks_all_cells_but_the_tuned_ones_for_less():
    quick, default = quick_study(), default_study()
    rest = [cell for cell in default.cells() if "tun" not in cell.protocol]
    assert quick.cells() == rest
    assert len(quick.keys()) < len(default.keys()) / 10
    assert quick.fingerprint("mnist") != default.fingerprint("mnist")  # its epochs are capped
    assert quick.fingerprint("iris") == default.fingerprint("iris")
    counts = {cell[:2]: len(quick.places(cell)) for cell in quick.cells() if cell[2] == "relu"}
    assert [counts[name, "paper"] for name in DATASETS] == [10, 3, 10]
    assert [counts[name, "held-out"] for name in DATASETS] == [10 * 2, 3, 10 * 4]


def test_a_tables_study_has_20_splits_of_5_seeds_and_enough_steps():
    study = table_study(["own"], (8,))
    assert len(study.places(study.cells()[0])) == 100
    for rows in (60, 215, 10_000, 1_000_000):
        epochs, steps = table_epochs(rows), -(-rows * 0.6 // 32)
        assert epochs >= 50
        assert epochs * steps >= 10_000
        assert epochs == 50 or (epochs - 1) * steps < 10_000


def test_a_cells_trials_come_split_by_split(small_study):
    study = replace(
        small_study,
        protocols=("held-out",),
        splits={"iris": (2, 5), "banknote": (0,)},
        seeds_per_split={"iris": (0, 3), "banknote": (1,)},
        models=CLASSICAL,
    )
    places = [key.place[:2] for key in study.keys() if key[:3] == ("iris", "held-out", "relu")]  # noqa: SIM118
    assert places == [(2, 0), (2, 3), (5, 0), (5, 3)]
    fits = [key.place for key in study.keys() if key[:3] == ("iris", "held-out", CLASSICAL[0])]  # noqa: SIM118
    assert fits == [(2, 0, NO_RATE), (5, 0, NO_RATE)]


def test_what_decides_a_fit_of_scikit_learns_is_not_what_decides_a_network(small_study):
    model = CLASSICAL[0]
    other = replace(small_study, trainer="many-seeds", epochs={"iris": 5, "banknote": 3})
    assert other.fingerprint("iris", model) == small_study.fingerprint("iris", model)
    for change in (
        {"data": {"iris": "ef" * 32, "banknote": "cd" * 32}},
        {"versions": {"keras": "3.15.0", "protocols": "1", "scikit-learn": "9"}},
    ):
        changed = replace(small_study, **change)
        assert changed.fingerprint("iris", model) != small_study.fingerprint("iris", model)


def test_the_trials_in_the_results_folder_are_the_default_studys():
    facts = json.loads((ROOT / "results" / "provenance.json").read_text())
    own = {name: facts["versions"][name] for name in LIBRARIES}
    study = replace(
        default_study(), versions=own | {"protocols": str(bench.study.PROTOCOL_VERSION)}
    )
    assert {name: study.fingerprint(name) for name in DATASETS} == facts["study"]["fingerprints"]
