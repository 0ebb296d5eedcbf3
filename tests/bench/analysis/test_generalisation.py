import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis.generalisation import over_resplits, over_test_rows
from bench.analysis.minimum_sample import least_p

DIFFERENCES = np.random.default_rng(0).normal(0.01, 0.02, 30)


def test_the_corrected_interval_by_hand():
    answer = over_resplits(np.array([1.0, 2.0, 3.0]), test_rows=1, other_rows=3)
    error = ((1 / 3 + 1 / 3) * 1.0) ** 0.5  # s^2 = 1

    assert answer.estimate == 2.0
    # The t quantile of 2 degrees of freedom, 4.302653, is in every printed table.
    assert answer.high - answer.estimate == pytest.approx(4.302653 * error, rel=1e-6)
    assert answer.low == pytest.approx(4.0 - answer.high)


def test_without_overlap_the_corrected_test_is_the_paired_t_test():
    answer = over_resplits(DIFFERENCES, test_rows=0, other_rows=1)
    expected = stats.ttest_1samp(DIFFERENCES, 0)

    assert answer.p == pytest.approx(expected.pvalue)
    assert answer[1:3] == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_the_correction_widens_as_nadeau_and_bengio_say():
    plain = over_resplits(DIFFERENCES, 0, 1)
    corrected = over_resplits(DIFFERENCES, 343, 1029)

    ratio = (corrected.high - corrected.low) / (plain.high - plain.low)
    assert ratio == pytest.approx((1 + 30 * 343 / 1029) ** 0.5)


def test_more_seeds_do_not_make_a_resplit_table_say_more_than_it_holds():
    many = over_resplits(np.tile(DIFFERENCES, 1000), 343, 1029)

    assert many.high - many.low > (DIFFERENCES.std() / 3**0.5) * 2 * 1.9


def test_equal_differences_have_a_defined_answer():
    assert over_resplits(np.zeros(20), 38, 112) == (0.0, 0.0, 0.0, 1.0)
    assert over_resplits(np.full(20, 0.5), 38, 112) == (0.5, 0.5, 0.5, least_p(20))


@pytest.mark.parametrize("n", [0, 1])
def test_one_pair_has_an_estimate_at_most(n):
    resplits = over_resplits(np.full(n, 0.5), 38, 112)
    rows = over_test_rows(np.full(n, 0.5), np.full(n, 0.5))

    for answer in (resplits, rows):
        assert np.isnan(answer[1:]).all()
        assert np.isnan(answer.estimate) if n == 0 else answer.estimate == 0.5


@given(st.lists(st.floats(-1, 1).filter(lambda x: abs(x) > 1e-6), min_size=2, max_size=8))
def test_p_never_goes_below_what_so_few_pairs_allow(differences):
    values = np.array(differences)

    assert over_resplits(values, 38, 112).p >= least_p(len(values))
    assert over_test_rows(values, values).p >= least_p(len(values))


def test_seeds_that_do_not_vary_leave_the_paired_t_test_over_rows():
    rows = np.random.default_rng(1).normal(0.01, 0.1, 500)
    answer = over_test_rows(rows, np.full(100, 0.01))
    expected = stats.ttest_1samp(rows, 0)

    assert answer.p == pytest.approx(expected.pvalue)
    assert answer[1:3] == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_rows_that_do_not_vary_leave_the_paired_t_test_over_seeds():
    seeds = np.random.default_rng(1).normal(0.01, 0.1, 40)
    answer = over_test_rows(np.full(1000, seeds.mean()), seeds)
    expected = stats.ttest_1samp(seeds, 0)

    assert answer.p == pytest.approx(expected.pvalue)
    assert answer[1:3] == pytest.approx(tuple(expected.confidence_interval(0.95)))


def test_variances_of_rows_and_seeds_add():
    rows, seeds = np.array([0.0, 0.2, 0.4, 0.6]), np.array([0.2, 0.4])
    answer = over_test_rows(rows, seeds)
    by_row, by_seed = rows.var(ddof=1) / 4, seeds.var(ddof=1) / 2
    freedom = (by_row + by_seed) ** 2 / (by_row**2 / 3 + by_seed**2 / 1)
    reach = stats.t.ppf(0.975, freedom) * (by_row + by_seed) ** 0.5

    assert answer[:3] == pytest.approx((0.3, 0.3 - reach, 0.3 + reach))


def test_two_arms_that_agree_on_every_row_do_not_differ():
    assert over_test_rows(np.zeros(100), np.zeros(40)) == (0.0, 0.0, 0.0, 1.0)
