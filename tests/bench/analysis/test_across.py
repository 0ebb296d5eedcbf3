"""Across data sets: the data set is the unit."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from bench.analysis.across import across, fewest_sets, friedman, hartung_knapp

RNG = np.random.default_rng(0)
SCORES = pd.DataFrame(
    RNG.normal([0.0, 0.5, 1.0], 0.4, (8, 3)), index=[f"set{n}" for n in range(8)], columns=[*"abc"]
)
ERRORS = RNG.uniform(0.05, 0.3, (8, 3))


def family(scores=SCORES, *, anchor="a", method=False, errors=ERRORS):
    """The comparisons of all with the anchor; or of the anchor as the method with all."""
    sides = ["method", "reference"]
    rows = []
    for place, (dataset, one) in enumerate(scores.iterrows()):
        for column, name in enumerate(scores):
            if name != anchor:
                gap = one[name] - one[anchor]
                names = dict(zip(sides, (anchor, name) if method else (name, anchor), strict=True))
                rows.append(
                    {
                        **names,
                        "dataset": dataset,
                        "estimate": -gap if method else gap,
                        "standard_error": errors[place, column],
                        "margin": 0.05,
                        "verdict": "undecided" if np.isfinite(gap) else "not measured",
                    }
                )
    return pd.DataFrame(rows)


def test_the_unit_of_the_scores_changes_nothing():
    gaps, variances = (SCORES["b"] - SCORES["a"]).to_numpy(), ERRORS[:, 1] ** 2
    small = hartung_knapp(gaps * 1e-9, variances * 1e-18)
    assert np.array(small) * 1e9 == pytest.approx(hartung_knapp(gaps, variances), rel=1e-6)


def test_gaps_that_tie_or_are_zero_have_their_p_values():
    scores = pd.DataFrame({"a": np.zeros(9), "b": [0, 0, 1, 1, 1, 2, 2, -1, 3.0], "c": np.zeros(9)})
    errors = np.full((9, 3), 0.1)
    table = across(family(scores, errors=errors)).set_index("method")
    assert table.loc["b", "p_rank"] == pytest.approx(stats.wilcoxon(scores["b"]).pvalue)
    assert np.isnan(table.loc["c", "p_rank"])
    assert np.isnan(friedman(family(scores[["a", "c"]], errors=errors)).p)


@pytest.mark.parametrize("variances", [np.zeros(9), np.array([0.0] + [1.0] * 8)])
def test_a_data_set_without_spread_does_not_decide_alone(variances):
    gaps = np.random.default_rng(1).normal(0.2, 1, 9)
    mean, error, _ = hartung_knapp(gaps, variances)
    assert mean == pytest.approx(gaps.mean())
    assert mean / error == pytest.approx(stats.ttest_1samp(gaps, 0).statistic)


def test_the_mean_gap_has_a_verdict_from_five_data_sets_on():
    table = across(family()).set_index("method")
    few = across(family(SCORES[:4])).set_index("method")

    mean, error, _ = hartung_knapp((SCORES["c"] - SCORES["a"]).to_numpy(), ERRORS[:, 2] ** 2)
    p = 2 * stats.t.sf(abs(mean) / error, 7)
    assert table.loc["c", "p_difference"] == pytest.approx(p)
    assert table.loc["c", "verdict"] == "better"
    assert set(few["verdict"]) == {"not measured"}
    assert list(few["splits"]) == [4, 4]


def test_ranks_and_friedman_agree_with_scipy():
    expected = dict(zip("abc", stats.rankdata(-SCORES, axis=1).mean(axis=0), strict=True))
    for one in (family(), family(method=True)):
        test = friedman(one)
        assert test.ranks.to_dict() == pytest.approx(expected)
        assert test.p == pytest.approx(stats.friedmanchisquare(*SCORES.to_numpy().T).pvalue)
        assert (test.sets, test.left_out) == (8, ())


def test_signed_ranks_are_wilcoxons_with_holm():
    table = across(family()).set_index("method")
    p = [stats.wilcoxon(SCORES[name] - SCORES["a"]).pvalue for name in "bc"]
    assert list(table["p_rank"]) == pytest.approx(p)
    assert list(table["p_rank_holm"]) == pytest.approx(multipletests(p, method="holm")[1])


@pytest.mark.parametrize("comparisons", [1, 2, 5, 49])
def test_the_fewest_data_sets_are_those_that_can_reach_the_level(comparisons):
    least = {k: stats.wilcoxon(np.arange(1, k + 1.0)).pvalue * comparisons for k in range(2, 15)}
    assert fewest_sets(comparisons) == min(k for k, p in least.items() if p <= 0.05)


def test_a_test_that_could_show_nothing_is_not_made():
    table = across(family(SCORES[:6]))  # two comparisons take seven
    assert table["p_rank"].isna().all()
    assert table["rank"].notna().all()


def test_a_data_set_that_lacks_a_method_has_no_ranks():
    scores = SCORES.copy()
    scores.loc["set3", "b"] = np.nan
    errors = np.where(scores.isna(), np.nan, ERRORS)
    test = friedman(family(scores, errors=errors))
    table = across(family(scores, errors=errors)).set_index("method")

    assert (test.sets, test.left_out) == (7, ("set3",))
    assert list(table["splits"]) == [7, 8]
    assert table.loc["b", "not measured"] == 1
