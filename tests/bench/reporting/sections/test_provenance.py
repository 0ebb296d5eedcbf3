"""Where the numbers come from."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting.document import Prose
from bench.reporting.sections import provenance
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


def listed(trials, asked):
    """Split and seed, status and reason of every row, as words; of so many trials asked for."""
    names = {"datasets": ["iris"], "protocols": ["paper"], "activations": ["adaact"]}
    results = SimpleNamespace(trials=trials)
    view = SimpleNamespace(results=results, trials=trials, study=names, asked=lambda *_: asked)
    made = provenance.failures(view)
    if isinstance(made, Prose):
        return made.text
    return [row[3:] for row in helpers.table_rows(made)]


def ended(*statuses):
    """Trials of Adaact on Iris that ended so, on split 2."""
    reasons = ["died" if status == "failed" else "" for status in statuses]
    scores = {"adaact": [1.0] * len(statuses)}
    return helpers.trial_frame(scores, status=statuses, reason=reasons, split=2)


def test_a_trial_without_a_score_is_listed_with_its_reason():
    assert listed(ended("ok", "failed", "diverged"), 3) == [
        ["2, 1", "failed", "died"],
        ["2, 2", "diverged", "its loss became infinite or not a number"],
    ]
    assert listed(ended("ok"), 1) == "No trial ended without a score."


def test_what_a_cell_lacks_is_counted_in_one_row():
    assert listed(ended("ok"), 4) == [["3 trials", "missing", "not trained"]]


def test_seeds_and_splits_are_told_by_kind_of_protocol():
    study = {"seeds": {"iris": range(100)}, "splits": {"iris": range(50)}}
    study |= {"seeds_per_split": {"iris": range(40)}, "protocols": ["paper"]}
    assert provenance.asked_for(study, "iris") == "paper: 0 to 99"
    both = provenance.asked_for(study | {"protocols": ["paper", "held-out"]}, "iris")
    assert both == "paper: 0 to 99; splits 0 to 49, seeds 0 to 39 in each"


def test_second_attempts_are_counted():
    assert provenance.retries([]) == ""
    assert provenance.retries([{"attempts": 2}, {"attempts": 3}]) == (
        "2 trials took more than one attempt, at most 3."
    )
