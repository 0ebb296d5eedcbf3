"""What runs on a worker of a Dask cluster: the data files' keeper, and the training of a block."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from distributed import Worker

    from bench.records import Trial
    from bench.training.blocks import Block
    from bench.training.executors import TrainBlock

REPORT_SECONDS = 1.0  # all reports go through the scheduler: many workers must not drown it


class DataFiles(WorkerPlugin):
    """Data files, sent to each worker once and kept in its scratch folder until the run ends.

    Args:
        contents: The files' bytes by name.
    """

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self.folder = Path()

    def setup(self, worker: Worker) -> None:
        """Writes the files; the memory is let go."""
        self.folder = Path(worker.local_directory, f"data-{id(self)}")
        self.folder.mkdir(parents=True)
        for name, content in self._contents.items():
            (self.folder / name).write_bytes(content)
        self._contents = {}

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Removes the files."""
        shutil.rmtree(self.folder, ignore_errors=True)


class UnwantedError(Exception):
    """Nobody waits for this block any more: its driver has ended, or has given it up."""


def work(train: TrainBlock, block: Block, run: str, number: int) -> list[Trial]:
    """Trains a block with the data files that were sent, and reports its epochs.

    Args:
        train: What trains a block.
        block: The block.
        run: Name of the driver's run: of its ``DataFiles``, and of the topic of its reports.
        number: What the block is called in reports.
    """
    worker: Any = get_worker()
    key = worker.get_current_task()
    reported = 0.0

    def report(epochs: Mapping[int, int]) -> None:
        nonlocal reported
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise UnwantedError
        if time.monotonic() - reported >= REPORT_SECONDS:
            reported = time.monotonic()
            told = {"action": "epochs", "number": number, "epochs": [*epochs.items()]}
            worker.log_event(run, told)

    return train(replace(block, data_dir=worker.plugins[run].folder), report)
