"""Runs blocks on the workers of a Dask cluster, behind the interface of the local pools.

A worker has at most one block, and the block is bound to it: where a worker dies, it is known which
block it had, and no other one suffers. Nothing but trials comes back; only the driver writes.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bench.errors import UserError
from bench.training.blocks import train_block
from bench.training.executors import POLL_SECONDS, Pool, WorkerDiedError

try:
    from distributed import Client

    from bench.training.cluster_worker import DataFiles, work
except ImportError as error:
    raise UserError(
        f"--scheduler: expected the package {error.name}. Install it: "
        "`pip install 'adaact-bench[dask]'`."
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from bench.records import Trial
    from bench.training.blocks import Block
    from bench.training.executors import Epochs, TrainBlock

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
ALONE_SECONDS = 60.0  # without a worker; by then, one that died has been started again
CLOSE_SECONDS = 1.0  # Ctrl-C is answered within two


@dataclass(frozen=True, eq=False)
class _Task:
    """A block on a worker.

    Attributes:
        number: What reports call it.
        block: The block.
        trials: What the driver waits for.
        remote: Dask's own future.
    """

    number: int
    block: Block
    trials: Future[list[Trial]]
    remote: Future[list[Trial]]


class DaskPool(Pool):
    """The workers of a Dask cluster, those that join later too.

    Args:
        address: Of the scheduler, e.g. ``tcp://127.0.0.1:8786``.
        on_epoch: Told of a block's epochs, at most once a second.
        files: Data files by name; each worker gets them once.
        identify: What it returns here and on a worker must be the same.
        train: What trains a block.

    Raises:
        UserError: The scheduler can't be reached, or no worker of its is like this process.
    """

    shared_fate = False

    def __init__(
        self,
        address: str,
        on_epoch: Epochs,
        files: Mapping[str, Path],
        identify: Callable[[], object],
        train: TrainBlock = train_block,
    ) -> None:
        super().__init__(on_epoch, train)
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told here
        self._address, self._identify, self._lost = address, identify, False
        self.width, self._seen = 0, time.monotonic()
        self._run, self._numbers = f"adaact-bench-{uuid4().hex}", count()
        self._events: deque[tuple[float, dict[str, Any]]] = deque()
        self._workers: dict[str, _Task | None] = {}  # by address: the last block of those in use
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(
                f"--scheduler: nothing answers at {address} ({_line(error)}). Start a scheduler "
                "there: `dask scheduler`."
            ) from error
        try:
            self._begin(files)
        except BaseException:
            self.close()
            raise

    def _begin(self, files: Mapping[str, Path]) -> None:
        """Sends the data files and takes the workers that are there."""
        for topic in ("all", self._run):
            self._client.subscribe_topic(topic, self._events.append)
        refused = self._admit(self._client.nthreads())
        if refused and not self._workers:
            raise UserError(f"--scheduler: {refused[0]}")
        contents = {name: path.read_bytes() for name, path in files.items()}
        self._client.register_plugin(DataFiles(contents), name=self._run)

    def _admit(self, addresses: Iterable[str]) -> list[str]:
        """Takes the workers that are like this process; returns why it doesn't take the others."""
        new = [address for address in addresses if address not in self._workers]
        if not new:
            return []
        mine, refused = self._identify(), []
        theirs = self._client.run(self._identify, workers=new, on_error="return")
        for address, identity in theirs.items():
            if identity == mine:
                self._workers[address] = None
            else:
                found = _line(identity) if isinstance(identity, Exception) else identity
                refused.append(
                    f"worker {address}: expected {mine}. Received: {found}. Install there what is "
                    "installed here."
                )
        self.width = len(self._workers)
        return refused

    def submit(self, block: Block) -> Future[list[Trial]]:
        """Starts a block on a free worker."""
        free = (a for a, task in self._workers.items() if task is None or task.trials.done())
        address, number = next(free), next(self._numbers)
        # Bound to its worker: the scheduler would try it on others, and nobody would know.
        executor = self._client.get_executor(workers=[address], pure=False)
        remote = executor.submit(work, self._train, block, self._run, number)
        task = _Task(number, block, Future(), remote)
        self._workers[address] = task
        remote.add_done_callback(lambda _: self._hand_over(task))
        return task.trials

    def tell(self) -> None:
        """Passes on what workers have reported, and heeds that they have come or gone.

        Raises:
            UserError: The scheduler is gone, or has had no worker for long.
        """
        if self._lost or self._client.status != "running":
            raise UserError(f"The scheduler at {self._address} is gone. {_SAVED}")
        while self._events:
            _, event = self._events.popleft()
            match event:
                case {"action": "epochs", "number": number, "epochs": epochs}:
                    self._pass_on(number, epochs)
                case {"action": "add-worker", "worker": address}:
                    for reason in self._admit([address]):
                        log.warning(reason)
                case {"action": "remove-worker", "worker": address}:
                    self._lose(address, WorkerDiedError())
        if self.width:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen < ALONE_SECONDS:
            time.sleep(POLL_SECONDS)
        else:
            raise UserError(
                f"The scheduler at {self._address} has had no worker for {ALONE_SECONDS:g} s. "
                f"Start one: `dask worker {self._address} --nthreads 1`. {_SAVED}"
            )

    def _hand_over(self, task: _Task) -> None:
        """Gives what came back to whom waits for it; in the client's thread."""
        if task.trials.done():
            return  # it was given up
        if task.remote.cancelled():
            self._lost = True  # a scheduler that went away, and may be back, knows of nothing
            return
        error = task.remote.exception()
        with suppress(InvalidStateError):  # given up this moment
            if error is None:
                task.trials.set_result(task.remote.result())
            else:
                task.trials.set_exception(error)

    def _pass_on(self, number: int, epochs: Sequence[tuple[int, int]]) -> None:
        for task in self._workers.values():
            if task is not None and task.number == number:
                self._on_epoch(task.block, dict(epochs))

    def _lose(self, address: str, error: Exception) -> None:
        """Uses a worker no longer; its block, if any, ends with an error."""
        task = self._workers.pop(address, None)
        self.width = len(self._workers)
        if task is not None and not task.trials.done():
            with suppress(InvalidStateError):  # its trials came this moment
                task.trials.set_exception(error)
            task.remote.cancel()

    def end(self, blocks: Iterable[Future[list[Trial]]]) -> bool:
        """Kills the workers of these blocks; a nanny starts them again."""
        hanging = set(blocks)
        for address, task in list(self._workers.items()):
            if task is not None and task.trials in hanging:
                self._lose(address, WorkerDiedError())
                # In a thread: a worker that is frozen as a whole does not answer.
                leave = {"workers": [address], "on_error": "ignore"}
                Thread(
                    target=self._client.run, args=(os._exit, 1), kwargs=leave, daemon=True
                ).start()
        return False

    def close(self) -> None:
        """Leaves the cluster; a worker drops the block that it has at its next epoch."""
        for address in list(self._workers):
            self._lose(address, WorkerDiedError())
        with suppress(Exception):  # whatever state the cluster is in, the run has ended
            if self._client.status == "running":
                forget = self._client.scheduler.unregister_worker_plugin
                self._client.sync(forget, name=self._run, callback_timeout=CLOSE_SECONDS)
        with suppress(Exception):
            self._client.close(CLOSE_SECONDS)


_SAVED = "What is trained is stored; the same command goes on from there."


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
