"""Fair tuning: one grid of learning rates for every activation, and the choice from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.data import DATASETS
from bench.records import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.records import Status

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
"""About a factor of 3 apart, around the default; fixed before any test score was read."""

TUNING_SEEDS = 2
"""Tuning trials of a rate, of which the choice takes the mean loss."""

ALL_SPLITS = -1
"""In place of a split's number where one choice holds for all splits."""


class Choice(NamedTuple):
    """Identifies a choice of the learning rate.

    Attributes:
        dataset: Name of the data set.
        protocol: Name of the tuned protocol.
        activation: Name of the activation.
        split: Number of the split; ``ALL_SPLITS`` where one choice holds for all.
    """

    dataset: str
    protocol: str
    activation: str
    split: int


def chooses_once(dataset: str) -> bool:
    """Return whether one choice holds for all splits: where the test set is the official one."""
    return dataset in DATASETS and DATASETS[dataset].official_test


def choice_of(dataset: str, protocol: str, activation: str, split: int) -> Choice:
    """Return the choice that a trial is trained at, or that a tuning trial is part of."""
    return Choice(dataset, protocol, activation, ALL_SPLITS if chooses_once(dataset) else split)


def class_rows(dataset: str, tables: Mapping[str, Any]) -> list[int]:
    """Return the rows of each class of a data set.

    Args:
        dataset: Its name.
        tables: By table of the user's own: what provenance.json says of it.
    """
    known = DATASETS.get(dataset)
    return list(known.class_rows if known else tables[dataset]["classes"].values())


def uninformed_loss(rows: Sequence[int]) -> float:
    """Return the loss of predicting the class frequencies: their entropy, in nats."""
    return -math.fsum(n / sum(rows) * math.log(n / sum(rows)) for n in rows)


def loss_of(status: Status, validation_loss: float, rows: Sequence[int]) -> float:
    """Return the loss that a tuning trial counts with; NaN of a failed one, which has none.

    Args:
        status: Its status; a diverged one counts as uninformed.
        validation_loss: Its loss if it is ``ok``.
        rows: ``class_rows`` of its data set.
    """
    if status == "ok":
        return validation_loss
    return uninformed_loss(rows) if status == "diverged" else math.nan


def choose(losses: Mapping[float, Sequence[float]]) -> float:
    """Return the learning rate with the lowest mean loss.

    Of equal ones the nearest to the default on the grid, then the lower one. A rate without any
    loss is not chosen; where none has one, it is the default.

    Args:
        losses: By learning rate: the losses of its tuning trials, as ``loss_of`` returns them.
    """
    default = RATES.index(LEARNING_RATE)
    known = {rate: [x for x in tried if not math.isnan(x)] for rate, tried in losses.items()}
    means = {rate: math.fsum(tried) / len(tried) for rate, tried in known.items() if tried}

    def order(rate: float) -> tuple[float, int, float]:
        return means[rate], abs(RATES.index(rate) - default), rate

    return min(means, key=order, default=LEARNING_RATE)


def choices(tried: Iterable[tuple[Choice, float, float]]) -> dict[Choice, float]:
    """Return the chosen learning rates, but for choices of which a tuning trial is missing.

    Args:
        tried: Of each tuning trial its choice, its learning rate and its loss (``loss_of``).
    """
    found: dict[Choice, dict[float, list[float]]] = {}
    for choice, rate, loss in tried:
        found.setdefault(choice, {rate: [] for rate in RATES})[rate].append(loss)
    return {
        choice: choose(losses)
        for choice, losses in found.items()
        if all(len(of_rate) == TUNING_SEEDS for of_rate in losses.values())
    }
