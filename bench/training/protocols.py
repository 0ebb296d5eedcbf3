"""Which rows a trial trains on, which ones stop it, and which ones judge it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.data import DATASETS, splits

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.data import Dataset


MOST_EPOCHS = 50
"""The paper's, on all three data sets."""


@dataclass(frozen=True)
class Protocol:
    """A way of splitting and stopping.

    Attributes:
        split: ``(dataset, number of the split) -> Split``.
        monitors: Parts of the split that have a stopping rule; the first one's rule decides.
        standardise: Whether inputs are standardised on the split's training rows.
        one_split: Whether there is one split, the paper's. Its epochs are capped at the paper's.
        skips_official: Whether it is left out where a data set brings its own test set.
        stage: Part of the random streams: trials of different stages share no random numbers.
        tunes: Name of the protocol that it repeats at a learning rate chosen for each activation;
            empty: at the default. Where that is the choice, the other's trials are its own.
        tunes_for: Name of the protocol that its trials choose the learning rates of; empty: none.
            They have validation scores alone.
    """

    split: Callable[[Dataset, int], splits.Split]
    monitors: tuple[str, ...]
    standardise: bool = False
    one_split: bool = False
    skips_official: bool = False
    stage: int = 0
    tunes: str = ""
    tunes_for: str = ""

    def most_epochs(self, own: int, asked: int | None) -> int:
        """Return the cap on epochs; with the paper's split at most the network's own.

        Args:
            own: The network's own cap.
            asked: The study's, if it has one.
        """
        if asked is None:
            return own
        return min(own, asked) if self.one_split else asked

    def covers(self, dataset: str) -> bool:
        """Return whether the protocol is for this data set."""
        return not (self.skips_official and dataset in DATASETS and DATASETS[dataset].official_test)


def _paper(dataset: Dataset, _number: int) -> splits.Split:
    return splits.paper_split(dataset)


def _paper_clean(dataset: Dataset, _number: int) -> splits.Split:
    return splits.clean_paper_split(dataset)


# Beside the rule that decides, these run a second one on the test set: it measures what early
# stopping on the test set would have scored.
BOTH = ("validation", "test")

PROTOCOLS = {
    # The paper's: one fixed split, early stopping on the test set.
    "paper": Protocol(_paper, monitors=("validation",), one_split=True),
    # The same split and seeds without that. With an official test set, held-out is that already.
    "paper-clean": Protocol(_paper_clean, monitors=BOTH, one_split=True, skips_official=True),
    "held-out": Protocol(splits.held_out_split, monitors=BOTH),
    "held-out-scaled": Protocol(splits.held_out_split, monitors=BOTH, standardise=True),
}
for _name in ("held-out", "held-out-scaled"):
    _own = replace(PROTOCOLS[_name], monitors=("validation",))
    PROTOCOLS[f"{_name}-tuned"] = replace(_own, tunes=_name)
    PROTOCOLS[f"{_name}-tuning"] = replace(_own, stage=1, tunes_for=f"{_name}-tuned")

ASKED = tuple(name for name, one in PROTOCOLS.items() if not one.tunes_for)
"""The protocols that a study may ask for; the others are parts of these."""


def tuning_of(tuned: str) -> str:
    """Return the protocol whose trials choose the learning rates of a tuned one."""
    return next(name for name, one in PROTOCOLS.items() if one.tunes_for == tuned)
