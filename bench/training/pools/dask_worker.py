"""What runs on a worker of a Dask cluster: the keeper of a run's files, and a job."""

from __future__ import annotations

import pickle
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import WorkerPlugin, get_worker

from bench.training.pools.jobs import Result, carry_out

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from distributed import Worker

    from bench.training.pools.jobs import Epochs, TrainBlock
    from bench.training.trials.blocks import Block

REPORT_SECONDS = 1.0  # all epochs go through the scheduler: many workers must not drown it


class RunFiles(WorkerPlugin):
    """Data files, sent to each worker once and kept in its scratch folder until the run ends.

    Args:
        contents: The files' bytes by name.
        modules: The user's; what an earlier run has imported of them may have changed since.
    """

    def __init__(self, contents: Mapping[str, bytes], modules: Collection[str]) -> None:
        self._contents, self._modules = contents, modules
        self.folder = Path()

    def setup(self, worker: Worker) -> None:
        """Writes the files; the memory is let go. Forgets the user's modules."""
        for name in self._modules:
            sys.modules.pop(name, None)
        # A name of its own for each run: what is compiled is kept by it.
        self.folder = Path(tempfile.mkdtemp(dir=worker.local_directory))
        for name, content in self._contents.items():
            (self.folder / name).write_bytes(content)
        self._contents = {}

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Removes the files."""
        shutil.rmtree(self.folder, ignore_errors=True)


class UnwantedError(Exception):
    """Nobody waits for this job any more: its driver has ended, or has given it up."""


def work(train: TrainBlock, job: Block, run: str, number: int) -> None:
    """Carries out a job with the data files that were sent, and hands over epochs and results.

    Both are events: what is returned at the end would be lost with the worker.

    Args:
        train: Function that trains a block.
        job: The job.
        run: Name of the driver's run: of its ``RunFiles``, and of the topic of its reports.
        number: Number of the attempt, as reports name it.
    """
    worker: Any = get_worker()
    key = worker.get_current_task()
    reported = 0.0

    def report(message: Epochs | Result) -> None:
        nonlocal reported
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise UnwantedError
        told = {"number": number}
        if isinstance(message, Result):
            worker.log_event(run, told | {"action": "result", "result": pickle.dumps(message)})
        elif time.monotonic() - reported >= REPORT_SECONDS:
            reported = time.monotonic()
            worker.log_event(run, told | {"action": "epochs", "epochs": [*message.items()]})

    carry_out(replace(job, data_dir=worker.plugins[run].folder), report, train)
