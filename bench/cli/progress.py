"""How far a study is: a bar with cell, seeds, epoch, time left; or a line for every tenth."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from bench.training.protocols import MOST_EPOCHS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from bench.training.blocks import Block
    from bench.training.executors import Outcome


TENTHS = 10


class StudyProgress:
    """A bar on a terminal; elsewhere, as in the log of a CI, a line for every tenth.

    Args:
        trials: How many trials are to be trained.
    """

    def __init__(self, trials: int) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.fields[doing]}"),
            BarColumn(),
            TextColumn("{task.fields[finished]}/{task.fields[asked]} trials"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task(
            "", total=trials, doing="starting workers", finished=0, asked=trials
        )
        self._finished, self._asked, self._began = 0, trials, time.monotonic()
        self._shares: dict[Block, dict[int, float]] = {}

    def __enter__(self) -> StudyProgress:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def epoch(self, block: Block, epochs: Mapping[int, int]) -> None:
        """Shows how far the seeds of a block are."""
        most = block.epochs or MOST_EPOCHS
        shares = self._shares.setdefault(block, {})
        ended = dict.fromkeys(shares.keys() - epochs.keys(), 1.0)
        shares |= ended | {seed: done / most for seed, done in epochs.items()}
        seeds = f"seed {min(epochs)}" + (f"–{max(epochs)}" if len(epochs) > 1 else "")
        cell = " ".join(block.cell)
        self._show(f"{cell} · {seeds} · epoch {max(epochs.values())}")

    def outcome(self, outcome: Outcome) -> None:
        """Counts a block that is stored."""
        self._shares.pop(outcome.block, None)
        before = self._finished
        self._finished += len(outcome.block.seeds)
        self._show(" ".join(outcome.block.cell))
        if not self._console.is_terminal and self._tenths(before) < self._tenths(self._finished):
            took = timedelta(seconds=round(time.monotonic() - self._began))
            self._console.print(f"{self._finished:,} of {self._asked:,} trials after {took}")

    def _tenths(self, finished: int) -> int:
        return TENTHS * finished // self._asked

    def _show(self, doing: str) -> None:
        partly = sum(sum(shares.values()) for shares in self._shares.values())
        self._progress.update(
            self._task, completed=self._finished + partly, doing=doing, finished=self._finished
        )
