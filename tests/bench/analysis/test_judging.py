from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.judging import judge_comparison, judge_count, judge_figure, place_among
from bench.analysis.minimum_sample import least_place_p
from bench.records import Claim

CLAIM = Claim("figure", "iris", "test_accuracy", "adaact", "paper", 0.95, 2, "table 1")
WORDS = Claim("comparison", "all", "test_accuracy", "adaact", "held-out", np.nan, 0, "page 1")

scores = st.lists(st.floats(0, 1), min_size=1, max_size=120).map(np.array)


def test_place_counts_ties_on_both_sides():
    place = place_among(np.array([0.90, 0.95, 0.95, 0.97]), 0.95, 2)

    assert (place.at_most, place.at_least) == (3, 3)
    assert place.p == 1.0  # min(1, 2 (1 + 3) / 5)


def test_place_of_a_figure_above_all_of_39_runs():
    assert place_among(np.linspace(0.8, 0.9, 39), 0.95, 2) == (0.05, 39, 0)


def test_place_of_a_figure_with_one_run_below():
    place = place_among(np.array([0.5] + [0.9] * 98), 0.7, 1)

    assert place == (2 * 2 / 100, 1, 98)


def test_runs_are_rounded_as_the_figure_was():
    runs = np.array([0.987500001, 0.98849999])  # both would have been printed 0.988

    assert place_among(runs, 0.988, 3) == (1.0, 2, 2)


def test_a_run_halfway_between_two_figures_is_rounded_to_even():
    assert place_among(np.array([0.9245]), 0.924, 3).at_least == 1
    assert place_among(np.array([0.9235]), 0.924, 3).at_most == 1


def test_one_row_wrong_is_not_printed_as_all_right():
    assert place_among(np.array([37 / 38]), 1.0, 3).at_least == 0


@given(scores, st.floats(0, 1), st.integers(0, 5))
def test_p_is_never_below_what_so_many_runs_allow(runs, figure, decimals):
    assert least_place_p(len(runs)) <= place_among(runs, figure, decimals).p <= 1


@given(scores, st.floats(0, 1))
def test_p_is_the_same_when_high_and_low_change_places(runs, figure):
    mirrored = place_among(-runs, -figure, 3)

    assert place_among(runs, figure, 3) == (mirrored.p, mirrored.at_least, mirrored.at_most)


def test_a_figure_among_the_runs_is_reproduced():
    verdict = judge_figure(np.linspace(0.9, 1, 100), CLAIM)

    assert (verdict.verdict, verdict.seeds, verdict.reason) == ("reproduced", 100, "")
    assert verdict.low < verdict.median < verdict.high


def test_a_figure_outside_39_runs_is_not_reproduced():
    assert judge_figure(np.linspace(0.7, 0.8, 39), CLAIM).verdict == "not reproduced"


def test_a_figure_outside_38_runs_cannot_be_told():
    verdict = judge_figure(np.linspace(0.7, 0.8, 38), CLAIM)

    assert verdict.verdict == "cannot tell"
    assert verdict.reason == ("38 seeds; 39 are the fewest that can place a figure outside them")


def test_a_figure_among_few_runs_is_reproduced_with_a_word_of_caution():
    verdict = judge_figure(np.array([0.94, 0.96]), CLAIM)

    assert verdict.verdict == "reproduced"
    assert verdict.reason.startswith("2 seeds; 39 are")


def test_p_of_exactly_five_per_cent_is_not_reproduced_and_above_it_is():
    runs = np.full(79, 0.9)
    one_above = np.append(np.full(78, 0.9), 0.99)  # p = 2 * 2 / 80

    assert judge_figure(runs, CLAIM).p == 0.025
    assert judge_figure(one_above, CLAIM).verdict == "not reproduced"
    assert judge_figure(np.append(np.full(77, 0.9), 0.99), CLAIM).verdict == "reproduced"


def test_capped_epochs_forbid_a_verdict():
    verdict = judge_figure(np.linspace(0.9, 1, 100), CLAIM, cap=5, note="1 of 101 trials failed")

    assert verdict.verdict == "cannot tell"
    assert verdict.reason == "epochs capped at 5; 1 of 101 trials failed"


def test_the_median_of_five_runs_has_no_interval():
    verdict = judge_figure(np.linspace(0.9, 1, 5), CLAIM)

    assert np.isnan([verdict.low, verdict.high]).all()


@pytest.mark.parametrize(
    ("counts", "expected"), [([63, 63], "exact"), ([63, 62], "differs"), ([62], "differs")]
)
def test_a_count_is_exact_only_in_every_trial(counts, expected):
    claim = replace(CLAIM, kind="exact", value=63.0, decimals=0)

    assert judge_count(np.array(counts), claim).verdict == expected


def comparison(low, high, verdict, *, dataset="iris", baseline="relu", pairs=100):
    """Return one line of the headline table, with a margin of 0.01."""
    numbers = {"estimate": (low + high) / 2, "low": low, "high": high, "margin": 0.01}
    names = {"dataset": dataset, "arm": "adaact", "baseline": baseline}
    return {**names, **numbers, "verdict": verdict, "pairs": pairs, "fewest": 9}


EQUIVALENT = comparison(-0.002, 0.003, "equivalent")
BETTER = comparison(0.02, 0.05, "better", baseline="tanh")
WORSE = comparison(-0.05, -0.02, "worse", dataset="mnist")
WIDE = comparison(-0.05, 0.02, "cannot tell")
SLIGHTLY_WORSE = comparison(-0.02, -0.002, "worse")
UNMEASURED = comparison(np.nan, np.nan, "not measured", dataset="mnist", pairs=0)
FEW = comparison(-0.001, 0.001, "cannot tell", pairs=5)


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ([EQUIVALENT, BETTER], "supported"),
        ([EQUIVALENT, BETTER, WORSE], "refuted"),
        ([EQUIVALENT, WIDE], "cannot tell"),
        ([EQUIVALENT, SLIGHTLY_WORSE], "cannot tell"),
        ([EQUIVALENT, UNMEASURED], "cannot tell"),
        ([WORSE, UNMEASURED], "refuted"),
        ([EQUIVALENT, FEW], "cannot tell"),
        ([UNMEASURED], "not measured"),
        ([], "not measured"),
    ],
)
def test_not_worse_than_the_best_is_not_worse_than_each(family, expected):
    headline = pd.DataFrame(family, columns=list(EQUIVALENT))

    assert judge_comparison(WORDS, headline, {}).verdict == expected


def test_the_reason_names_the_comparison_that_decides():
    verdict = judge_comparison(WORDS, pd.DataFrame([BETTER, EQUIVALENT, WORSE]), {})

    assert verdict.reason == ("MNIST, against relu: −0.0350 (−0.0500 to −0.0200), margin 0.0100")


def test_a_comparison_on_one_set_leaves_the_others_out():
    claim = replace(WORDS, dataset="iris")

    assert judge_comparison(claim, pd.DataFrame([EQUIVALENT, WORSE]), {}).verdict == "supported"


def test_another_activations_comparisons_do_not_count():
    claim = replace(WORDS, activation="prelu")

    verdict = judge_comparison(claim, pd.DataFrame([WORSE]), {})

    assert verdict.verdict == "not measured"
    assert verdict.reason == "only adaact is compared with the fixed activations"


def test_capped_epochs_forbid_a_comparison():
    verdict = judge_comparison(WORDS, pd.DataFrame([EQUIVALENT, WORSE]), {"mnist": 2, "iris": None})

    assert (verdict.verdict, verdict.reason) == ("cannot tell", "epochs capped at 2")


def test_too_few_pairs_are_named():
    reason = judge_comparison(WORDS, pd.DataFrame([EQUIVALENT, FEW]), {}).reason

    assert reason == "5 seeds; 9 are the fewest that can tell in such a family"
