import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_paired

from bench.analysis.verdicts import MARGINS, at_margins, holm, judged, limits, p_values
from tests.bench.analysis.frames import family


@pytest.mark.parametrize("family_size", [1, 2, 12])
def test_holm_agrees_with_statsmodels(family_size):
    p = np.random.default_rng(family_size).random(family_size) ** 3

    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_holm_counts_what_was_not_measured():
    assert holm(np.array([0.01, np.nan, 0.02])) == pytest.approx([0.03, np.nan, 0.04], nan_ok=True)


def test_p_values_and_interval_are_those_of_t_tests():
    sample = np.random.default_rng(0).normal(0.002, 0.01, 50)
    one = family(sample.mean(), error=stats.sem(sample)).pipe(judged).iloc[0]
    interval = stats.ttest_1samp(sample, 0).confidence_interval()

    assert one["p_difference"] == pytest.approx(stats.ttest_1samp(sample, 0).pvalue)
    assert one["p_equivalent"] == pytest.approx(ttost_paired(sample, 0 * sample, -0.01, 0.01)[0])
    assert (one["low"], one["high"]) == pytest.approx((interval.low, interval.high))


def test_the_simultaneous_interval_is_bonferronis():
    table = judged(family(0.1, 0.2, np.nan))
    reach = stats.t.ppf(1 - 0.05 / 6, 49) * 0.001

    assert table["simultaneous_high"][0] == pytest.approx(0.1 + reach)


def test_words_of_every_kind():
    table = judged(family(0.02, -0.02, 0.0, 0.005, 0.0102, np.nan))

    assert list(table["verdict"]) == [
        *("better", "worse", "equivalent", "equivalent", "better", "not measured")
    ]
    assert list(table["sign"]) == ["better", "worse", "", "better", "better", ""]
    assert list(table["beyond_margin"]) == [True, True, False, False, False, False]


def test_an_undecided_comparison_names_the_side_that_is_excluded():
    table = judged(family(0.005, -0.005, 0.0, error=0.0048, margin=0.01))
    wide = judged(family(0.004, error=0.04))

    assert list(table["verdict"]) == ["undecided"] * 3
    assert list(table["excluded"]) == ["worse", "better", ""]
    assert list(wide["excluded"]) == [""]


def test_both_kinds_have_a_holm_of_their_own():
    table = judged(family(0.02, 0.0))

    assert table["p_difference_holm"][0] == pytest.approx(2 * table["p_difference"][0])
    assert table["p_equivalent_holm"][1] == pytest.approx(2 * table["p_equivalent"][1])


def test_two_splits_decide_nothing_and_count():
    table = judged(family(0.02, 0.02).assign(splits=[2, 50]))

    assert list(table["verdict"]) == ["undecided", "better"]
    assert table["p_difference_holm"][1] == pytest.approx(2 * table["p_difference"][1])


def test_methods_that_never_differ_are_equivalent():
    one = judged(family(0.0, error=0.0)).iloc[0]

    assert (one["p_difference"], one["p_equivalent"], one["verdict"]) == (1, 0, "equivalent")


def test_verdicts_at_other_margins_keep_the_family():
    table = judged(family(0.02, 0.004))
    other = at_margins(table).pivot(index="reference", columns="margin", values="verdict")

    assert list(other.columns) == list(MARGINS)
    assert list(other.loc["tanh"]) == ["better", "better", "equivalent", "equivalent"]
    assert list(other[0.01]) == list(table["verdict"])


def test_families_err_in_at_most_five_per_cent():
    """Each kind of error in 1,000 families of 12, half of them on the border of the margin."""
    truth, families = np.tile([0.0, 0.01], 6), 1_000
    samples = np.random.default_rng(1).normal(truth, 0.01, (families, 20, 12))
    errors = samples.std(axis=1, ddof=1) / 20**0.5
    table, false = family(*truth).assign(freedom=19.0), np.zeros(2)
    for means, error in zip(samples.mean(axis=1), errors, strict=True):
        p = p_values(table.assign(estimate=means, standard_error=error), 0.01)
        differs, equivalent = (holm(one) <= 0.05 for one in p)
        false += differs[truth == 0].any(), equivalent[truth == 0.01].any()

    assert (false <= families * 0.05 + 3 * (families * 0.05 * 0.95) ** 0.5).all()


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
    found = limits(FAMILY, ROWS).filter(like="_needed")

    assert found.loc[[1, 3]].isna().all(axis=None)
    assert found.loc[[0, 2]].notna().all(axis=None)


def test_the_range_of_rows_is_that_of_the_variance():
    found = limits(FAMILY, ROWS)
    ratio = found["rows_needed_high"][0] / found["rows_needed_low"][0]

    assert ratio == pytest.approx(stats.chi2.ppf(0.975, 49) / stats.chi2.ppf(0.025, 49))
    assert found["rows_needed_any_gap"][0] > found["rows_needed"][0]
