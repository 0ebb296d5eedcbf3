"""The budget of a data set is stated once, in its registry entry; everything follows it."""

from unittest.mock import Mock

import numpy as np
import pytest

from baselines import CLASSICAL
from bench.data import DATASETS, Budget, Dataset, Source, Timing
from bench.data import load as load_data
from bench.default_studies import default_study, quick_study
from bench.records import NO_RATE
from bench.timing.nets import OPERATIONS
from bench.training.trainers import many_seeds
from bench.training.trials import sklearn_trials
from bench.training.trials.blocks import train_block
from tests import helpers

BUDGET = Budget(
    seeds=12,
    splits=7,
    seeds_per_split=3,
    quick_seeds=4,
    quick_splits=2,
    quick_seeds_per_split=1,
    quick_epochs=2,
    lanes=3,
    iterations=1,
    fit_each_split=False,
    timing=Timing(rounds=7, epoch_rows=120),
)


def load(_paths):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 3)).astype(np.float32), rng.permutation(200) % 2
    return Dataset("large", x, y, 2, ("a", "b", "c"), ("no", "yes"))


@pytest.fixture
def large(monkeypatch):
    """Register a second large data set: one load function and one entry."""
    entry = Source("Large", "tests.bench.test_budgets:load", (100, 100), 50, "-", budget=BUDGET)
    monkeypatch.setitem(DATASETS, "large", entry)
    return "large"


def test_studies_and_timing_have_its_seeds_epochs_and_rounds(large):
    default, quick, epoch = default_study(), quick_study(), OPERATIONS["epoch"]
    assert (default.seeds[large], default.epochs[large]) == (tuple(range(12)), None)
    assert (default.splits[large], default.seeds_per_split[large]) == (tuple(range(7)), (0, 1, 2))
    assert (quick.splits[large], quick.seeds_per_split[large]) == ((0, 1), (0,))
    assert (quick.seeds[large], quick.epochs[large]) == (tuple(range(4)), 2)
    assert (epoch.title_on(large), epoch.rounds_on(large)) == ("one epoch of 120 rows", 7)


def test_its_seeds_are_trained_in_its_lanes(large, monkeypatch):
    fit_runs = Mock(side_effect=InterruptedError)  # nothing is trained
    monkeypatch.setattr(many_seeds, "fit_runs", fit_runs)
    with pytest.raises(InterruptedError):
        list(train_block(helpers.block(large, "paper", "relu", range(5), "many-seeds", epochs=1)))
    assert fit_runs.call_args.kwargs["lanes"] == 3


def test_its_logistic_regressions_are_long_cut_short_and_fitted_on_one_split(large):
    keys = [key for key in default_study().keys() if key[:2] == (large, "held-out")]  # noqa: SIM118
    fits = [key for key in keys if key.activation in CLASSICAL]
    assert [key.place for key in fits] == [(0, 0, NO_RATE)] * 3
    notes = {key.activation: sklearn_trials.fit(load_data(large), key).reason for key in fits}
    assert notes == {
        "logistic-regression": "not converged in 1 iterations",
        "logistic-regression-unpenalised": "not converged in 1 iterations",
        "majority-class": "",
    }
    assert sklearn_trials.seconds(large) >= 100 * sklearn_trials.seconds("iris")
