import csv
import gzip
import json
import random
from dataclasses import replace

import numpy as np
import pytest

from baselines import ACTIVATIONS, CLASSICAL
from bench.csv_columns import CELL
from bench.errors import UserError
from bench.exports import export, trial_rows
from bench.records import Trial
from bench.store import Store
from tests import helpers

FILES = ("trials.csv", "histories.csv.gz", "rows.csv.gz")
CONTRACT = [  # the columns that others rely on, in their order
    *("dataset", "protocol", "activation", "split", "seed", "trainer", "status", "constant"),
    *("epochs", "best_epoch", "learning_rate", "test_rows", "other_rows", "train_accuracy"),
    *("validation_accuracy", "test_accuracy", "test_f1", "train_loss", "test_loss"),
    *("test_accuracy_stopped_on_test", "parameters", "k0_1_initial", "k1_1_initial"),
    *("k0_1", "k1_1", "k0_2_initial", "k1_2_initial", "k0_2", "k1_2"),
    *("collapse_error", "collapse_flips"),
]


def lines(path):
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return list(csv.DictReader(text.decode().splitlines()))


@pytest.fixture
def all_kinds(small_study):
    """Trials of every status: 14 of the 22 that the study asks for."""
    keys = small_study.keys()
    statuses = ["ok"] * 9 + ["diverged"] * 3 + ["failed"] * 2
    return [helpers.trial(key, status) for key, status in zip(keys[4:18], statuses, strict=True)]


def test_equal_trials_give_equal_bytes_in_whatever_order_they_were_stored(exported, all_kinds):
    first = exported(all_kinds)
    for seed in range(2):
        other = exported(random.Random(seed).sample(all_kinds, len(all_kinds)))
        for name in FILES:
            content = (first / name).read_bytes()
            assert content == (other / name).read_bytes(), name
            if name.endswith(".gz"):
                assert content[3:8] == bytes(5)  # neither name nor time
    table = lines(first / "trials.csv")
    keys = [helpers.key(*(row[name] for name in CELL), int(row["seed"])) for row in table]
    assert keys == sorted(trial.key for trial in all_kinds)
    assert [name for name in table[0] if name in CONTRACT] == CONTRACT


def test_a_model_of_scikit_learns_is_a_row_without_epochs_and_rate(exported, small_study):
    study = replace(small_study, datasets=("iris",), activations=(), models=CLASSICAL)
    folder = exported(helpers.trials(study), study)
    table = lines(folder / "trials.csv")
    assert [row["activation"] for row in table] == sorted(CLASSICAL)
    for row in table:
        assert (row["trainer"], row["status"], row["seed"]) == ("scikit-learn", "ok", "0")
        assert row["epochs"] == row["best_epoch"] == row["learning_rate"] == ""
        assert (row["test_rows"], row["other_rows"]) == ("38", "112")
    assert {row["activation"] for row in lines(folder / "rows.csv.gz")} == set(CLASSICAL)


def test_histories_are_those_of_40_trials_of_as_many_splits_as_can_be(exported):
    protocols = ("paper", "held-out")  # the figure is of held-out
    fields = {"activations": ("relu",), "seeds_per_split": {"iris": (0, 1, 2)}}
    study = helpers.study({"iris": 30}, protocols=protocols, **fields)
    trials = [Trial(key, "keras", "ok", history={"loss": (1.0,)}) for key in study.keys()]  # noqa: SIM118
    folder = exported(trials, study)
    shown = [(int(r["seed"]), int(r["split"])) for r in lines(folder / "histories.csv.gz")]
    assert sorted(shown) == [(0, n) for n in range(30)] + [(1, n) for n in range(10)]
    assert len(lines(folder / "trials.csv")) == 30 + 90


def test_a_study_of_many_activations_has_its_trials_packed_and_no_histories(exported, small_study):
    many = replace(small_study, activations=tuple(ACTIVATIONS), protocols=("held-out",))
    folder = exported(list(map(helpers.trial, many.keys()[:40])), many)
    with Store(folder / "trials.sqlite") as store:
        for study in (small_study, many):
            export(store, study, folder, {})
    assert not (folder / "trials.csv").exists()  # the small study's
    assert len(lines(folder / "trials.csv.gz")) == 40
    assert lines(folder / "histories.csv.gz") == []


def test_further_columns_follow_sorted_before_the_reason(exported, small_study):
    scores = {"test_recall": 0.5, "test_brier": 0.25, "collapse_flips": 0.0}
    learned = {"beta_1": 1.0, "alpha_1": 2.0}
    trial = Trial(small_study.keys()[0], "keras", "ok", scores=scores, coefficients=learned)
    (row,) = lines(exported([trial]) / "trials.csv")
    tail = ["alpha_1", "beta_1", "test_brier", "test_recall", "reason"]
    assert list(row)[-5:] == tail
    assert [row[name] for name in tail] == ["2.0", "1.0", "0.25", "0.5", ""]
    assert row["collapse_flips"] == "0"  # a whole number


def test_histories_have_a_row_an_epoch_and_six_digits(exported, small_study):
    history = {"loss": (1 / 3, float("nan"), float("inf")), "val_loss": (2e-7 / 3, 1.0, 123456789)}
    watched = {"test_accuracy": (0.5, 0.5, 1.0), "beta_1": (3.0, 2.0, 1.0)}
    for more in ({}, watched):
        trial = Trial(small_study.keys()[0], "keras", "ok", history={**more, **history})
        table = lines(exported([trial]) / "histories.csv.gz")
        assert [row["epoch"] for row in table] == ["1", "2", "3"]
        assert [row["loss"] for row in table] == ["0.333333", "nan", "inf"]
        assert [row["val_loss"] for row in table] == ["6.66667e-08", "1", "1.23457e+08"]
        assert {row["k0_1"] for row in table} == {""}
        assert ("test_accuracy" in table[0]) == bool(more)
    assert list(table[0])[-6:] == ["test_accuracy", "k0_1", "k1_1", "k0_2", "k1_2", "beta_1"]


def test_rows_count_the_seeds_that_tested_them_and_got_them_right(exported, small_study):
    keys = small_study.keys()
    outcomes = [[1, 0, -1, -1], [1, 1, 0, -1], [0, -1, 0, -1]]
    trials = [
        Trial(key, "keras", "ok", outcomes=np.array(seed, np.int8))
        for key, seed in zip(keys, outcomes, strict=False)
    ]
    table = lines(exported(trials) / "rows.csv.gz")
    counts = [(row["row"], row["seeds_tested"], row["seeds_correct"]) for row in table]
    assert counts == [("0", "3", "2"), ("1", "2", "1"), ("2", "2", "0")]
    assert {tuple(row[name] for name in CELL) for row in table} == {keys[0][:3]}


def test_provenance_says_what_was_asked_done_and_taken(exported, small_study):
    keys = small_study.keys()
    failed = helpers.trial(keys[1], "failed")
    folder = exported([helpers.trial(keys[0]), failed, helpers.trial(keys[6])])
    with Store(folder / "trials.sqlite") as store:
        store.add([failed], small_study.fingerprint("iris"), seconds=0.5, attempts=2)
        export(store, small_study, folder, {"versions": {"python": "3.12"}})
    provenance = json.loads((folder / "provenance.json").read_text())
    study, cell = provenance["study"], {"dataset": "iris", "protocol": "paper"}
    assert provenance["versions"] == {"python": "3.12"}
    assert (study["asked"], study["done"], study["failed"]) == (22, 2, 1)
    assert study["seeds"] == {"iris": [0, 1, 2, 3, 4, 5], "banknote": [0, 1, 2, 3, 4]}
    assert study["fingerprints"]["iris"] == small_study.fingerprint("iris")
    assert provenance["wall"] == [
        {**cell, "activation": "adaact", "trials": 1, "seconds": 0.25},
        {**cell, "activation": "relu", "trials": 2, "seconds": 1.0},
    ]
    assert provenance["attempts"] == [{**keys[1]._asdict(), "attempts": 3}]
    assert provenance["finished"].endswith("+00:00")


def test_trials_that_were_not_asked_for_are_not_exported(exported, all_kinds, small_study):
    folder = exported(all_kinds)
    part = replace(small_study, activations=("relu",))
    with Store(folder / "trials.sqlite") as store:
        export(store, part, folder, {})
    assert {row["activation"] for row in lines(folder / "trials.csv")} == {"relu"}


def test_an_export_that_fails_leaves_the_old_files(exported, all_kinds, small_study, monkeypatch):
    folder = exported(all_kinds)
    before = {path: path.read_bytes() for path in folder.iterdir()}

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trial_rows, "history_lines", fail)
    with (
        Store(folder / "trials.sqlite") as store,
        pytest.raises(UserError, match="No space left on device") as error,
    ):
        export(store, small_study, folder, {})
    assert str(error.value).startswith(str(folder))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
