"""Carry out the jobs of a worker pool, which are blocks of trials to train or models to fit.

A job is carried out wherever the pool is; each result is handed over as soon as it is finished.
Nothing here imports TensorFlow before a block is trained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from bench.records import SCIKIT_LEARN, Trial
from bench.training.trials import sklearn_trials
from bench.training.trials.blocks import Block, train_block

TrainBlock = Callable[..., Iterable[Trial]]


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


def carry_out(job: Block, report: Report, train: TrainBlock = train_block) -> None:
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

    trials = sklearn_trials.fit_all(job) if job.trainer == SCIKIT_LEARN else train(job, on_epoch)
    for trial in trials:
        report(Result(trial, clock.total(trial.key.place)))


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
