"""The progress bar of a study: cell, seeds, epoch, time left."""

from __future__ import annotations

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


class StudyProgress:
    """A bar on a terminal; nothing elsewhere.

    Args:
        trials: How many trials are to be trained.
    """

    def __init__(self, trials: int) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.fields[doing]}"),
            BarColumn(),
            TextColumn("{task.fields[finished]}/{task.fields[asked]} trials"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(
            "", total=trials, doing="starting workers", finished=0, asked=trials
        )
        self._finished = 0
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
        self._finished += len(outcome.block.seeds)
        self._show(" ".join(outcome.block.cell))

    def _show(self, doing: str) -> None:
        partly = sum(sum(shares.values()) for shares in self._shares.values())
        self._progress.update(
            self._task, completed=self._finished + partly, doing=doing, finished=self._finished
        )
