"""Numbers as text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting import wording

NAN = math.nan


@pytest.mark.parametrize(
    ("write", "values", "text"),
    [
        (wording.number, (0.98834, 4), "0.9883"),
        (wording.number, (-1.27, 1), "−1.3"),
        (wording.number, (math.inf,), "–"),
        (wording.number, (1, 3), "1.000"),
        (wording.signed, (0.0029,), "+0.0029"),
        (wording.signed, (0.0,), "0.0000"),
        (wording.signed, (-0.00001,), "0.0000"),
        (wording.signed, (NAN,), "–"),
        (wording.scientific, (3.14e-16,), "3.1e-16"),
        (wording.spread, (0.5, NAN, NAN, 2), "0.50"),
        (wording.signed_spread, (0.5, -0.25, 0.75, 2), "+0.50 [−0.25, +0.75]"),
        (wording.probability, (1.0,), "1"),
        (wording.probability, (0.9996,), "1"),
        (wording.probability, (0.05,), ".050"),
        (wording.probability, (0.0005,), ".001"),
        (wording.probability, (0.0004,), "< .001"),
        (wording.probability, (NAN,), "–"),
        (wording.in_rows, (1 / 38, 38), "1 of 38 test rows more"),
        (wording.in_rows, (-3.5 / 343, 343), "3.5 of 343 test rows fewer"),
        (wording.in_rows, (1e-9, 38), "less than 0.1 of 38 test rows"),
        (wording.seconds, (7200,), "2 h"),
        (wording.seconds, (90,), "1.5 min"),
        (wording.seconds, (3.25,), "3.25 s"),
        (wording.seconds, (0.0123,), "12.3 ms"),
        (wording.seconds, (0.0000042,), "4.2 µs"),
        (wording.seconds, (0.0,), "–"),
        (wording.seconds, (NAN,), "–"),
        (wording.count, (1, "trial"), "1 trial"),
        (wording.count, (10_000, "trial"), "10,000 trials"),
        (wording.joined, ([],), ""),
        (wording.joined, (["a"],), "a"),
        (wording.joined, (["a", "b", "c"],), "a, b and c"),
    ],
)
def test_numbers_counts_and_lists_have_one_form_each(write, values, text):
    assert write(*values) == text


@given(st.floats(-1, 1), st.integers(1, 10_000))
def test_more_is_said_of_a_gain_only_and_fewer_of_a_loss_only(gap, rows):
    text = wording.in_rows(gap, rows)
    assert not (text.endswith("more") and gap <= 0)
    assert not (text.endswith("fewer") and gap >= 0)
