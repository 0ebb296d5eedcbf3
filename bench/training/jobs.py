"""Jobs of a worker pool: blocks of seeds to train, and logistic regressions to fit.

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
from bench.records import Ceiling, CeilingKey, Trial, TrialKey
from bench.training import regressions
from bench.training.blocks import Block, train_block

if TYPE_CHECKING:
    from pathlib import Path

Key = TrialKey | CeilingKey
TrainBlock = Callable[..., Iterable[Trial]]


@dataclass(frozen=True)
class Regressions:
    """Logistic regressions of one data set and protocol, fitted one after the other.

    Attributes:
        keys: Which ones.
        data_dir: Folder of the data files, as ``--data-dir`` gives it.
        seconds_each: Estimated seconds of one fit.
    """

    keys: tuple[CeilingKey, ...]
    data_dir: Path | None = None
    seconds_each: float = 1.0

    @property
    def title(self) -> str:
        """Name the job in messages."""
        return f"{self.keys[0].dataset} {self.keys[0].protocol} logistic regressions"

    @property
    def seconds(self) -> float:
        """Estimate the seconds of the whole job."""
        return self.seconds_each * len(self.keys)

    def only(self, keys: Collection[Key]) -> Regressions:
        """Return the job with some of its fits alone."""
        return replace(self, keys=tuple(key for key in self.keys if key in keys))

    def fit(self) -> Iterator[Ceiling]:
        """Fit and score the regressions."""
        for key in self.keys:
            yield regressions.fit(load(key.dataset, self.data_dir), key)


Job = Block | Regressions


@dataclass(frozen=True, eq=False)
class Result:
    """A finished trial or fit, as a worker hands it over.

    Attributes:
        value: The trial or the fit.
        seconds: Its share of the wall time of the job.
    """

    value: Trial | Ceiling
    seconds: float


Report = Callable[[Mapping[int, int] | Result], None]
"""Told of every epoch, as ``{seed: epochs done}``, and of every result."""


def carry_out(job: Job, report: Report, train: TrainBlock = train_block) -> None:
    """Carry out a job and hand over each result as it is finished.

    Args:
        job: The job.
        report: Where epochs and results go.
        train: Function that trains a block.
    """
    clock = _Clock()

    def on_epoch(epochs: Mapping[int, int]) -> None:
        clock.spend(epochs)
        report(dict(epochs))

    if isinstance(job, Block):
        for trial in train(job, on_epoch):
            report(Result(trial, clock.total(trial.key.seed)))
    else:
        for ceiling in job.fit():
            report(Result(ceiling, clock.total(ceiling.key)))


class _Clock:
    """Divides the wall time of a job among the seeds that were in training at each moment."""

    def __init__(self) -> None:
        self._spent: defaultdict[Any, float] = defaultdict(float)
        self._last = perf_counter()

    def spend(self, seeds: Collection[Hashable]) -> None:
        """Divide the time since the last call among some seeds."""
        now = perf_counter()
        for seed in seeds:
            self._spent[seed] += (now - self._last) / len(seeds)
        self._last = now

    def total(self, seed: Hashable) -> float:
        """Return the seconds of a seed that is finished, the time since the last call included."""
        self.spend([seed])
        return self._spent.pop(seed)
