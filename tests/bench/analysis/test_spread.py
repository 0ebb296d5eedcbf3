import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.spread import (
    MEAN_COVERAGE,
    RESAMPLES,
    RESAMPLING_SEED,
    UNIT,
    _unit,
    describe,
    mean_coverage,
    mean_interval,
    mean_intervals,
    median_interval,
    spread,
)
from tests.bench.analysis.frames import trials_of
from tests.helpers import cell_frame


def test_describe_a_sample_checked_by_hand():
    summary = describe(np.array([1.0, 2.0, 3.0, 4.0, 10.0]))

    assert (summary["mean"], summary["median"]) == (4.0, 3.0)
    assert summary["sd"] == pytest.approx(12.5**0.5)
    assert (summary["minimum"], summary["q25"], summary["maximum"]) == (1.0, 2.0, 10.0)


def test_one_run_has_no_spread_and_none_no_number():
    summary = describe(np.array([0.9]))

    assert summary["mean"] == summary["median"] == 0.9
    assert np.isnan([summary["sd"], summary["median_low"], summary["mean_low"]]).all()
    assert np.isnan(list(describe(np.array([])).values())).all()


def test_a_constant_cell_has_intervals_of_no_width():
    ends = ["median_low", "median_high", "mean_low", "mean_high"]
    summary = describe(np.ones(100))
    near = describe(np.append(np.full(99, 0.01), 0.01 + 1e-17))  # by rounding

    assert [summary[end] for end in ends] == [1.0] * 4
    assert summary["sd"] == 0.0
    assert [near[end] for end in ends] == pytest.approx([0.01] * 4)


@pytest.mark.parametrize("n", [6, 7, 10, 39, 40, 100])
def test_the_median_interval_is_the_narrowest_symmetric_one_that_covers(n):
    low, high = median_interval(np.arange(n, dtype=float))
    below = int(low)  # the interval runs from order statistic `below + 1` to `n - below`

    assert high == n - 1 - below
    # It covers where at least `below + 1` and at most `n - below - 1` runs lie under the median.
    assert 1 - 2 * stats.binom.cdf(below, n, 0.5) >= 0.95
    assert 1 - 2 * stats.binom.cdf(below + 1, n, 0.5) < 0.95


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [10, 40, 100, 2_001])  # the last is resampled in parts
def test_the_mean_interval_is_scipys_bca_bootstrap_of_the_same_draws(n, seed):
    values = np.random.default_rng(seed).beta(20, 1, n)
    draws = np.random.default_rng(RESAMPLING_SEED)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=draws
    ).confidence_interval

    assert mean_interval(values) == pytest.approx(tuple(expected), abs=1e-10)


@pytest.mark.parametrize("rows", [38, 343])
def test_means_that_tie_do_so_whatever_their_last_bits(rows):
    right = np.random.default_rng(0).integers(rows - 8, rows + 1, 40)
    in_rows = np.array(mean_interval(right.astype(float)))  # whole numbers: nothing is rounded

    assert mean_interval(right / rows) == pytest.approx(tuple(in_rows / rows), abs=1e-11)


@pytest.mark.parametrize("n", [8_193, 20_000])
def test_also_of_very_many_runs_sums_are_exact(n):
    right = np.random.default_rng(n).integers(330, 344, n)
    in_rows = np.array(mean_interval(right.astype(float)))

    assert mean_interval(right / 343) == pytest.approx(tuple(in_rows / 343), abs=1e-11)
    assert n / _unit(n) <= 2**53  # above, a sum depends on the order in which a machine adds
    assert _unit(8_192) == UNIT


def test_the_mean_interval_is_not_given_where_its_coverage_is_not_known():
    assert np.isnan(mean_interval(np.linspace(0, 1, 9))).all()
    assert np.isfinite(mean_interval(np.linspace(0, 1, 10))).all()


def test_many_mean_intervals_at_once_are_those_of_one_by_one():
    many = np.random.default_rng(1).random((4, 30))
    many[2] = 0.5
    low, high = mean_intervals(many)

    one_by_one = np.array([mean_interval(row) for row in many])
    assert np.column_stack([low, high]) == pytest.approx(one_by_one)


def test_the_stated_coverage_is_that_of_the_next_smaller_study_measured():
    assert np.isnan(mean_coverage(9))
    assert [mean_coverage(n) for n in (10, 39, 40, 500)] == [
        *(MEAN_COVERAGE[10], MEAN_COVERAGE[10]),
        *(MEAN_COVERAGE[40], MEAN_COVERAGE[100]),
    ]


def test_spread_has_one_row_a_cell():
    trials = pd.concat(
        [
            cell_frame([0.8, 0.9]),
            cell_frame([0.5], activation="relu"),
            cell_frame([], dataset="x"),
        ]
    )
    table = spread(trials, "test_accuracy")

    assert list(table["activation"]) == ["adaact", "relu"]
    assert list(table["mean"]) == pytest.approx([0.85, 0.5])


def test_spread_counts_what_has_no_number_and_never_drops_it():
    trials = cell_frame([0.8, 0.9, 0.4, np.nan, 0.1, np.inf])
    trials["status"] = ["ok", "ok", "ok", "failed", "diverged", "diverged"]
    trials["constant"] = [False, False, True, False, False, False]
    row = spread(trials, "test_accuracy", asked={("banknote", "paper"): 8}).iloc[0]

    counts = ["asked", "n", "failed", "diverged", "missing", "constant"]
    assert list(row[counts]) == [8, 3, 1, 2, 2, 1]
    assert row["mean"] == pytest.approx(0.7)


def test_a_metric_that_nobody_measured_gives_empty_cells_and_no_trials_an_empty_table():
    row = spread(cell_frame([0.8, 0.9]), "test_auc").iloc[0]
    table = spread(cell_frame([]), "test_accuracy")

    assert (row["asked"], row["n"]) == (2, 0)
    assert np.isnan(row["mean"])
    assert table.empty
    assert "mean_coverage" in table.columns


def test_the_mean_of_a_cell_with_several_splits_is_that_of_its_splits():
    scores = np.random.default_rng(0).random((12, 1)) + np.zeros((12, 5))
    row = spread(trials_of(scores, "adaact", constant=False), "test_accuracy").iloc[0]

    assert (row["splits"], row["n"]) == (12, 60)
    assert (row["mean_low"], row["mean_high"]) == pytest.approx(mean_interval(scores[:, 0]))
    assert np.isnan([row["median_low"], row["median_high"]]).all()
    assert row["mean_coverage"] == mean_coverage(12)


def test_a_cell_of_one_seed_a_split_has_a_median_interval():
    scores = np.random.default_rng(0).random((12, 1))
    row = spread(trials_of(scores, "adaact", constant=False), "test_accuracy").iloc[0]

    assert (row["median_low"], row["median_high"]) == median_interval(scores[:, 0])
