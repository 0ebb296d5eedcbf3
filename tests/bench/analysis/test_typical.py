import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.typical import (
    FEWEST_TRIALS,
    fewest_trials,
    holm_over_facts,
    least_place_p,
    passing_range,
    place_among,
    word,
)

scores = st.lists(st.floats(0, 1), min_size=1, max_size=120).map(np.array)


@pytest.mark.parametrize(
    ("trials", "value", "decimals", "place"),
    [
        ([0.90, 0.95, 0.95, 0.97], 0.95, 2, (1.0, 3, 3)),  # ties count on both sides
        (np.linspace(0.8, 0.9, 39), 0.95, 2, (0.05, 39, 0)),
        ([0.5] + [0.9] * 98, 0.7, 1, (2 * 2 / 100, 1, 98)),
        ([0.987500001, 0.98849999], 0.988, 3, (1.0, 2, 2)),  # rounded as the value was
        ([0.9245], 0.924, 3, (1.0, 1, 1)),  # halfway: to even
        ([0.9235], 0.924, 3, (1.0, 1, 1)),
        ([37 / 38], 1.0, 3, (1.0, 1, 0)),  # one row wrong is not printed as all right
    ],
)
def test_the_place_of_a_value_among_trials(trials, value, decimals, place):
    assert place_among(np.array(trials), value, decimals) == pytest.approx(place)


@given(scores, st.floats(0, 1), st.integers(0, 5))
def test_p_is_two_sided_and_no_lower_than_so_many_trials_allow(trials, value, decimals):
    place, mirrored = (place_among(s * trials, s * value, decimals) for s in (1, -1))

    assert least_place_p(len(trials)) <= place.p <= 1
    assert place == (mirrored.p, mirrored.at_least, mirrored.at_most)


@pytest.mark.parametrize("n", [39, 40, 79, 100])
@pytest.mark.parametrize("decimals", [2, 3])
def test_the_range_that_passes_holds_every_value_with_p_above_five_per_cent(n, decimals):
    trials = np.random.default_rng(n).beta(20, 2, n)
    low, high = passing_range(trials, decimals)
    step = 10.0**-decimals
    values = np.round(np.arange(0, 1 + step / 2, step), decimals)
    passes = [value for value in values if place_among(trials, value, decimals).p > 0.05]

    assert (low, high) == pytest.approx((min(passes), max(passes)))


def test_with_38_trials_every_value_passes():
    assert np.isnan(passing_range(np.linspace(0, 1, 38), 3)).all()
    assert FEWEST_TRIALS == 39


def test_values_of_one_fact_count_once():
    p = np.array([0.01, 0.02, 0.04, np.nan])
    adjusted = holm_over_facts(p, ["iris test", "iris test", "iris train", "mnist test"])

    assert adjusted == pytest.approx([0.03, 0.06, 0.08, np.nan], nan_ok=True)


def test_of_six_facts_one_can_be_not_typical_with_239_trials():
    assert fewest_trials(6) == 239
    assert fewest_trials(1) == FEWEST_TRIALS


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ((0.03, 0.03, 0.01, 343, 100), "not typical"),
        ((0.03, 0.03, 0.60, 38, 100), "not typical"),
        ((0.03, 0.12, 0.01, 343, 100), "undecided"),
        ((0.20, 1.00, 0.01, 343, 100), "typical"),
        ((0.20, 1.00, 0.60, 38, 100), "uninformative"),
        ((0.20, 1.00, 0.052, 38, 100), "typical"),  # within two of 38 rows
        ((0.20, 1.00, 0.995 - 0.945, 343, 100), "typical"),
        ((0.20, 1.00, 0.01, 343, 38), "undecided"),
    ],
)
def test_words_of_published_values(arguments, verdict):
    assert word(*arguments)[0] == verdict


def test_true_values_are_not_typical_in_at_most_five_per_cent_of_papers():
    """Five independent facts with 240 trials each, 2,000 papers: any false alarm."""
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(2_000):
        drawn = rng.random((5, 241))
        p = np.array([place_among(row[1:], row[0], 9).p for row in drawn])
        alarms += (holm_over_facts(p, list("abcde")) <= 0.05).any()

    assert alarms / 2_000 <= 0.05 + 3 * (0.05 * 0.95 / 2_000) ** 0.5
