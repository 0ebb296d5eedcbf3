"""Say what to train next: the trials that a study lacks, and the larger study of the next look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench import data
from bench.rate_choice import choice_of
from bench.training.protocols import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.rate_choice import Choice
    from bench.records import Done, TrialKey
    from bench.study import Study

FIRST_SPLITS = 25  # of the first look, at least
GROWTH = 2  # of the splits, from look to look
LARGEST_GROWTH = 4  # of the largest size over the default one and over the first look


def plan(study: Study, stored: Mapping[TrialKey, Done]) -> list[TrialKey]:
    """Return the trials to train next, in the order asked; none: the study is complete.

    A run calls it again after these are stored, until it returns none: which trials a tuned
    protocol has is known only after its tuning trials.

    Args:
        study: The study.
        stored: Every trial that is not to be tried again. Failed trials of this run are among them,
            those of an earlier run are not.
    """
    return [key for key in study.keys(study.chosen(stored)) if key not in stored]


def without_loss(stored: Mapping[TrialKey, Done]) -> int:
    """Count the choices of a learning rate all of whose tuning trials have failed."""
    statuses: dict[Choice, set[str]] = {}
    for key, done in stored.items():
        if tuned := PROTOCOLS[key.protocol].tunes_for:
            choice = choice_of(key.dataset, tuned, key.activation, key.split)
            statuses.setdefault(choice, set()).add(done.status)
    return sum(found == {"failed"} for found in statuses.values())


def first_look(study: Study) -> Study:
    """Return the study of a first look: as asked, with at least ``FIRST_SPLITS`` splits."""
    return _with_splits(study, dict.fromkeys(study.datasets, FIRST_SPLITS))


def largest_splits(study: Study) -> dict[str, int]:
    """Return the splits of the largest size, by data set, given the study of the first look."""
    sizes = {name: (len(splits), data.budget(name).splits) for name, splits in study.splits.items()}
    return {name: LARGEST_GROWTH * max(FIRST_SPLITS, *known) for name, known in sizes.items()}


def larger(study: Study, datasets: Sequence[str], most: Mapping[str, int]) -> Study:
    """Return the study of the next look.

    Args:
        study: The study of the last look.
        datasets: Whose splits to double.
        most: Splits of the largest size, by data set.
    """
    now = {name: len(study.splits[name]) for name in datasets}
    return _with_splits(study, {name: min(GROWTH * now[name], most[name]) for name in datasets})


def _with_splits(study: Study, least: Mapping[str, int]) -> Study:
    grown = {name: tuple(range(number)) for name, number in least.items()}
    wider = {name: one for name, one in grown.items() if len(one) > len(study.splits[name])}
    return replace(study, splits=dict(study.splits) | wider)
