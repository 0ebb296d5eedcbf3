import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import UserError
from bench.words import LARGEST_SEED, closest, parse_names, parse_seeds

NAMES = ("banknote", "mnist", "iris")
KNOWN = (*NAMES, "adaact", "relu", "tanh", "sigmoid", "linear", "paper", "held-out", "keras")


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


def test_the_name_meant_is_suggested_for_one_mistake():
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


def test_names_keep_the_order_typed():
    assert parse_names(" iris, banknote", NAMES, "--datasets") == ("iris", "banknote")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("irsi", "--datasets: unknown name 'irsi'. Did you mean iris?"),
        ("zebra", "--datasets: unknown name 'zebra'. Known: banknote, mnist, iris."),
        ("iris,", "--datasets: unknown name ''. Known: banknote, mnist, iris."),
        ("iris,iris", "--datasets: iris is there twice. Name it once."),
        ("iris\niris", "--datasets: unknown name 'iris\\niris'. Did you mean iris?"),
    ],
)
def test_names_that_cannot_be_are_refused_in_one_line(text, message):
    with pytest.raises(UserError) as error:
        parse_names(text, NAMES, "--datasets")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", {"banknote": (0, 1), "mnist": (0, 1), "iris": (0, 1)}),
        ("7:8", {"banknote": (7, 8), "mnist": (7, 8), "iris": (7, 8)}),
        ("42:42", {"banknote": (42,), "mnist": (42,), "iris": (42,)}),
        ("banknote=2,mnist=1", {"banknote": (0, 1), "mnist": (0,)}),
        ("iris = 5:6", {"iris": (5, 6)}),
        (f"{LARGEST_SEED}:{LARGEST_SEED}", dict.fromkeys(NAMES, (LARGEST_SEED,))),
    ],
)
def test_seeds_are_read_in_all_their_forms(text, expected):
    assert parse_seeds(text, NAMES) == expected


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_first_and_last_seed_are_both_included(first, more):
    seeds = parse_seeds(f"{first}:{first + more}", ["iris"])["iris"]
    assert seeds == tuple(range(first, first + more + 1))


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "-1", "-5:5", "5:4", "1.5", "ten", "1,2", "1,1", "3:", ":3", "0:9:2", "1e3"),
        *("٣", "99999999999999", "1000001", f"0:{LARGEST_SEED}", f"5:{LARGEST_SEED + 1}"),
        *("iris=", "iris=0", "iris=2,iris=3", "irsi=2", "iris=2,5", "=5", "iris==5", "iris=5\n6"),
    ],
)
def test_seeds_that_cannot_be_are_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"^--seeds: .+\.$|Did you mean") as error:
        parse_seeds(text, NAMES)
    assert "\n" not in str(error.value)


@given(st.text(max_size=12))
def test_no_text_at_all_breaks_the_reading_of_seeds(text):
    try:
        chosen = parse_seeds(text, NAMES)
    except UserError:
        return
    assert all(seeds == tuple(sorted(set(seeds))) for seeds in chosen.values())
