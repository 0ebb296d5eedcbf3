"""Where the numbers come from, and the method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting.document import Prose
from bench.reporting.markdown import markdown
from bench.reporting.sections import method, provenance
from tests import helpers


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [([], ""), ([3], "3"), ([0, 1, 2], "0 to 2"), ([9, 0, 1, 5], "0 to 1, 5, 9")],
)
def test_seeds_are_told_as_ranges(seeds, expected):
    assert provenance.seed_ranges(seeds) == expected


@given(st.sets(st.integers(0, 30)))
def test_no_seed_is_lost_or_invented(seeds):
    told = set()
    for part in filter(None, provenance.seed_ranges(sorted(seeds)).split(", ")):
        first, _, last = part.partition(" to ")
        told |= set(range(int(first), int(last or first) + 1))
    assert told == seeds


def study(*seeds):
    names = {"datasets": ["iris"], "protocols": ["paper"], "activations": ["adaact"]}
    return names | {"seeds": {"iris": list(seeds)}}


def ended(*seeds, status="ok", reason=""):
    """Trials of Adaact on Iris that ended so."""
    frame = helpers.trial_frame({"adaact": [1.0] * len(seeds)}, status=status, reason=reason)
    return frame.assign(seed=seeds)


def listed(trials, *seeds):
    """Seed, status and reason of every row, as words."""
    text = markdown(provenance.failures(trials, study(*seeds)))
    return [[word.strip() for word in row.split("|")[4:7]] for row in text.splitlines()[2:]]


def test_a_trial_without_a_number_is_listed_with_its_reason():
    trials = ended(7, 8, 9, status=["ok", "failed", "diverged"], reason=["", "died", ""])
    assert listed(trials, 7, 8, 9) == [
        ["8", "failed", "died"],
        ["9", "diverged", "its loss became infinite or not a number"],
    ]
    assert provenance.failures(ended(7), study(7)) == Prose("Every finished trial has a score.")


def test_the_seeds_of_a_cell_that_were_not_trained_are_listed_in_one_row():
    assert listed(ended(7), 5, 6, 7, 9) == [["5 to 6, 9", "missing", "not trained"]]


def test_second_attempts_are_counted():
    assert provenance.retries([]) == ""
    assert provenance.retries([{"attempts": 2}, {"attempts": 3}]) == (
        "2 trials took more than one attempt, at most 3."
    )


STUDY = {"protocols": ["paper"], "epochs": {"iris": None, "mnist": None}}


def test_the_method_tells_of_the_protocols_that_ran():
    lines = method.lines(STUDY)
    assert method.PAPER.format(whose="the paper's") in lines
    assert method.HELD_OUT not in lines
    assert method.HELD_OUT in method.lines(STUDY | {"protocols": ["held-out"]})


def test_capped_epochs_are_told():
    assert method.capped({"iris": None}, "") == []
    assert method.capped({"iris": None, "mnist": 3}, ": shorter") == [
        "Epochs were capped (mnist 3): shorter."
    ]
