"""A run without a number is counted in every table, with its reason; none is ever filled in."""

import csv
import re
import sqlite3
from contextlib import closing

import pytest

SEEDS = 6
FAULTS = {
    "adaact-0": "raise",
    "adaact-1": "diverged",
    "relu-2": "raise",
    "tanh-1": "diverged",
    "sigmoid-2": "constant",
}
GONE = {"adaact": 3, "linear": 3}  # the seed of each that is missing
REASONS = {"failed": "ArithmeticError: it fell", "diverged": "its loss left the finite numbers"}
LOST = {"adaact": {0, 1, 3}, "relu": {2}, "tanh": {1}, "sigmoid": set(), "linear": {3}}


@pytest.fixture(scope="module")
def spoilt(starter, tmp_path_factory):
    """The results of a study with runs of every kind."""
    folder = tmp_path_factory.mktemp("spoilt")
    study = ("run", "--datasets", "iris", "--trainer", "keras", "--seeds", SEEDS, "--workers", 1)
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


def of(activation):
    """How many of an activation's trials have numbers."""
    return SEEDS - len(LOST[activation])


def pairs(activation):
    return SEEDS - len(LOST["adaact"] | LOST[activation])


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
    trials = rows(spoilt / "trials.csv")
    assert len(trials) == 2 * (5 * SEEDS - len(GONE))
    for row in trials:
        lost = int(row["seed"]) in LOST[row["activation"]]
        assert (row["status"] != "ok") == lost
        for score in ("train_accuracy", "test_accuracy", "test_f1", "test_loss", "best_epoch"):
            assert (row[score] == "") == lost


def test_scores_csv_counts_n_of_those_asked_and_where_the_others_are(spoilt):
    for row in rows(spoilt / "tables" / "scores.csv"):
        name = row["activation"]
        kinds = [kind for key, kind in FAULTS.items() if key.startswith(name)]
        assert int(row["asked"]) == SEEDS
        assert int(row["n"]) == of(name)
        assert int(row["failed"]) == kinds.count("raise")
        assert int(row["diverged"]) == kinds.count("diverged")
        assert int(row["missing"]) == (name in GONE)
    constant = {
        row["activation"] for row in rows(spoilt / "tables" / "scores.csv") if int(row["constant"])
    }
    assert "sigmoid" in constant


@pytest.mark.parametrize(
    ("name", "column", "count"),
    [
        ("pairs", "pairs", lambda row: pairs(row["baseline"])),
        ("headline", "pairs", lambda row: pairs(row["baseline"])),
        ("leak", "pairs", lambda row: of(row["activation"])),
        ("coefficients", "n", lambda row: of(row["activation"])),
        ("distances", "n", lambda row: of(row["activation"])),
    ],
)
def test_every_other_csv_counts_the_runs_it_is_made_of(spoilt, name, column, count):
    found = [row for row in rows(spoilt / "tables" / f"{name}.csv") if row["dataset"] == "iris"]
    assert found
    assert [int(row[column]) for row in found] == list(map(count, found))


def test_claims_csv_counts_the_runs_that_judge(spoilt):
    found = [row for row in rows(spoilt / "claims.csv") if row["dataset"] == "iris"]
    figures = [
        row for row in found if row["metric"] in ("train_accuracy", "test_accuracy", "test_f1")
    ]
    assert len(figures) == 3
    assert {int(row["seeds"]) for row in figures} == {of("adaact")}


TITLE = "# Is a learned activation better? Adaact against fixed activations"
TABLES = {
    "verdicts": (
        "# Is a learned activation better? Adaact against fixed activations",
        "data set",
        "runs",
    ),
    "headline": ("## The headline comparison", "data set", "pairs"),
    "leak": ("## The leak", "data set", "runs"),
    "scores, paper": ("### Iris, paper protocol", "activation", "runs"),
    "scores, held-out": ("### Iris, held-out protocol", "activation", "runs"),
    "pairs, paper": ("### Iris, paper protocol", "Adaact minus", "pairs"),
    "pairs, held-out": ("### Iris, held-out protocol", "Adaact minus", "pairs"),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_the_report_says_n_of_n(spoilt, name):
    title, first, column = TABLES[name]
    found = table((spoilt / "report.md").read_text(), title, first, column)
    mine = [row for row in found if row.get("data set", "Iris") == "Iris"]
    assert mine
    for row in mine:
        if row[first].startswith("logistic"):
            continue
        other = row.get("Adaact minus", row.get("activation", "Adaact")).lower()
        count = pairs(other) if "Adaact minus" in row else of(other)
        wanted = rf"{count} of {SEEDS}( \(\d constant\))?" + (
            rf"|{SEEDS}" if count == SEEDS else ""
        )
        assert re.fullmatch(wanted, row[column]), row


def test_every_lost_run_is_named_with_its_reason(spoilt):
    found = table((spoilt / "report.md").read_text(), "## Provenance", "data set", "reason")
    named = {(row["protocol"], row["activation"].lower(), int(row["seed"])): row for row in found}
    lost = {(p, name, seed) for p in ("paper", "held-out") for name in LOST for seed in LOST[name]}
    assert set(named) == lost
    for (_, name, seed), row in named.items():
        if GONE.get(name) == seed:
            assert (row["status"], row["reason"]) == ("missing", "not trained")
        else:
            assert row["reason"] == REASONS[row["status"]]


def test_the_first_screen_counts_them_all(spoilt):
    first = " ".join((spoilt / "report.md").read_text().partition("<!-- end")[0].split())
    assert "56 of 60 trials asked for ran, the others are missing; 4 diverged and 4 failed" in first
