"""The statistics that real tables can't calibrate, judged where the truth is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.spread import MEAN_COVERAGE, binomial_interval
from tests import helpers
from tools.page import SIMULATED, simulated
from tools.simulated_worlds import (
    BINOMIAL,
    GAUSSIAN,
    OFFICIAL_ROWS,
    SEEDS,
    SKEWED,
    official_differences,
    real_trials,
    simulate,
)

PAGE = (Path(__file__).parents[2] / "docs" / "calibration-table.md").read_text(encoding="utf-8")
WORLDS = {world.name: world for world in (GAUSSIAN, BINOMIAL, SKEWED)}
NOISE = 0.7  # per cent; three standard errors of a rate of 5 % among 10,000


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def published():
    """Return the rows of the published table, in percent."""
    part = PAGE.split("<!-- simulated:begin -->")[1].split("<!-- simulated:end -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()]
    rows = [row for row in rows if len(row) == 2 + len(SIMULATED) and row[1].isdigit()]
    columns = ["world", "seeds", *SIMULATED]
    return pd.DataFrame(rows, columns=columns).set_index("world").astype(float)


def test_the_truth_of_each_world_is_that_of_its_description(rng):
    assert GAUSSIAN.truth() == pytest.approx((0.95, 0.95), abs=1e-4)
    assert BINOMIAL.truth() == pytest.approx((0.95, 326 / 343), abs=1e-4)
    assert SKEWED.truth()[0] == pytest.approx(0.95 * (1 - 2 * 0.015) + 0.05 * 0.375, abs=5e-4)
    assert np.mean(SKEWED.scores(rng, (100_000,)) < 0.5) == pytest.approx(0.05, abs=0.003)


def test_the_real_world_holds_nothing_but_real_scores_of_one_cell(rng):
    hard = helpers.cell_frame([0.9, 0.3, 1.0], dataset="iris", protocol="held-out")
    hard = hard.assign(status=["ok", "ok", "failed"])
    trials = pd.concat([hard, helpers.cell_frame([0.5]), hard.assign(activation="relu")])
    world = real_trials(trials)

    assert set(world.scores(rng, (100,))) == {0.9, 0.3}
    assert world.truth()[0] == pytest.approx(0.6, abs=1e-3)


def test_two_methods_of_one_world_do_not_differ_on_average(rng):
    by_row, by_seed = official_differences(SKEWED, rng, 100, 5)
    gaps = by_row.mean(axis=1)

    assert (by_row.shape, by_seed.shape) == ((100, OFFICIAL_ROWS), (100, 5))
    assert gaps == pytest.approx(by_seed.mean(axis=1))
    assert abs(gaps.mean()) < 4 * gaps.std() / len(gaps) ** 0.5


def test_where_all_chance_lies_in_the_rows_every_seed_finds_the_same(rng):
    _, by_seed = official_differences(BINOMIAL, rng, 7, 5)

    assert by_seed == pytest.approx(np.repeat(by_seed[:, :1], 5, axis=1))


@pytest.mark.parametrize("world", WORLDS.values(), ids=list(WORLDS))
def test_a_short_simulation_finds_no_gross_error(world):
    studies = 200
    (row,) = simulate(world, [40], studies).to_dict("records")
    # A test of size 5.5 % is found wanting here by one random simulation in 10,000.
    most = stats.binom.isf(1e-4, studies, 0.055) / studies

    assert row["claim_rejected"] <= most
    assert row["test_rows_reject"] <= most
    assert row["median_covers"] >= 1 - most


def test_another_size_changes_nothing_and_need_not_fill_the_batches():
    alone = simulate(GAUSSIAN, [10], 130)
    beside = simulate(GAUSSIAN, [20, 10], 130)[1:]

    pd.testing.assert_frame_equal(alone, beside.reset_index(drop=True))
    assert float(alone["median_covers"][0] * 130).is_integer()


def test_the_page_states_the_coverage_of_the_exact_binomial_interval():
    covers = []
    for rows, accuracy in ((38, 0.974), (343, 0.988), (10_000, 0.924)):
        least, most = map(int, stats.binom.interval(1 - 1e-9, rows, accuracy))
        likely = np.arange(least, most + 1)
        low, high = np.array([binomial_interval(int(right), rows) for right in likely]).T
        inside = (low <= accuracy) & (accuracy <= high)
        covers.append(100 * stats.binom.pmf(likely, rows, accuracy)[inside].sum())
    told = (
        "covers {:.1f} % on 38 rows at an accuracy of .974, {:.1f} % on 343 rows at .988 and {:.1f}"
    )

    assert min(covers) >= 95
    assert told.format(*covers) in " ".join(PAGE.split())


def test_the_published_rates_keep_what_is_promised(published):
    worst = published.groupby("seeds")["mean_covers"].min() / 100

    assert len(published) == 12
    assert set(WORLDS) | {"real trials"} == set(published.index)
    assert published["claim_rejected"].max() <= 5
    assert published["test_rows_reject"].max() <= 5.5
    assert (published["median_covers"] >= 95 - NOISE).all()
    assert set(worst.index) == set(MEAN_COVERAGE) == set(SEEDS)  # what the report states
    assert all(stated <= worst[n] <= stated + 0.015 for n, stated in MEAN_COVERAGE.items())


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("world", WORLDS.values(), ids=list(WORLDS))
def test_the_published_table_is_what_the_simulation_gives(world):
    line = simulated(simulate(world, [10])).splitlines()[-1]

    assert line.split() in [row.split() for row in PAGE.splitlines()]
