"""Runs jobs on the workers of a Dask cluster, behind the interface of the local pools.

A worker has at most one job, and the job is bound to it: where a worker dies, it is known which
job it had, and no other one suffers. Nothing but results comes back, each as an event as soon as it
is finished; only the driver writes.
"""

from __future__ import annotations

import logging
import os
import pickle
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bench.errors import UserError
from bench.training.pools.worker_pool import POLL_SECONDS, WORKER_DIED, Ended, Hear, Pool
from bench.training.trials.blocks import train_block

try:
    from distributed import Client

    from bench.training.pools.dask_worker import RunFiles, work
except ImportError as error:
    raise UserError(
        f"--scheduler: expected the package {error.name}. Install it: "
        "`pip install 'adaact-bench[dask]'`."
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from bench.training.pools.jobs import TrainBlock
    from bench.training.trials.blocks import Block

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
ALONE_SECONDS = 60.0  # without a worker; by then, one that died has been started again
CLOSE_SECONDS = 1.0  # Ctrl-C is answered within two


@dataclass(frozen=True, eq=False)
class _Task:
    """A job on a worker.

    Attributes:
        number: Number of the attempt.
        remote: Dask's own future.
    """

    number: int
    remote: Future[None]


class DaskPool(Pool):
    """The workers of a Dask cluster, those that join later too.

    Args:
        address: Of the scheduler, e.g. ``tcp://127.0.0.1:8786``.
        files: Data files by name; each worker gets them once.
        modules: The user's, each with those that it imports: a worker imports them anew.
        identify: What it returns here and on a worker must be the same.
        train: What trains a block.

    Raises:
        UserError: The scheduler can't be reached, or no worker of its is like this process.
    """

    def __init__(
        self,
        address: str,
        files: Mapping[str, Path],
        identify: Callable[[], object],
        train: TrainBlock = train_block,
        modules: Collection[str] = (),
    ) -> None:
        super().__init__(train)
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told here
        self._address, self._identify, self._lost = address, identify, False
        self.width, self._seen = 0, time.monotonic()
        self._run = f"adaact-bench-{uuid4().hex}"
        self._events: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._workers: dict[str, _Task | None] = {}  # by address: the present job
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(
                f"--scheduler: nothing answers at {address} ({_line(error)}). Start a scheduler "
                "there: `dask scheduler`."
            ) from error
        try:
            self._begin(files, modules)
        except BaseException:
            self.close()
            raise

    def _begin(self, files: Mapping[str, Path], modules: Collection[str]) -> None:
        """Sends the data files and takes the workers that are there."""
        for topic in ("all", self._run):
            self._client.subscribe_topic(topic, lambda event: self._events.put(event[1]))
        refused = self._admit(self._client.nthreads())
        if refused and not self._workers:
            raise UserError(f"--scheduler: {refused[0]}")
        for reason in refused:
            log.warning(reason)
        contents = {name: path.read_bytes() for name, path in files.items()}
        self._client.register_plugin(RunFiles(contents, modules), name=self._run)

    def _admit(self, addresses: Iterable[str]) -> list[str]:
        """Takes the workers that are like this process; returns why it doesn't take the others.

        One that can't be reached now is asked again as long as the scheduler has it.
        """
        new = [address for address in addresses if address not in self._workers]
        if not new:
            return []
        mine, refused = self._identify(), []
        theirs = self._client.run(self._identify, workers=new, on_error="return")
        for address, identity in theirs.items():
            if identity == mine:
                self._workers[address] = None
            elif isinstance(identity, OSError):
                self._events.put({"action": "add-worker", "worker": address})
            else:
                found = _line(identity) if isinstance(identity, Exception) else identity
                refused.append(
                    f"worker {address}: expected {mine}. Received: {found}. Install there what is "
                    "installed here."
                )
        self.width = len(self._workers)
        return refused

    def submit(self, job: Block) -> int:
        """Starts a job on a free worker."""
        address = next(address for address, task in self._workers.items() if task is None)
        number = self._next_number()
        # Bound to its worker: the scheduler would try it on others, and nobody would know.
        executor = self._client.get_executor(workers=[address], pure=False)
        remote = executor.submit(work, self._train, job, self._run, number)
        self._workers[address] = _Task(number, remote)
        ended = {"action": "ended", "number": number}
        remote.add_done_callback(lambda _: self._events.put(ended))
        return number

    def tell(self, hear: Hear) -> None:
        """Passes on what workers have reported, and heeds that they have come or gone.

        Raises:
            UserError: The scheduler is gone, or has had no worker for long.
        """
        if self._lost or self._client.status != "running":
            raise UserError(f"The scheduler at {self._address} is gone. {_SAVED}")
        with suppress(Empty):
            self._heed(self._events.get(timeout=POLL_SECONDS), hear)
        if self.width:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > ALONE_SECONDS:
            raise UserError(
                f"The scheduler at {self._address} has had no worker for {ALONE_SECONDS:g} s. "
                f"Start one: `dask worker {self._address} --nthreads 1`. {_SAVED}"
            )

    def _heed(self, event: Mapping[str, Any], hear: Hear) -> None:
        match event:
            case {"action": "epochs", "number": number, "epochs": epochs}:
                hear(number, {tuple(place): done for place, done in epochs})
            case {"action": "result", "number": number, "result": result}:
                hear(number, pickle.loads(result))  # noqa: S301 - as Dask does with what it carries
            case {"action": "ended", "number": number}:
                self._free(number, hear)
            case {"action": "add-worker", "worker": address}:
                for reason in self._admit(self._client.nthreads().keys() & {address}):
                    log.warning(reason)
            case {"action": "remove-worker", "worker": address}:
                task = self._lose(address)
                if task is not None:
                    hear(task.number, Ended(WORKER_DIED))

    def _free(self, number: int, hear: Hear) -> None:
        """Frees the worker of an attempt that has ended."""
        for address, task in self._workers.items():
            if task is None or task.number != number:
                continue
            if task.remote.cancelled():
                self._lost = True  # a scheduler that went away, and may be back, knows of nothing
                return
            self._workers[address] = None
            error = task.remote.exception()
            hear(number, Ended() if error is None else Ended.by(error))
            return

    def _lose(self, address: str) -> _Task | None:
        """Uses a worker no longer; returns the job that it had, if any."""
        task = self._workers.pop(address, None)
        self.width = len(self._workers)
        if task is not None:
            task.remote.cancel()
        return task

    def end(self, number: int) -> None:
        """Kills the worker of an attempt; a nanny starts it again."""
        for address, task in list(self._workers.items()):
            if task is not None and task.number == number:
                self._lose(address)
                # In a thread: a worker that is frozen as a whole does not answer.
                leave = {"workers": [address], "on_error": "ignore"}
                Thread(
                    target=self._client.run, args=(os._exit, 1), kwargs=leave, daemon=True
                ).start()

    def close(self) -> None:
        """Leaves the cluster; a worker drops the job that it has at its next epoch or result."""
        for address in list(self._workers):
            self._lose(address)
        with suppress(Exception):  # whatever state the cluster is in, the run has ended
            if self._client.status == "running":
                forget = self._client.scheduler.unregister_worker_plugin
                self._client.sync(forget, name=self._run, callback_timeout=CLOSE_SECONDS)
        with suppress(Exception):
            self._client.close(CLOSE_SECONDS)


_SAVED = "What is trained is stored; the same command goes on from there."


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
