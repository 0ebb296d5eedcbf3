"""Which rows a trial trains on, which ones stop it, and which ones judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.data import splits

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.data import Dataset


MOST_EPOCHS = 50
"""The paper's, on all three data sets."""


@dataclass(frozen=True)
class Protocol:
    """A way of splitting and stopping.

    Attributes:
        split: ``(dataset, seed) -> Split``.
        monitors: Parts of the split that have a stopping rule; the first one's rule decides.
        standardise: Whether inputs are standardised on the seed's training rows.
        one_split: Whether all seeds share one split.
    """

    split: Callable[[Dataset, int], splits.Split]
    monitors: tuple[str, ...]
    standardise: bool = False
    one_split: bool = False


def _paper(dataset: Dataset, _seed: int) -> splits.Split:
    return splits.paper_split(dataset)


PROTOCOLS = {
    # The paper's: one fixed split, and the test set chooses the epoch.
    "paper": Protocol(_paper, monitors=("validation",), one_split=True),
    # The test set decides nothing; its own rule runs beside, to measure what the leak is worth.
    "held-out": Protocol(splits.held_out_split, monitors=("validation", "test")),
    "held-out-scaled": Protocol(
        splits.held_out_split, monitors=("validation", "test"), standardise=True
    ),
}
