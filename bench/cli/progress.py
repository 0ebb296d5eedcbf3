"""Show the progress of a study: a bar with cell, splits, epoch and time left, or lines."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from bench.cli.terminal import say
from bench.escapes import visible
from bench.runner import LIKELY_EPOCHS, Watch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bench.training.pools.jobs import Epochs
    from bench.training.pools.worker_pool import Outcome
    from bench.training.trials.blocks import Block

LINE_SECONDS = 30.0


class StudyProgress(Watch):
    """A bar on a terminal; elsewhere, as in the log of a CI, a line every 30 seconds.

    Trials are counted by their estimated seconds, so that the time left is right though some data
    sets are large.

    Args:
        jobs: What is to be done.
        workers: How many jobs run at once; a first guess at the time left rests on it.

    Attributes:
        failed: How many trials have failed.
    """

    def __init__(self, jobs: Sequence[Block], workers: int) -> None:
        self._workers = workers
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.fields[doing]}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[counted]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._trials = sum(len(job.keys) for job in jobs)
        self._trials_done = self.failed = 0
        self._total = sum(job.seconds for job in jobs)
        self._task = self._progress.add_task(
            "", total=self._total, doing="starting workers", counted=self._counted()
        )
        self._done, self._began = 0.0, time.monotonic()
        self._shares: dict[int, float] = {}  # seconds in progress by the job's id
        self._closed = Event()
        self._lines = Thread(target=self._print_lines, daemon=True)

    def __enter__(self) -> StudyProgress:
        self._progress.start()
        if not self._console.is_terminal:
            self._lines.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._closed.set()
        self._progress.stop()
        if not self._console.is_terminal and kind is None:
            say(self.line(), self._console)

    def epoch(self, job: Block, epochs: Epochs) -> None:
        """Shows how far the trials of a block are."""
        likely = min(job.epochs or LIKELY_EPOCHS, LIKELY_EPOCHS)
        trials = sum(min(done / likely, 1.0) for done in epochs.values())
        self._shares[id(job)] = trials * _each(job)
        self._show(f"{job.title} · {_range(epochs)} · epoch {max(epochs.values())}")

    def result(self, job: Block) -> None:
        """Counts a trial that is stored."""
        self._count(job, 1)

    def outcome(self, outcome: Outcome) -> None:
        """Counts what failed of a job that has ended, and says so."""
        self._shares.pop(id(outcome.job), None)
        self._count(outcome.job, len(outcome.missing))
        if outcome.missing:
            self.failed += len(outcome.missing)
            told = f"{outcome.job.title} failed: {outcome.reason}"
            say(told, self._console)

    def line(self) -> str:
        """Return how far the study is, with the time left."""
        took = time.monotonic() - self._began
        done = self._completed()
        estimated = self._total / max(self._workers, 1) - took  # a cluster may lose its last one
        left = (self._total - done) * took / done if done else estimated
        told = f", about {_clock(left)} left" if done < self._total and left > 0 else ""
        return f"{self._counted()} after {_clock(took)}{told}"

    def _print_lines(self) -> None:
        while not self._closed.wait(LINE_SECONDS):
            say(self.line(), self._console)

    def _count(self, job: Block, number: int) -> None:
        self._trials_done += number
        self._done += number * _each(job)
        self._show(job.title)

    def _counted(self) -> str:
        return f"{self._trials_done:,} of {self._trials:,} trials"

    def _completed(self) -> float:
        return min(self._done + sum([*self._shares.values()]), self._total)

    def _show(self, doing: str) -> None:
        self._progress.update(
            self._task,
            completed=self._completed(),
            doing=visible(doing),
            counted=self._counted(),
        )


def _range(places: Collection[tuple[int, int, float]]) -> str:
    """Name the splits of the trials in training, or their seeds where there is one split."""
    splits, seeds, _ = zip(*places, strict=True)
    word, numbers = ("split", splits) if any(splits) else ("seed", seeds)
    first, last = min(numbers), max(numbers)
    return f"{word} {first}" + (f"–{last}" if last > first else "")


def _each(job: Block) -> float:
    """Estimate the seconds of each trial of a job, with its share of the compilation."""
    return job.seconds / len(job.keys)


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
