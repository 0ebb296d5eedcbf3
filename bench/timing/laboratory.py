"""Measures each group of competitors once in a session, whichever of its tests asks first."""

from __future__ import annotations

from functools import cache

import pytest

from baselines import ACTIVATIONS
from bench.data import DataMissing, Dataset, load
from bench.timing.interleave import interleaved
from bench.timing.nets import OPERATIONS, Net

REFERENCE = "relu"
AGAIN = "relu (A/A)"
"""A second net like the reference's: its ratio to it shows what the method takes for a difference
where there is none."""

COMPETITORS = {name: name for name in ACTIVATIONS} | {AGAIN: REFERENCE}
"""Name in the table -> activation of the net."""


def dataset_or_skip(name: str) -> Dataset:
    """A data set; skips the test, with the reason, where its files are not to be had."""
    found = _dataset(name)
    if isinstance(found, DataMissing):
        pytest.skip(str(found))
    return found


@cache
def _dataset(name: str) -> Dataset | DataMissing:
    """The reason is kept too: every test would try to download anew."""
    try:
        return load(name)
    except DataMissing as error:
        return error


@cache
def nets(dataset: str) -> dict[str, Net]:
    """The nets of a data set, by competitor."""
    table = dataset_or_skip(dataset)
    return {name: Net.of(table, activation) for name, activation in COMPETITORS.items()}


@cache
def measured(dataset: str, operation: str) -> dict[str, list[float]]:
    """Seconds of an operation, by competitor, one number a round."""
    what = OPERATIONS[operation]
    ready = {name: net.ready(operation) for name, net in nets(dataset).items()}
    return interleaved(ready, rounds=what.rounds_on(dataset), calls=what.calls)


@cache
def scores(dataset: str, competitor: str) -> dict[str, float]:
    """Accuracy and F1 of a net after the epochs that were timed, and how many those were."""
    epochs = 1 + len(measured(dataset, "epoch")[competitor])
    return {**nets(dataset)[competitor].scores(), "epochs": epochs}
