"""Define the jobs of a worker pool: blocks of trials to train, models of scikit-learn to fit.

A job is carried out wherever the pool is; each result is handed over as soon as it is finished.
Nothing here imports TensorFlow before a block is trained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.data import load
from bench.records import SCIKIT_LEARN, Trial
from bench.training.trials import sklearn_trials
from bench.training.trials.blocks import Block, train_block

if TYPE_CHECKING:
    from pathlib import Path

    from bench.records import TrialKey

TrainBlock = Callable[..., Iterable[Trial]]


@dataclass(frozen=True)
class Classical:
    """Models of scikit-learn of one data set and protocol, fitted one after the other.

    Attributes:
        keys: The trials: of one data set and protocol.
        data_dir: Folder of the data files, as ``--data-dir`` gives it.
        seconds_each: Estimated seconds of one fit.
    """

    keys: tuple[TrialKey, ...]
    data_dir: Path | None = None
    seconds_each: float = 1.0
    trainer = SCIKIT_LEARN

    @property
    def title(self) -> str:
        """Name the job in messages."""
        return f"{self.keys[0].dataset} {self.keys[0].protocol} scikit-learn's models"

    @property
    def seconds(self) -> float:
        """Estimate the seconds of the whole job."""
        return self.seconds_each * len(self.keys)

    def only(self, keys: Collection[TrialKey]) -> Classical:
        """Return the job with some of its fits alone."""
        return replace(self, keys=tuple(key for key in self.keys if key in keys))

    def fit(self) -> Iterator[Trial]:
        """Fit and score the models."""
        for key in self.keys:
            yield sklearn_trials.fit(load(key.dataset, self.data_dir), key)


Job = Block | Classical


@dataclass(frozen=True, eq=False)
class Result:
    """A finished trial, as a worker hands it over.

    Attributes:
        trial: The trial.
        seconds: Its share of the wall time of the job.
    """

    trial: Trial
    seconds: float


Epochs = Mapping[tuple[int, int, float], int]
"""Epochs done by ``TrialKey.place``, of the trials in training."""

Report = Callable[[Epochs | Result], None]
"""Told of every epoch and of every result."""


def carry_out(job: Job, report: Report, train: TrainBlock = train_block) -> None:
    """Carry out a job and hand over each result as it is finished.

    Args:
        job: The job.
        report: Where epochs and results go.
        train: Function that trains a block.
    """
    clock = _Clock()

    def on_epoch(epochs: Epochs) -> None:
        clock.spend(epochs)
        report(dict(epochs))

    trials = train(job, on_epoch) if isinstance(job, Block) else job.fit()
    for trial in trials:
        place = trial.key.place if isinstance(job, Block) else trial.key
        report(Result(trial, clock.total(place)))


class _Clock:
    """Divides the wall time of a job among the trials that were in training at each moment."""

    def __init__(self) -> None:
        self._spent: defaultdict[Any, float] = defaultdict(float)
        self._last = perf_counter()

    def spend(self, trials: Collection[Hashable]) -> None:
        """Divide the time since the last call among some trials."""
        now = perf_counter()
        share = (now - self._last) / max(len(trials), 1)
        for trial in trials:
            self._spent[trial] += share
        self._last = now

    def total(self, trial: Hashable) -> float:
        """Return the seconds of a finished trial, the time since the last call included."""
        self.spend([trial])
        return self._spent.pop(trial)
