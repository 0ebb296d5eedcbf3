from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis.comparisons import (
    EXACT_FLIPS,
    FLIP_SEED,
    flip_patterns,
    holm,
    margin,
    sign_flip_p,
    superiority,
    wilcoxon_p,
)
from bench.analysis.minimum_sample import least_p

# Few possible values, so that ties and zeros are common.
rows_apart = st.lists(st.integers(-4, 4), min_size=1, max_size=20).map(
    lambda rows: np.array(rows) / 343
)


def test_sign_flip_by_hand():
    # Of the 8 patterns, only +++ and --- have a mean as far out.
    assert sign_flip_p(np.array([1.0, 2.0, 3.0])) == 2 / 8
    # +++ +-+ ... : |1 + 1 - 1| = 1 is reached by all.
    assert sign_flip_p(np.array([1.0, 1.0, -1.0])) == 1.0


@pytest.mark.parametrize("n", [2, 5, 9, 14])
def test_sign_flip_is_scipys_exact_permutation_test(n):
    differences = np.random.default_rng(n).normal(0.5, 1, n)
    expected = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=EXACT_FLIPS
    )

    assert sign_flip_p(differences) == pytest.approx(expected.pvalue)


def test_sign_flip_beyond_fourteen_pairs_is_close_to_exact():
    differences = np.random.default_rng(3).normal(0.5, 1, 17)
    sums = np.abs(np.array(list(product((-1, 1), repeat=17))) @ differences)
    exact = np.mean(sums >= abs(differences.sum()) - 1e-12)

    assert sign_flip_p(differences) == pytest.approx(exact, abs=0.01)


def test_sign_flip_of_many_seeds_repeats_and_is_never_nil():
    differences = np.ones(100)

    assert sign_flip_p(differences) == sign_flip_p(differences) == 1 / (1 + EXACT_FLIPS)


def signs(pairs):
    """Return the patterns as rows of 0 and 1, one column a pair."""
    return np.unpackbits(flip_patterns(pairs).T, axis=1, bitorder="little")[:, :pairs]


@pytest.mark.parametrize("pairs", [15, 100, 1_000])
def test_patterns_do_not_depend_on_what_was_asked_before(pairs):
    drawn = np.random.default_rng(FLIP_SEED).integers(
        0, 256, (-(-pairs // 8), EXACT_FLIPS), np.uint8
    )
    flip_patterns(8 * pairs)

    assert (flip_patterns(pairs) == drawn).all()


def test_fourteen_pairs_are_the_last_that_are_enumerated():
    exact, drawn = signs(14), signs(15)

    assert len(np.unique(exact, axis=0)) == len(exact) == EXACT_FLIPS
    assert drawn.shape == (EXACT_FLIPS, 15)
    assert drawn.mean(axis=0) == pytest.approx(0.5, abs=4 * 0.5 / EXACT_FLIPS**0.5)


@pytest.mark.parametrize("pairs", [1, 7, 8, 9, 14, 15, 100])
def test_the_p_of_sign_flips_is_that_of_the_patterns_one_by_one(pairs):
    differences = np.random.default_rng(pairs).normal(0.2, 1, pairs)
    sums = (1 - 2 * signs(pairs).astype(float)) @ differences
    extreme = int((np.abs(sums) >= abs(differences.sum()) - 1e-9).sum())
    drawn = pairs > 14

    assert sign_flip_p(differences) == (extreme + drawn) / (len(sums) + drawn)


def test_pairs_that_tie_change_nothing():
    differences = np.array([0.1, 0.3, -0.2, 0.5])

    assert sign_flip_p(np.append(differences, np.zeros(30))) == sign_flip_p(differences)


@pytest.mark.parametrize("test", [sign_flip_p, wilcoxon_p])
def test_where_all_pairs_tie_there_is_no_evidence(test):
    assert test(np.zeros(40)) == 1.0


@pytest.mark.parametrize("test", [sign_flip_p, wilcoxon_p])
def test_without_pairs_there_is_no_p(test):
    assert np.isnan(test(np.array([])))


@given(rows_apart)
def test_no_test_goes_below_what_the_untied_pairs_allow(differences):
    least = least_p(np.count_nonzero(differences))

    assert least <= sign_flip_p(differences) <= 1
    assert least <= wilcoxon_p(differences) <= 1


@given(rows_apart)
def test_the_tests_do_not_care_which_arm_comes_first(differences):
    assert sign_flip_p(differences) == sign_flip_p(-differences)
    assert wilcoxon_p(differences) == wilcoxon_p(-differences)


@pytest.mark.parametrize("n", [6, 10, 13])
def test_wilcoxon_is_scipys_exact_test(n):
    differences = np.random.default_rng(n).normal(0.5, 1, n)

    assert wilcoxon_p(differences) == pytest.approx(stats.wilcoxon(differences).pvalue)


@pytest.mark.parametrize("seed", range(5))
def test_wilcoxon_with_ties_and_zeros_is_scipys_permutation_test(seed):
    differences = np.random.default_rng(seed).integers(-2, 4, 10) / 38
    method = stats.PermutationMethod(n_resamples=EXACT_FLIPS)
    expected = stats.wilcoxon(np.round(differences, 12), zero_method="pratt", method=method)

    assert wilcoxon_p(differences) == pytest.approx(expected.pvalue)


def test_wilcoxon_of_many_seeds_is_close_to_the_normal_approximation():
    differences = np.random.default_rng(4).normal(0.2, 1, 60)
    expected = stats.wilcoxon(differences, method="asymptotic")

    assert wilcoxon_p(differences) == pytest.approx(expected.pvalue, abs=0.015)  # 3 SE


def test_differences_of_as_many_rows_tie_whatever_their_last_bit():
    tied = np.array([339 / 343 - 338 / 343, 338 / 343 - 337 / 343, 335 / 343 - 337 / 343])

    assert tied[0] != tied[1]
    assert wilcoxon_p(tied) == wilcoxon_p(np.array([1.0, 1.0, -2.0]))


def test_superiority_counts_ties_one_half():
    assert superiority(np.array([0.1, 0.2, 0.0, -0.1])).estimate == 2.5 / 4


def test_superiority_without_ties_has_wilsons_interval():
    answer = superiority(np.array([0.1] * 70 + [-0.1] * 30))
    expected = stats.binomtest(70, 100).proportion_ci(method="wilson")

    assert (answer.low, answer.high) == pytest.approx(tuple(expected))


def test_ties_narrow_the_interval_of_superiority():
    with_ties = superiority(np.array([0.1] * 10 + [-0.1] * 10 + [0.0] * 80))
    without = superiority(np.array([0.1] * 50 + [-0.1] * 50))

    assert without.low < with_ties.low < 0.5 < with_ties.high < without.high


def test_superiority_where_every_pair_ties_allows_for_what_was_not_seen():
    answer = superiority(np.zeros(100))

    # Clopper and Pearson's upper end for 0 of 100, half of it to either side.
    unseen = stats.binomtest(0, 100).proportion_ci(method="exact").high / 2
    assert answer[:3] == pytest.approx((0.5, 0.5 - unseen, 0.5 + unseen))


def test_superiority_of_one_that_always_wins_is_not_certain():
    answer = superiority(np.full(100, 0.1))

    assert answer.estimate == 1.0
    assert 0.95 < answer.low < 0.97
    assert answer.high == pytest.approx(1.0)


def test_superiority_without_pairs_is_not_known():
    assert np.isnan(superiority(np.array([]))).all()


@given(rows_apart)
def test_superiority_lies_in_its_interval_and_that_among_the_probabilities(differences):
    answer = superiority(differences)

    assert -1e-12 <= answer.low <= answer.estimate + 1e-12
    assert answer.estimate - 1e-12 <= answer.high <= 1 + 1e-12


def test_holm_by_hand():
    p = np.array([0.01, 0.04, 0.03, 0.005])

    # Sorted .005 .01 .03 .04, times 4, 3, 2, 1, never falling.
    assert holm(p) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_comparison_that_was_not_run_still_counts_in_the_family():
    corrected = holm(np.array([0.01, np.nan, np.nan]))

    assert corrected[0] == pytest.approx(0.03)
    assert np.isnan(corrected[1:]).all()


@pytest.mark.parametrize(("rows", "expected"), [(38, 1 / 38), (343, 0.005), (10_000, 0.005)])
def test_the_margin_is_the_larger_of_half_a_per_cent_and_one_row(rows, expected):
    assert margin(rows) == expected
