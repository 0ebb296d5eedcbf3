"""The names that a mistyped one may have meant."""

import random
import string

from hypothesis import given
from hypothesis import strategies as st

from bench.errors import closest

KNOWN = (
    *("banknote", "mnist", "iris", "adaact", "relu", "tanh", "sigmoid", "linear"),
    *("paper", "held-out", "keras"),
)


def mistyped(word: str, rng: random.Random) -> str:
    """One edit: a letter left out, put in, replaced, or swapped with the next."""
    at = rng.randrange(len(word))
    letter = rng.choice(string.ascii_lowercase + "-")
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        )
    )


def test_the_name_meant_is_suggested_for_a_typing_error():
    rng = random.Random(2)
    tried = [(name, mistyped(name, rng)) for name in rng.choices(KNOWN, k=500)]
    wrong = [(name, word) for name, word in tried if word not in KNOWN]
    found = [name in closest(word, KNOWN) for name, word in wrong]
    assert len(found) > 400
    assert sum(found) >= 0.95 * len(found)


@given(st.text(max_size=20))
def test_at_most_three_names_are_suggested(word):
    assert len(closest(word, KNOWN)) <= 3


def test_capitals_do_not_hide_a_name():
    assert closest("ReLU", KNOWN)[0] == "relu"
