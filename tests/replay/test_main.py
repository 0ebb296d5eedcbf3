"""``python -m replay``, with a stand-in for the old software."""

import json
import sys
from itertools import count

import pandas as pd
import pytest

from bench.analysis.replays import neighbouring_seeds
from bench.csv_columns import DRIFT, REPLAY_SEED, names
from bench.errors import UserError
from bench.published import load_published
from replay import old_software, seeds
from replay.__main__ import main

SOFTWARE = {"python": "3.9.18", "tensorflow": "2.5.3", "keras": "2.5.0", "numpy": "1.19.5"}
SCORES = ("epochs", "best_epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy")


def train(python, out, dataset, data_dir, *options):
    """Trains as published, with the published seed and initializer; anything else goes astray."""
    published = load_published()[dataset]
    seeds = [int(word) for word in options if word.isdigit()]
    return {
        "software": SOFTWARE | ({"tensorflow": "2.21.0"} if python == sys.executable else {}),
        "runs": [
            run(dataset, published, seed, astray="he_normal" in options or bool(seeds))
            for seed in seeds or [published.seed]
        ],
    }


def run(dataset, published, seed, *, astray):
    made = {"dataset": dataset, "seed": seed, "history": {}, "parameters_trainable": 0}
    for (name, epoch), value in published.figures.items():
        number = float(value) + 0.1 * astray
        if epoch:
            made["history"].setdefault(name, dict(zip(range(50), count())))[epoch - 1] = number
        else:
            made[name] = number
    made["history"] = {name: list(after.values()) for name, after in made["history"].items()}
    return made


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(old_software, "prepare", lambda _: "old")
    monkeypatch.setattr(old_software, "train", train)
    monkeypatch.setattr("replay.__main__.locate", lambda *_: {})


@pytest.fixture
def replay(tmp_path):
    """The command, with a results folder of its own."""
    return lambda *arguments: main([*arguments, "--results", str(tmp_path)])


def test_the_paper_s_runs_are_compared_and_kept(replay, tmp_path, capsys):
    assert replay() == 0
    told = capsys.readouterr().out
    assert "In TensorFlow 2.5.3, Keras 2.5.0, NumPy 1.19.5 and Python 3.9.18:" in told
    assert told.count("\n| ") > 30
    assert told.count("**reproduced**") == 3
    kept = json.loads((tmp_path / "replay.json").read_text())
    assert kept["software"] == SOFTWARE
    assert [run["dataset"] for run in kept["runs"]] == ["banknote", "mnist", "iris"]


@pytest.mark.parametrize("options", [("--seed", "43"), ("--initializer", "he_normal")])
def test_another_run_is_not_replayed_and_not_kept(replay, options, tmp_path, capsys):
    assert replay(*options) == 1
    assert capsys.readouterr().out.count("**not reproduced**") == 3
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("part", "kept"), [("iris", ["replay_seeds.csv"]), ("banknote", [])])
def test_a_part_is_compared_and_not_kept_but_iris_neighbours(replay, part, kept, tmp_path, capsys):
    assert replay("--datasets", part) == 0
    assert capsys.readouterr().out.count("**reproduced**") == 1
    assert [path.name for path in tmp_path.iterdir()] == kept


def test_the_neighbouring_seeds_of_iris_keep_every_epoch(replay, tmp_path):
    replay("--datasets", "iris")
    table = pd.read_csv(tmp_path / "replay_seeds.csv")
    assert list(table.columns) == list(names(REPLAY_SEED))
    assert table["seed"].tolist() == list(range(40, 48))
    assert set(table["software"]) == {"TensorFlow 2.5.3, Keras 2.5.0"}
    made = run("iris", load_published()["iris"], 45, astray=True)
    curve = neighbouring_seeds(table, load_published())["test_accuracies"][5]
    assert curve == pytest.approx(made["history"]["val_accuracy"], rel=1e-5)


@pytest.mark.parametrize(
    ("options", "fault", "code", "told"),
    [
        (("--datasets", "irish"), None, 2, "Did you mean iris?"),
        ((), old_software.NoPythonError, 3, "no Python 3.9"),
        ((), UserError, 2, "no Python 3.9"),
    ],
)
def test_what_the_user_can_mend_is_one_line(
    replay, options, fault, code, told, capsys, monkeypatch
):
    def fail(_):
        raise fault("no Python 3.9 anywhere.")

    monkeypatch.setattr(old_software, "prepare", fail)
    assert replay(*options) == code
    error = capsys.readouterr().err
    assert error.startswith("replay: ")
    assert told in error
    assert error.count("\n") == 1


def test_the_epoch_kept_is_the_one_that_was_scored():
    history = {"val_loss": [0.5, 0.1, 0.3, 0.2], "val_accuracy": [0.5, 1, 0.7, 0.8]}
    runs = [
        run("iris", load_published()["iris"], seed, astray=False)
        | {"history": history, "test_loss": loss, "best_epoch": 2}
        for seed, loss in ((1, 0.1 + 1e-8), (2, 0.2 - 1e-8))  # fired, or ended without
    ]
    assert seeds.neighbour_rows({"software": SOFTWARE, "runs": runs})["kept_epoch"].tolist() == [
        2,
        4,
    ]


def test_the_drift_study_has_both_kinds_of_software_and_replaces_a_cell_alone(replay, tmp_path):
    assert replay("--drift", "--datasets", "iris,banknote") == 0
    path = tmp_path / "drift.csv"
    before, table = path.read_bytes(), pd.read_csv(path)
    assert list(table.columns) == list(names(DRIFT))
    cells = table.groupby(["dataset", "arm"], sort=False)["seed"].agg(["size", "min", "max"])
    assert cells.index.tolist() == [(d, a) for d in ("banknote", "iris") for a in ("arrays", "old")]
    assert (cells == [20, 0, 19]).all(axis=None)
    assert set(table.loc[table["arm"] == "old", "software"]) == {"TensorFlow 2.5.3, Keras 2.5.0"}
    table.loc[table["dataset"] == "iris", "test_accuracy"] = 0
    table.to_csv(path, index=False)
    replay("--drift", "--datasets", "iris")
    assert path.read_bytes() == before


def test_the_drift_study_says_so_where_today_s_software_is_missing(replay, capsys, monkeypatch):
    monkeypatch.setattr(seeds, "find_spec", lambda _: None)
    assert replay("--drift") == 2
    assert "`tox -e drift`" in capsys.readouterr().err
