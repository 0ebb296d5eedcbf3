"""Run until decided: looks, growth, resumption after a cut, and what is said of it."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.cli.run_study import STORE
from bench.store import Store
from tests import helpers

FIRST = ("run", "--datasets", "iris", "--protocols", "held-out", "--activations", "adaact,relu")
ORDINARY = (*FIRST, "--splits", "10", "--seeds", "2", "--workers", "1")
UNTIL = (*ORDINARY, "--until", "decided")


pytestmark = pytest.mark.usefixtures("no_pictures", "no_fits", "largest_is_default")


def undecided(key):
    """Return a stand-in trial that differs by its seed's noise alone."""
    rng = np.random.default_rng([key.split, key.seed, len(key.activation)])
    outcomes = helpers.outcomes(key, 1.0)
    tested = np.flatnonzero(outcomes >= 0)
    outcomes[tested] = rng.random(len(tested)) < rng.uniform(0.75, 1.0)
    return scored(key, outcomes)


def decided(key):
    """Return a stand-in trial that is right nearly always or by half."""
    accuracy = 0.97 if key.activation == "adaact" else 0.5 + key.seed / 40
    return scored(key, helpers.outcomes(key, accuracy))


def scored(key, outcomes):
    scores = helpers.trial(key).scores | {"test_accuracy": float(outcomes[outcomes >= 0].mean())}
    return helpers.trial(key, scores=scores, outcomes=outcomes)


def train(block):
    return map(undecided, block.keys)


def looks():
    """Return number and splits of every stored look, and whether it was an ordinary run."""
    with Store(Path("results") / STORE) as store:
        return [
            (look.look, len(look.study.splits["iris"]), look.record["comparisons"][0]["ordinary"])
            for look in store.looks()
        ]


def report():
    """Return the report without its line breaks."""
    return " ".join(Path("results/report.md").read_text().split())


def told(ended):
    return [line for line in ended.err.splitlines() if line.startswith("Look ")]


def test_a_study_grows_look_by_look_until_it_ends(invoke, instead):
    instead(train)
    ended = invoke(*UNTIL)
    assert ended.code == 0, ended.err
    assert looks() == [(1, 25, False), (2, 50, False)]
    first, second = told(ended)
    assert first.startswith("Look 1, with Iris 25 × 2: ")
    assert first.endswith("Next: Iris 50 × 2.")
    assert second.startswith("Look 2, with Iris 50 × 2: 1 of 12 comparisons undecided; ")
    assert second.endswith("No further look: the undecided ones have the largest size.")
    facts = json.loads(Path("results/provenance.json").read_text())
    assert len(facts["study"]["splits"]["iris"]) == 50
    table = pd.read_csv("results/looks.csv")
    assert list(table.groupby("look")["splits"].max()) == [25, 50]
    assert set(table.loc[table["dataset"] == "iris", "largest"]) == {50}
    headline = pd.read_csv("results/tables/headline.csv")
    assert headline["level_spent"].max() == pytest.approx(0.05, abs=1e-6)
    last = table[table["look"] == 2].reset_index(drop=True)
    assert last["verdict"].equals(headline["verdict"])
    assert last["p_difference"].to_numpy() == pytest.approx(
        headline["p_difference"].to_numpy(), rel=1e-6, nan_ok=True
    )
    assert "read at 2 looks: Iris with 25 × 2, 50 × 2." in report()
    assert "at most 5.0 % of each comparison's level of 5 %" in report()
    assert "ended because the undecided comparisons have the largest size" in report()


# Trials: before the first look, and after it.
@pytest.mark.parametrize("cut", [pytest.param(30, marks=pytest.mark.slow), 120])
def test_after_a_cut_the_same_command_takes_the_same_looks(invoke, instead, cut):
    trained, cuts = [], [cut]

    def until_cut(block):
        for key in block.keys:
            if [len(trained)] == cuts:
                cuts.clear()
                os.kill(os.getpid(), signal.SIGTERM)
            trained.append(key)
            yield undecided(key)

    instead(until_cut)
    assert invoke(*UNTIL).code == 143
    ended = invoke(*UNTIL)
    assert ended.code == 0, ended.err
    assert looks() == [(1, 25, False), (2, 50, False)]
    assert [line[:6] for line in told(ended)] == ["Look 1", "Look 2"]
    assert len(trained) == len(set(trained)) == 200
    written = Path("results/looks.csv").read_bytes()
    again = invoke(*UNTIL)  # everything is there
    assert told(again) == told(ended)
    assert looks() == [(1, 25, False), (2, 50, False)]
    assert written == Path("results/looks.csv").read_bytes()


def test_looks_after_an_ordinary_run_say_what_is_spent_in_all(invoke, instead):
    instead(train)
    assert invoke(*ORDINARY).code == 0
    assert looks() == [(1, 10, True)]
    assert not Path("results/looks.csv").exists()
    assert "**Looks.**" not in report()
    assert invoke(*ORDINARY).code == 0
    assert looks() == [(1, 10, True)]
    ended = invoke(*UNTIL)
    assert ended.code == 0, ended.err
    assert looks() == [(1, 10, True), (2, 25, False), (3, 50, False)]
    spent = pd.read_csv("results/tables/headline.csv")["level_spent"].max()
    assert 0.05 < spent < 0.1
    assert "The first look was an ordinary run" in report()
    assert f"at most {spent:.1%}".replace("%", " % are spent in all") in report()
    made = report()
    assert invoke("report").code == 0
    assert report() == made


def test_a_decided_first_look_is_the_last(invoke, instead):
    instead(lambda block: map(decided, block.keys))
    ended = invoke(*UNTIL)
    assert ended.code == 0, ended.err
    assert looks() == [(1, 25, False)]
    assert told(ended)[0].endswith("No further look: every comparison is decided.")
    assert "The verdicts were read at 1 look" in report()
    assert "ended because every comparison is decided" in report()


def test_of_several_tables_the_undecided_one_grows(invoke, instead, monkeypatch):
    monkeypatch.setattr("bench.next_trials.LARGEST_GROWTH", 2)  # a table has 20 splits by default

    instead(lambda block: map(decided if block.cell[0] == "wine" else undecided, block.keys))
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=178), "kind": list("ab") * 89})
    table.to_csv("noise.csv", index=False)
    own = ("--activations", "adaact,relu", "--seeds", "2", "--workers", "1", "--splits", "10")
    asked = ("compare", "wine", "noise.csv", "--target", "kind", *own)
    ended = invoke(*asked, "--until", "decided", "--results", "results")
    assert ended.code == 0, ended.err
    first, second = told(ended)
    assert first.startswith("Look 1, with wine 25 × 2, noise 25 × 2: 1 of 14 comparisons undecided")
    assert first.endswith("Next: noise 50 × 2.")
    assert second.startswith("Look 2, with wine 25 × 2, noise 50 × 2: ")
    family = pd.read_csv("results/tables/headline.csv").query("reference == 'relu'")
    assert dict(zip(family["dataset"], family["splits"], strict=True)) == {"wine": 25, "noise": 50}
    assert "read at 2 looks: wine with 25 × 2; noise with 25 × 2, 50 × 2" in report()
    assert "## Across data sets" in Path("results/report.md").read_text()
