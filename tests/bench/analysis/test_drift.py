from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.drift import compare, least_p, permutation_p, with_suite
from bench.exports.trial_rows import ARRAYS, OLD, SUITE
from tests import helpers

A = np.array([0.92, 0.93, 0.91, 0.925])
B = np.array([0.90, 0.915, 0.905, 0.91, 0.89])


def runs(dataset="mnist", **arms):
    """Runs by arm, as ``with_suite`` has them."""
    return pd.concat(
        [
            pd.DataFrame(
                {"dataset": dataset, "arm": arm, "seed": range(len(v)), "test_accuracy": v}
            )
            for arm, v in arms.items()
        ],
        ignore_index=True,
    )


def test_the_test_counts_every_way_to_deal_the_runs():
    pool = np.concatenate([A, B])
    observed = A.mean() - B.mean()
    gaps = np.array(
        [
            pool[list(dealt)].mean() - np.delete(pool, list(dealt)).mean()
            for dealt in combinations(range(len(pool)), len(A))
        ]
    )
    one_sided = min((gaps >= observed - 1e-12).mean(), (gaps <= observed + 1e-12).mean())
    assert permutation_p(A, B) == pytest.approx(2 * one_sided)


def test_runs_that_all_tie_are_no_evidence():
    assert permutation_p(np.full(20, 0.9883), np.full(3, 0.9883 + 1e-12)) == 1


def test_the_test_keeps_its_level_on_runs_of_one_kind():
    """False alarms at 5 % within 3 standard errors, over 400 pairs of one skewed distribution."""
    rng = np.random.default_rng(5)
    pairs = np.where(rng.random((400, 11)) < 0.2, 0.3, rng.normal(0.95, 0.02, (400, 11)))
    alarms = np.mean([permutation_p(pair[:5], pair[5:]) <= 0.05 for pair in pairs])
    assert 0.02 < alarms < 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5


def test_the_least_p_is_that_of_runs_that_do_not_overlap():
    assert permutation_p(A, A + 1) == pytest.approx(least_p(4, 4)) == pytest.approx(2 / 70)
    assert permutation_p(A[:1], A + 1) == least_p(1, 4) == 1
    assert permutation_p(np.arange(20.0), np.arange(20.0) + 50) == least_p(20, 20) == 2 / 10_000


def test_the_interval_is_welch_s():
    row = compare(runs(old=A, suite=B)).iloc[1]
    expected = stats.ttest_ind(B, A, equal_var=False).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_runs_that_do_not_vary_have_their_gap_as_interval_and_one_run_has_none():
    equal = compare(runs(old=np.full(5, 0.5), suite=np.full(4, 0.75))).iloc[1]
    assert equal[["low", "high"]].tolist() == [0.25, 0.25]
    assert compare(runs(old=A, suite=B[:1])).iloc[1][["low", "high"]].isna().all()


def test_the_suite_s_arm_is_adaact_under_the_paper_s_protocol():
    trials = pd.concat(
        [
            helpers.cell_frame([0.9, 0.8], dataset="mnist"),
            helpers.cell_frame([0.1], dataset="mnist", activation="relu"),
            helpers.cell_frame([0.2], dataset="mnist", protocol="held-out"),
            helpers.cell_frame([0.3], dataset="mnist", status="failed"),
            helpers.cell_frame([0.4], dataset="iris"),
        ]
    )
    table = with_suite(runs(old=[0.5]), trials, {"mnist": None, "iris": 5})  # iris is capped
    assert table["arm"].tolist() == [OLD, SUITE, SUITE]
    assert table["test_accuracy"].tolist() == [0.5, 0.9, 0.8]


def test_arms_are_told_apart_or_within_chance():
    rng = np.random.default_rng(3)
    old, suite = rng.normal(0.924, 0.001, 10), rng.normal(0.924, 0.001, 40)
    table = compare(runs(old=old, arrays=old - 0.01, suite=suite)).set_index("arm")
    assert table["verdict"].tolist() == ["", "differs", "no difference shown"]
    assert table.loc[ARRAYS, "gap"] == pytest.approx(-0.01)
    assert table.loc[ARRAYS, "low"] < -0.01 < table.loc[ARRAYS, "high"] < 0
    assert table.loc[OLD, ["gap", "low", "high", "p", "p_holm", "least_p"]].isna().all()
    assert table["n"].tolist() == [10, 10, 40]
    assert table.loc[SUITE, "median"] == np.median(suite)


def test_all_comparisons_are_one_family():
    rng = np.random.default_rng(3)
    arms = {"old": rng.normal(0, 1, 10), "arrays": rng.normal(1.3, 1, 10)}
    alone = compare(runs(**arms))
    both = compare(pd.concat([runs(**arms), runs("iris", **arms)]))
    assert alone["p"].iloc[1] < 0.05 < both["p_holm"].iloc[1]
    assert both["p_holm"].iloc[1] == pytest.approx(2 * alone["p"].iloc[1])


def test_too_few_trials_are_undecided():
    table = compare(runs(old=[0.9, 0.91], arrays=[0.1, 0.2], suite=[0.1] * 40))
    assert table["verdict"].tolist() == ["", "undecided", "differs"]


def test_a_data_set_that_the_old_software_did_not_run_is_left_out():
    assert compare(runs(arrays=[0.9], suite=[0.9])).empty
    assert compare(runs(suite=[])).empty
