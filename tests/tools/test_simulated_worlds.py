import numpy as np
import pandas as pd
import pytest

from tests import helpers
from tools.simulated_worlds import (
    BINOMIAL,
    GAUSSIAN,
    OFFICIAL_ROWS,
    SKEWED,
    hard_cell,
    official_differences,
    resampled,
)

WORLDS = [GAUSSIAN, BINOMIAL, SKEWED]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_truth_of_each_world_is_that_of_its_description():
    assert GAUSSIAN.truth() == pytest.approx((0.95, 0.95), abs=1e-4)
    assert BINOMIAL.truth() == pytest.approx((0.95, 326 / 343), abs=1e-4)
    assert SKEWED.truth()[0] == pytest.approx(0.95 * (1 - 2 * 0.015) + 0.05 * 0.375, abs=5e-4)


def test_five_per_cent_of_the_skewed_world_s_trials_collapse(rng):
    scores = SKEWED.scores(rng, (100_000,))

    assert np.mean(scores < 0.5) == pytest.approx(0.05, abs=0.003)


def test_the_real_world_holds_nothing_but_real_scores(rng):
    trials = helpers.cell_frame([0.9, 0.3, 1.0]).assign(status=["ok", "ok", "failed"])
    world = resampled(trials)

    assert set(world.scores(rng, (100,))) == {0.9, 0.3}
    assert world.truth()[0] == pytest.approx(0.6, abs=1e-3)


def test_the_hardest_cell_is_one_cell():
    hard = helpers.cell_frame([0.9, 0.3], dataset="iris", protocol="held-out")
    trials = pd.concat([hard, helpers.cell_frame([0.5]), hard.assign(activation="relu")])

    pd.testing.assert_frame_equal(hard_cell(trials), hard)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_two_methods_of_one_world_do_not_differ_on_average(world, rng):
    for gaps in official_differences(world, rng, 100, 5):
        means = gaps.mean(axis=1)
        assert abs(means.mean()) < 4 * means.std() / len(means) ** 0.5


def test_differences_by_row_and_by_seed_have_one_mean(rng):
    by_row, by_seed = official_differences(SKEWED, rng, 7, 5)

    assert by_row.shape == (7, OFFICIAL_ROWS)
    assert by_seed.shape == (7, 5)
    assert by_row.mean(axis=1) == pytest.approx(by_seed.mean(axis=1))


def test_where_all_chance_lies_in_the_rows_every_seed_finds_the_same(rng):
    _, by_seed = official_differences(BINOMIAL, rng, 7, 5)

    assert by_seed == pytest.approx(np.repeat(by_seed[:, :1], 5, axis=1))
