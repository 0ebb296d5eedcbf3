"""The statistics that real tables can't calibrate, judged where the truth is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.spread import MEAN_COVERAGE, binomial_interval
from tools.page import HEADS, simulated
from tools.simulated_worlds import BINOMIAL, GAUSSIAN, SKEWED
from tools.simulation import SEEDS, simulate

PAGE = (Path(__file__).parents[2] / "docs" / "calibration-table.md").read_text(encoding="utf-8")
WORLDS = {world.name: world for world in (GAUSSIAN, BINOMIAL, SKEWED)}
NOISE = 0.7  # per cent; three standard errors of a rate of 5 % among 10,000


def published():
    """Return the rows of the published table, in percent."""
    part = PAGE.split("<!-- simulated:begin -->")[1].split("<!-- simulated:end -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()]
    rows = [row for row in rows if len(row) == 2 + len(HEADS) and row[1].isdigit()]
    return pd.DataFrame(rows, columns=["world", "seeds", *HEADS]).set_index("world").astype(float)


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


def binomial_coverage(rows, accuracy):
    """Return what the exact binomial interval covers, by counting."""
    least, most = map(int, stats.binom.interval(1 - 1e-9, rows, accuracy))
    likely = np.arange(least, most + 1)
    ends = np.array([binomial_interval(int(right), rows) for right in likely]).T
    return stats.binom.pmf(likely, rows, accuracy)[
        (ends[0] <= accuracy) & (accuracy <= ends[1])
    ].sum()


@pytest.mark.parametrize(("rows", "accuracy"), [(10, 0.5), (38, 0.97), (343, 0.988)])
def test_the_exact_interval_never_covers_less_than_it_says(rows, accuracy):
    assert 0.95 <= binomial_coverage(rows, accuracy) < 1


def test_binomial_coverage_by_hand():
    # Of two rows, only 0 of 2 has an interval, up to 0.842, that leaves out 0.9.
    assert binomial_coverage(2, 0.9) == pytest.approx(1 - 0.1**2)


def test_the_page_states_the_coverage_of_the_binomial_interval():
    covers = [binomial_coverage(*case) for case in ((38, 0.974), (343, 0.988), (10_000, 0.924))]
    told = (
        "covers {:.1f} % on 38 rows at an accuracy of .974, {:.1f} % on 343 rows at .988 and {:.1f}"
    )

    assert told.format(*(100 * share for share in covers)) in " ".join(PAGE.split())


def test_the_published_table_has_four_worlds_of_three_sizes():
    table = published()

    assert len(table) == 12
    assert set(table["seeds"]) == set(SEEDS)
    assert set(WORLDS) | {"real trials"} == set(table.index)


def test_the_published_rates_keep_what_is_promised():
    table = published()

    assert table["claim_rejected"].max() <= 5
    assert table["test_rows_reject"].max() <= 5.5
    assert (table["median_covers"] >= 95 - NOISE).all()


def test_the_report_states_no_more_coverage_of_the_mean_than_was_published():
    worst = published().groupby("seeds")["mean_covers"].min() / 100

    assert set(worst.index) == set(MEAN_COVERAGE)
    assert all(stated <= worst[n] <= stated + 0.015 for n, stated in MEAN_COVERAGE.items())


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("world", WORLDS.values(), ids=list(WORLDS))
def test_the_published_table_is_what_the_simulation_gives(world):
    line = simulated(simulate(world, [10])).splitlines()[-1]

    assert line.split() in [row.split() for row in PAGE.splitlines()]
