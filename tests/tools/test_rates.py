"""The arithmetic of the calibration, on arrays that one checks by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tools.mnist_tables import Family, Outcomes
from tools.rates import CORRECTED, REPORT, estimates, margin, rates

FAMILY = Family("toy", 8, (0, 1), 4, tables=3, splits=4, seeds=2)


def frame(means, error, freedom=1e6):
    return pd.DataFrame(
        {"estimate": means, "standard_error": error, "freedom": freedom, "splits": 20}
    )


def outcomes(seed, seeds=FAMILY.seeds):
    """Random outcomes; every split tests two of the eight rows."""
    rng = np.random.default_rng(seed)
    right = rng.random((FAMILY.tables, FAMILY.splits, seeds, 2)) < 0.7
    by_row = right.sum(axis=2).reshape(FAMILY.tables, 8)
    return Outcomes(right.mean(axis=3), np.full((FAMILY.tables, 8), seeds), by_row)


def test_coverage_and_tails_are_counted():
    # Intervals are the estimate +- 1.96: they miss 0 for the first below, for the last two above.
    found = rates(frame([-2.0, -1.9, 0.0, 1.9, 2.0, 3.0], 1.0), 0.1, gap=0.0)
    assert found["covered"] == 3
    assert found["coverage"] == 0.5
    assert found["too_low"] == pytest.approx(1 / 6)
    assert found["too_high"] == pytest.approx(2 / 6)
    assert found["half_width"] == pytest.approx(1.96, abs=0.001)
    exact = stats.binomtest(3, 6).proportion_ci()
    assert (found["coverage_low"], found["coverage_high"]) == pytest.approx((exact.low, exact.high))


def test_without_a_known_gap_the_tables_mean_is_the_truth():
    found = rates(frame([1.0, 2.0, 3.0], 0.6), 0.1)
    assert found["gap"] == 2
    assert found["gap_error"] == pytest.approx(1 / 3**0.5)
    assert found["covered"] == 3
    assert found["excludes_zero"] == pytest.approx(2 / 3)  # 1 - 1.18 is below 0


def test_the_ratio_of_variances_is_that_of_the_means_over_tables():
    found = rates(frame([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), 0.1)
    assert found["variance_ratio"] == pytest.approx((1 + 4 + 9) / 3)
    assert found["variance_ratio_low"] <= found["variance_ratio"]


def test_equivalence_is_false_at_a_margin_that_the_gap_reaches():
    # Gap 1: with the margin at 1, an interval must end below 1 and begin above -1.
    found = rates(frame([-0.9, 0.0, 0.9, 4.0], 0.2), 0.1)
    assert found["gap"] == 1
    assert found["false_equivalence"] == 0.25  # 0 alone: 1.64 * 0.2 off both ends
    assert np.isnan(rates(frame([0.0, 1.0], 0.2), 0.1, gap=0.0)["false_equivalence"])


def test_power_is_that_of_the_same_studies_around_another_gap():
    rng = np.random.default_rng(0)
    found = rates(frame(rng.normal(-5, 1, 5_000), 1.0), 1.0)
    for margins in (1, 2):
        exact = stats.norm.sf(1.96 - margins)
        assert found[f"power_{margins}"] == pytest.approx(exact, abs=0.02)


def test_an_exact_test_keeps_its_level():
    rng = np.random.default_rng(0)
    trials = rng.normal(3, 1, (5_000, 8))
    exact = frame(trials.mean(axis=1), trials.std(axis=1, ddof=1) / 8**0.5, 7)
    found = rates(exact, 1.0)
    assert found["coverage"] == pytest.approx(0.95, abs=0.01)
    assert found["too_low"] == pytest.approx(0.025, abs=0.007)
    assert found["too_high"] == pytest.approx(0.025, abs=0.007)
    assert found["variance_ratio"] == pytest.approx(1, abs=0.05)
    assert found["false_equivalence"] <= 0.05


def test_the_estimators_are_the_report_s_and_nadeau_and_bengio_s():
    method, reference = outcomes(1), outcomes(2)
    found = dict(iter(estimates(FAMILY, method, reference).groupby("estimator")))
    gaps = (method.scores - reference.scores).mean(axis=2)
    between = gaps.var(axis=1, ddof=1)
    within = [one.scores.var(axis=2, ddof=1).mean(axis=1) / 2 for one in (method, reference)]
    shares = (one.correct / one.tested for one in (method, reference))
    rows = np.subtract(*shares).var(axis=1, ddof=1) / 8
    split = 2 / 6 * np.maximum(0, between - sum(within))
    variances = {
        REPORT: between / 4 + np.maximum(split, rows),
        CORRECTED: (1 / 4 + 2 / 6) * between,
    }

    for name, variance in variances.items():
        assert found[name]["table"].tolist() == [0, 1, 2]
        assert found[name]["estimate"].to_numpy() == pytest.approx(gaps.mean(axis=1))
        assert found[name]["standard_error"].to_numpy() ** 2 == pytest.approx(variance)
    assert set(found[CORRECTED]["freedom"]) == {3}


def test_a_fit_without_chance_has_one_seed_a_split():
    found = estimates(FAMILY, outcomes(1), outcomes(2, seeds=1))
    assert found["standard_error"].notna().all()


def test_the_margin_is_that_of_a_user_s_own_table():
    assert margin(150) == pytest.approx(1 / 150)
    assert margin(1_400) == 0.005
