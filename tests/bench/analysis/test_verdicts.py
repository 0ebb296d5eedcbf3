import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_paired

from bench.analysis.verdicts import MARGINS, at_margins, holm, judged

KEYS = ("dataset", "protocol", "metric", "method", "reference")


def family(*gaps, margin=0.01, error=0.001, splits=50):
    """Return comparisons with these gaps and one standard error."""
    frame = pd.DataFrame({"estimate": gaps, "margin": margin, "splits": splits})
    frame["standard_error"] = np.where(frame["estimate"].isna(), np.nan, error)
    frame["freedom"] = 49.0
    return frame.assign(**{name: name for name in KEYS}).assign(reference=range(len(gaps)))


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
    assert list(other.loc[1]) == ["better", "better", "equivalent", "equivalent"]
    assert list(other[0.01]) == list(table["verdict"])


def test_families_err_in_at_most_five_per_cent():
    """Each kind of error in 4,000 families of 12, half of them on the border of the margin."""
    rng = np.random.default_rng(1)
    truth = np.tile([0.0, 0.01], 6)
    false = {"difference": 0, "equivalence": 0}
    for _ in range(1_000):
        samples = rng.normal(truth, 0.01, (20, 12))
        table = family(*samples.mean(axis=0), error=samples.std(axis=0, ddof=1) / 20**0.5)
        table = judged(table.assign(freedom=19.0))
        false["difference"] += (table["sign"][truth == 0] != "").any()
        false["equivalence"] += (table["verdict"][truth == 0.01] == "equivalent").any()

    limit = 1_000 * 0.05 + 3 * (1_000 * 0.05 * 0.95) ** 0.5
    assert max(false.values()) <= limit
