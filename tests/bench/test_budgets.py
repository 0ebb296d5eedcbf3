"""The budget of a data set is stated once, in its registry entry; everything follows it."""

import pytest

from bench.data import DATASETS, Budget, Source, Timing, budget, load
from bench.study import default_study, quick_study
from bench.timing.nets import OPERATIONS
from bench.training import many_seeds, regressions
from bench.training.blocks import Block, train_block

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
    quick_seeds=4,
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
    entry = Source("Large", "large_table:load", 200, 50, 2, "-", budget=BUDGET)
    monkeypatch.setitem(DATASETS, "large", entry)
    return "large"


def test_studies_have_its_seeds_and_its_cap_on_epochs(large):
    default, quick = default_study(), quick_study()
    assert (default.seeds[large], default.epochs[large]) == (tuple(range(12)), None)
    assert (quick.seeds[large], quick.epochs[large]) == (tuple(range(4)), 2)


def test_its_seeds_are_trained_in_its_lanes(large, monkeypatch):
    lanes, fit_seeds = [], many_seeds.fit_seeds

    def watched(*arguments, **options):
        lanes.append(options["lanes"])
        return fit_seeds(*arguments, **options)

    monkeypatch.setattr(many_seeds, "fit_seeds", watched)
    trials = train_block(Block(large, "paper", "relu", tuple(range(5)), "many-seeds", epochs=1))
    assert [trial.status for trial in trials] == ["ok"] * 5
    assert lanes == [3]


def test_its_one_fit_is_planned_as_a_long_one(large):
    assert regressions.seconds(large) > 100 * regressions.seconds("iris")


def test_its_logistic_regressions_are_cut_short_and_fitted_on_one_split(large):
    assert regressions.keys(large, "held-out", range(12)) == []
    fits = [
        regressions.fit(load(large), key) for key in regressions.keys(large, "paper", range(12))
    ]
    assert [(fit.key.penalty, fit.iterations, fit.converged) for fit in fits] == [
        ("l2", 1, False),
        ("none", 1, False),
    ]


def test_its_timing_has_its_rounds_and_rows(large):
    epoch = OPERATIONS["epoch"]
    assert epoch.title_on(large) == "one epoch of 120 rows"
    assert epoch.rounds_on(large) == 7


def test_a_table_of_ones_own_has_the_defaults_of_a_small_one():
    assert budget("my_table") == budget("iris") == budget("banknote") == Budget()
