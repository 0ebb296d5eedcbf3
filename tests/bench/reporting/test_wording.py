"""Numbers as text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting import wording

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.98834, 4, "0.9883"),
        (-1.27, 1, "−1.3"),
        (NAN, 4, "–"),
        (math.inf, 4, "–"),
        (1, 3, "1.000"),
    ],
)
def test_a_number_has_fixed_decimals_and_a_dash_where_it_is_missing(value, decimals, expected):
    assert wording.number(value, decimals) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0029, "+0.0029"), (-0.0029, "−0.0029"), (0.0, "0.0000"), (-0.00001, "0.0000"), (NAN, "–")],
)
def test_a_difference_shows_its_sign_unless_it_rounds_to_zero(value, expected):
    assert wording.signed(value) == expected


def test_a_spread_shows_no_interval_where_there_is_none():
    assert wording.spread(0.5, 0.25, 0.75, 2) == "0.50 [0.25, 0.75]"
    assert wording.spread(0.5, NAN, NAN, 2) == "0.50"
    assert wording.signed_spread(0.5, -0.25, 0.75, 2) == "+0.50 [−0.25, +0.75]"
    assert wording.signed_spread(0.5, NAN, NAN, 2) == "+0.50"


@pytest.mark.parametrize(
    ("p", "expected"),
    [(1.0, "1"), (0.05, ".050"), (0.0005, ".001"), (0.0004, "< .001"), (NAN, "–"), (0.9996, "1")],
)
def test_a_p_value_has_three_decimals_or_a_bound(p, expected):
    assert wording.probability(p) == expected


@pytest.mark.parametrize(
    ("gap", "rows", "expected"),
    [
        (1 / 38, 38, "1 of 38 test rows more"),
        (-3.5 / 343, 343, "3.5 of 343 test rows fewer"),
        (0.0, 10_000, "less than 0.1 of 10,000 test rows"),
        (1e-9, 38, "less than 0.1 of 38 test rows"),
    ],
)
def test_a_gap_is_given_in_test_rows(gap, rows, expected):
    assert wording.in_rows(gap, rows) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_in_a_sentence(items, expected):
    assert wording.joined(items) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7200, "2 h"),
        (90, "1.5 min"),
        (3.25, "3.25 s"),
        (0.0123, "12.3 ms"),
        (0.0000042, "4.2 µs"),
        (0.0, "–"),
        (NAN, "–"),
    ],
)
def test_a_duration_has_the_unit_that_leaves_a_readable_number(value, expected):
    assert wording.seconds(value) == expected


def test_counts_agree_with_their_noun():
    assert wording.count(1, "run") == "1 run"
    assert wording.count(10_000, "run") == "10,000 runs"
    assert wording.scientific(3.14e-16) == "3.1e-16"


@given(st.floats(-1, 1), st.integers(1, 10_000))
def test_more_is_said_of_a_gain_only_and_fewer_of_a_loss_only(gap, rows):
    text = wording.in_rows(gap, rows)
    assert not (text.endswith("more") and gap <= 0)
    assert not (text.endswith("fewer") and gap >= 0)
