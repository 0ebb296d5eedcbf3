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
    spent: defaultdict[Any, float] = defaultdict(float)
    last = perf_counter()

    def spend(places: Collection[Hashable]) -> None:
        """Divide the time since the last call among the trials that were in training."""
        nonlocal last
        now = perf_counter()
        for place in places:
            spent[place] += (now - last) / len(places)
        last = now

    def on_epoch(epochs: Epochs) -> None:
        spend(epochs)
        report(dict(epochs))

    trials = sklearn_trials.fit_all(job) if job.trainer == SCIKIT_LEARN else train(job, on_epoch)
    for trial in trials:
        spend([trial.key.place])
        report(Result(trial, spent.pop(trial.key.place)))
