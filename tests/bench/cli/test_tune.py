"""``--tune`` of ``run`` and ``compare``, with stand-in trials."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.exports.reading import load
from bench.rate_choice import RATES, TUNING_SEEDS, uninformed_loss
from bench.records import LEARNING_RATE
from tests import helpers

GRID = len(RATES) * TUNING_SEEDS
FAST = ("--activations", "adaact,relu", "--seeds", "2", "--workers", "1", "--tune")
RUN = ("run", "--datasets", "iris", "--protocols", "held-out", *FAST)
WINE = ("compare", "wine", *FAST, "--splits", "2", "--results", "results")


pytestmark = pytest.mark.usefixtures("no_pictures", "no_fits", "largest_is_default")


def counts():
    """Return the trials of the results by protocol."""
    return pd.read_csv("results/trials.csv")["protocol"].value_counts().to_dict()


def test_a_tuned_study_grows_until_decided_with_a_choice_for_each_split(invoke, instead):
    trained = []

    def train(block):
        trained.extend(block.keys)
        return map(helpers.trial, block.keys)

    instead(train)
    ended = invoke(*RUN, "--splits", "10", "--until", "decided")
    assert ended.code == 0, ended.err
    assert len(trained) == len(set(trained))
    results = load(Path("results"))
    splits = len(results.provenance["study"]["splits"]["iris"])
    assert splits >= 25
    assert len(results.tuning) == 2 * splits * GRID
    final = counts()["held-out-tuned"]
    assert 0 < final < 2 * splits * 2
    assert results.provenance["study"]["asked"] == 2 * splits * (2 + GRID) + final == len(trained)
    assert "not trained" not in Path("results/report.md").read_text()
    assert invoke(*RUN, "--splits", "10", "--until", "decided").code == 0
    assert len(trained) == len(set(trained))


def test_rates_that_diverge_are_not_chosen_and_the_table_of_ones_own_says_why(invoke, instead):
    uninformed = uninformed_loss((59, 71, 48))

    def train(block):
        for key in block.keys:
            loss = uninformed + (-0.01 if key.learning_rate == 0.01 else 0.01)
            tuning = block.cell[1] == "held-out-scaled-tuning"
            diverged = tuning and key.learning_rate > 0.01 and key.activation == "relu"
            scores = {**helpers.trial(key).scores, "validation_loss": loss}
            yield (
                helpers.trial(key, "diverged") if diverged else helpers.trial(key, scores=scores)
            )

    instead(train)
    ended = invoke(*WINE)
    assert ended.code == 0, ended.err
    results = load(Path("results"))
    final = results.trials[results.trials["protocol"] == "held-out-scaled-tuned"]
    assert set(final["learning_rate"]) == {0.01}
    assert counts() == {"held-out-scaled": 8, "held-out-scaled-tuned": 8}
    diverged = results.tuning[results.tuning["status"] == "diverged"]
    assert set(zip(diverged["activation"], diverged["learning_rate"], strict=True)) == {
        ("relu", 0.03)
    }
    assert np.isnan(diverged["validation_loss"]).all()


def test_without_any_loss_the_default_is_taken_and_the_terminal_says_so(invoke, instead):
    def train(block):
        if block.cell[1:] == ("held-out-scaled-tuning", "relu"):
            raise RuntimeError("out of memory")
        yield from map(helpers.trial, block.keys)

    instead(train)
    ended = invoke(*WINE)
    assert ended.code == 1
    assert "2 choices of a learning rate had no tuning trial with a loss" in ended.err
    results = load(Path("results"))
    tuned = results.trials[results.trials["protocol"] == "held-out-scaled-tuned"]
    assert "relu" not in set(tuned["activation"])
    plain = results.trials.query("protocol == 'held-out-scaled' and activation == 'relu'")
    assert set(plain["learning_rate"]) == {LEARNING_RATE}
    instead()
    ended = invoke(*WINE)
    assert ended.code == 0, ended.err
    assert "choices of a learning rate" not in ended.err
    assert (load(Path("results")).tuning["status"] == "ok").all()
