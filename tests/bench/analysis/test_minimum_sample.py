import pytest

from bench.analysis.minimum_sample import FEWEST_RUNS, fewest_pairs, least_p, least_place_p, too_few


def test_five_pairs_never_reach_five_per_cent_and_six_do():
    assert (least_p(5), least_p(6)) == (0.0625, 0.03125)
    assert fewest_pairs() == 6


def test_without_pairs_nothing_is_improbable():
    assert (least_p(0), least_p(1)) == (1.0, 1.0)


def test_holm_over_twelve_needs_nine_pairs():
    assert fewest_pairs(12) == 9


def test_thirty_nine_runs_are_the_fewest_that_can_place_a_figure_outside():
    assert FEWEST_RUNS == 39
    assert least_place_p(38) > 0.05 >= least_place_p(39)


@pytest.mark.parametrize(("seeds", "start"), [(1, "1 seed;"), (3, "3 seeds;")])
def test_the_reason_counts_the_seeds(seeds, start):
    assert too_few(seeds, 39, "tell") == f"{start} 39 are the fewest that can tell"
