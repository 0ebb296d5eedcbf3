"""A run without a number is counted in every table, with its reason; none is ever filled in."""

import csv
import sqlite3
from contextlib import closing
from itertools import product

import pytest

SEEDS, SPLITS = 6, {"paper": 1, "held-out": 2}
FAULTS = {
    "adaact-0": "raise",
    "adaact-1": "diverged",
    "relu-2": "raise",
    "tanh-1": "diverged",
    "sigmoid-2": "constant",
}
GONE = {"adaact": 3, "linear": 3}  # the seed of each that is missing
STATES = {
    "raise": ("failed", "ArithmeticError: it fell"),
    "diverged": ("diverged", "its loss became infinite or not a number"),
}
LOST = {"adaact": {0, 1, 3}, "relu": {2}, "tanh": {1}, "sigmoid": set(), "linear": {3}}


@pytest.fixture(scope="module")
def spoilt(starter, tmp_path_factory):
    """The results of a study with runs of every kind."""
    folder = tmp_path_factory.mktemp("spoilt")
    study = ("run", "--datasets", "iris", "--protocols", ",".join(SPLITS), "--splits", 2)
    study = (*study, "--seeds", SEEDS, "--trainer", "keras", "--workers", 1)
    assert starter.run(folder, *study, faults=FAULTS).code == 1
    with closing(sqlite3.connect(folder / "results" / "trials.sqlite")) as connection:
        for gone in GONE.items():
            connection.execute("DELETE FROM trials WHERE activation = ? AND seed = ?", gone)
        connection.commit()
    ended = starter.run(folder, "report")
    assert ended.code == 0, ended.err
    return folder / "results"


def rows(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def networks(path):
    """The rows of a table that are about networks on Iris."""
    return [row for row in rows(path) if row["dataset"] == "iris" and row["activation"] in LOST]


def of(row):
    """How many of a cell's trials have numbers."""
    return SPLITS[row["protocol"]] * (SEEDS - len(LOST[row["activation"]]))


def lost_to(row, *faults):
    """How many of a cell's trials have one of the faults."""
    names = [key for key, fault in FAULTS.items() if fault in faults]
    mine = [name for name in names if name.startswith(f"{row['activation']}-")]
    return SPLITS[row["protocol"]] * len(mine)


def table(report, after, *head):
    """Rows of the first table after a title, as {column: text}; its columns must be these."""
    lines = f"\n{report}".partition(f"\n{after}\n")[2].splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(f"| {head[0]} "))
    cells = [[text.strip() for text in line.strip("|").split("|")] for line in lines[first:]]
    names = cells[0]
    assert [name for name in head if name not in names] == []
    end = next((n for n, row in enumerate(cells) if len(row) != len(names)), len(cells))
    return [dict(zip(names, row, strict=True)) for row in cells[2:end]]


pytestmark = pytest.mark.scorecard(10, "tables with runs that have no number")


def test_trials_csv_holds_every_trial_and_no_number_of_those_without(spoilt):
    trials = networks(spoilt / "trials.csv")
    assert len(trials) == sum(SPLITS.values()) * (5 * SEEDS - len(GONE))
    for row in trials:
        lost = int(row["seed"]) in LOST[row["activation"]]
        assert (row["status"] != "ok") == lost
        for score in ("train_accuracy", "test_accuracy", "test_f1", "test_loss", "best_epoch"):
            assert (row[score] == "") == lost


def scores(row):
    splits = SPLITS[row["protocol"]]
    faults = {"failed": lost_to(row, "raise"), "diverged": lost_to(row, "diverged")}
    gone = {"missing": splits * (row["activation"] in GONE)}
    constant = {"constant": splits * (row["activation"] == "sigmoid")}
    return {"asked": splits * SEEDS, "n": of(row), **faults, **gone, **constant}


COUNTS = {  # by table: how many rows it has, and its counts
    "scores": (3 * len(SPLITS) * len(LOST), scores),  # three metrics
    "failed_training": (
        len(SPLITS) * len(LOST),
        lambda row: {"trials": of(row) + lost_to(row, "diverged")},
    ),
    "coefficients": (len(SPLITS) * 4, lambda row: {"n": of(row)}),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_table_counts_the_trials_with_and_without_a_number(spoilt, name):
    number, expected = COUNTS[name]
    found = networks(spoilt / "tables" / f"{name}.csv")
    assert len(found) == number
    for row in found:
        assert {count: int(row[count]) for count in expected(row)} == expected(row)


def test_headline_and_claims_count_the_runs_that_judge(spoilt, record_property):
    found = [row for row in rows(spoilt / "tables" / "headline.csv") if row["dataset"] == "iris"]
    assert {row["reference"] for row in found} == LOST.keys() - {"adaact"}
    for row in found:
        pair = [
            {"protocol": "held-out", "activation": row[name]} for name in ("method", "reference")
        ]
        assert int(row["splits"]) == SPLITS["held-out"]
        assert int(row["diverged"]) == sum(lost_to(each, "diverged") for each in pair)
    judged = [
        row["seeds"]
        for row in rows(spoilt / "claims.csv")
        if row["dataset"] == "iris" and row["metric"].startswith(("train_", "test_"))
    ]
    assert judged == [str(SEEDS - len(LOST["adaact"]))] * 3
    record_property("tried", 2)


@pytest.mark.parametrize("protocol", SPLITS)
def test_the_table_of_scores_says_n_of_n(spoilt, protocol):
    column = f"{protocol}: trials"
    found = table((spoilt / "report.md").read_text(), "### Iris", "activation", column)
    mine = {row["activation"].lower(): row[column] for row in found}
    assert mine.keys() >= LOST.keys()
    asked = SPLITS[protocol] * SEEDS
    for name in LOST:
        count = of({"protocol": protocol, "activation": name})
        constant = f" ({SPLITS[protocol]} constant)" if name == "sigmoid" else ""
        assert mine[name] == (f"{count}" if count == asked else f"{count} of {asked}") + constant


def test_every_lost_run_is_named_with_its_reason(spoilt):
    report = (spoilt / "report.md").read_text().partition("\n## Provenance\n")[2]
    title = "<summary>Trials without a score (16 rows)</summary>"
    found = table(report, title, "data set", "split, seed", "reason")
    named = {}
    for row in found:
        place = (row["protocol"], row["activation"].lower(), row["split, seed"])
        named[place] = (row["status"], row["reason"])
    wanted = {
        (protocol, key.partition("-")[0], f"{split}, {key.partition('-')[2]}"): STATES[fault]
        for protocol, splits in SPLITS.items()
        for split in range(splits)
        for key, fault in FAULTS.items()
        if fault in STATES
    }
    for protocol, name in product(SPLITS, GONE):
        splits = SPLITS[protocol]
        place = f"{splits} trial{'s' if splits > 1 else ''}"
        wanted[protocol, name, place] = ("missing", "not trained")
    assert named == wanted


def test_the_first_screen_counts_them_all(spoilt):
    first = " ".join((spoilt / "report.md").read_text().partition("<!-- end")[0].split())
    assert "96 of 102 trials asked for are there; 6 diverged and 6 failed" in first
