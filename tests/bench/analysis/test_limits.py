import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.limits import limits

FAMILY = pd.DataFrame(
    {
        "estimate": [0.004, 0.004, -0.02, np.nan],
        "margin": 0.01,
        "table_part": [4e-6, 4e-6, 4e-4, np.nan],
        "trial_part": [1e-5, 1e-5, 1e-4, np.nan],
        "splits": [50, 50, 50, 0],
        "freedom": [49.0, 49.0, 49.0, np.nan],
        "verdict": ["undecided", "equivalent", "undecided", "not measured"],
    }
)
ROWS = np.array([150, 150, 150, 150])
CRITICAL = stats.norm.ppf(1 - 0.05 / 8)


def test_the_limit_is_the_half_width_with_infinitely_many_trials():
    found = limits(FAMILY, ROWS)

    assert found["limit_half_width"][0] == pytest.approx(CRITICAL * 2e-3)
    assert found["limit_half_width"][1] == pytest.approx(CRITICAL * 2e-3)
    assert np.isnan(found["limit_half_width"][3])


def test_that_many_rows_or_splits_give_the_half_width_that_decides():
    found = limits(FAMILY, ROWS)
    target = 0.006  # margin - |gap|
    table = 4e-6 * 150 / found["rows_needed"][0]
    splits = found["splits_needed"][0]

    assert CRITICAL * table**0.5 == pytest.approx(target)
    assert CRITICAL * (1e-5 * 50 / splits + 4e-6) ** 0.5 <= target
    assert CRITICAL * (1e-5 * 50 / (splits - 1) + 4e-6) ** 0.5 > target


def test_no_number_of_splits_is_enough_where_the_table_is_too_small():
    assert limits(FAMILY, ROWS)["splits_needed"][2] == np.inf


def test_only_undecided_comparisons_need_anything():
    found = limits(FAMILY, ROWS).drop(columns="limit_half_width")

    assert found.loc[[1, 3]].isna().all(axis=None)
    assert found.loc[[0, 2]].notna().all(axis=None)


def test_the_range_of_rows_is_that_of_the_variance():
    found = limits(FAMILY, ROWS)
    ratio = found["rows_needed_high"][0] / found["rows_needed_low"][0]

    assert ratio == pytest.approx(stats.chi2.ppf(0.975, 49) / stats.chi2.ppf(0.025, 49))
    assert found["rows_needed_any_gap"][0] > found["rows_needed"][0]
