"""The budget of a data set is stated once, in its registry entry; everything follows it."""

from unittest.mock import Mock

import pytest

from baselines import CLASSICAL
from bench.data import DATASETS, Budget, Source, Timing, budget, load
from bench.records import NO_RATE
from bench.study import default_study, quick_study
from bench.timing.nets import OPERATIONS
from bench.training.trainers import many_seeds
from bench.training.trials import sklearn_trials
from bench.training.trials.blocks import train_block
from tests import helpers

LOAD = """
import numpy as np
from bench.data.dataset import Dataset


def load(_paths):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 3)).astype(np.float32), rng.permutation(200) % 2
    return Dataset("large", x, y, 2, ("a", "b", "c"), ("no", "yes"))
"""
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


@pytest.fixture
def large(tmp_path, monkeypatch):
    """Register a second large data set: one load function and one entry."""
    (tmp_path / "large_table.py").write_text(LOAD)
    monkeypatch.syspath_prepend(tmp_path)
    entry = Source("Large", "large_table:load", (100, 100), 50, "-", budget=BUDGET)
    monkeypatch.setitem(DATASETS, "large", entry)
    return "large"


def test_studies_have_its_seeds_and_its_cap_on_epochs(large):
    default, quick = default_study(), quick_study()
    assert (default.seeds[large], default.epochs[large]) == (tuple(range(12)), None)
    assert (default.splits[large], default.seeds_per_split[large]) == (tuple(range(7)), (0, 1, 2))
    assert (quick.splits[large], quick.seeds_per_split[large]) == ((0, 1), (0,))
    assert (quick.seeds[large], quick.epochs[large]) == (tuple(range(4)), 2)


def test_its_seeds_are_trained_in_its_lanes(large, monkeypatch):
    fit_runs = Mock(side_effect=InterruptedError)  # nothing is trained
    monkeypatch.setattr(many_seeds, "fit_runs", fit_runs)
    with pytest.raises(InterruptedError):
        list(train_block(helpers.block(large, "paper", "relu", range(5), "many-seeds", epochs=1)))
    assert fit_runs.call_args.kwargs["lanes"] == 3


def test_its_one_fit_is_planned_as_a_long_one(large):
    assert sklearn_trials.seconds(large) >= 100 * sklearn_trials.seconds("iris")


def test_its_logistic_regressions_are_cut_short_and_fitted_on_one_split(large):
    keys = [key for key in default_study().keys() if key[:2] == (large, "held-out")]  # noqa: SIM118
    fits = [key for key in keys if key.activation in CLASSICAL]
    assert [key.place for key in fits] == [(0, 0, NO_RATE)] * 3
    notes = {key.activation: sklearn_trials.fit(load(large), key).reason for key in fits}
    assert notes == {
        "logistic-regression": "not converged in 1 iterations",
        "logistic-regression-unpenalised": "not converged in 1 iterations",
        "majority-class": "",
    }


def test_its_timing_has_its_rounds_and_rows(large):
    epoch = OPERATIONS["epoch"]
    assert epoch.title_on(large) == "one epoch of 120 rows"
    assert epoch.rounds_on(large) == 7


def test_a_table_of_ones_own_has_the_defaults_of_a_small_one():
    assert budget("my_table") == Budget()
