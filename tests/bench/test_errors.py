"""The names that a mistyped one may have meant."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bench.errors import closest
from tests.helpers import edited

KNOWN = (
    *("banknote", "mnist", "iris", "adaact", "relu", "tanh", "sigmoid", "linear"),
    *("paper", "held-out", "keras"),
)


def test_the_name_meant_is_suggested_for_a_typing_error():
    rng = random.Random(2)
    tried = [(name, edited(name, rng)) for name in rng.choices(KNOWN, k=500)]
    wrong = [(name, word) for name, word in tried if word not in KNOWN]
    found = [name in closest(word, KNOWN) for name, word in wrong]
    assert len(found) > 400
    assert sum(found) >= 0.95 * len(found)


@given(st.text(max_size=20))
def test_at_most_three_names_are_suggested(word):
    assert len(closest(word, KNOWN)) <= 3


def test_capitals_do_not_hide_a_name():
    assert closest("ReLU", KNOWN)[0] == "relu"
