"""Runs blocks on a pool that can lose a worker or hang, and still finishes every innocent block.

A ``Pool`` is where they run: this process, worker processes of one thread each, or a cluster
(``bench.training.cluster``).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import connection, forkserver
from typing import Any

from bench.errors import UserError
from bench.records import Trial
from bench.training.blocks import Block, train_block

MOST_FAULTS = 3
WORKER_DIED = "a worker died"
POLL_SECONDS = 0.1  # how long a Ctrl-C, a progress bar or a time limit waits at most

Epochs = Callable[[Block, Mapping[int, int]], None]
"""Told of every epoch: ``(block, {seed: epochs done})``."""

TrainBlock = Callable[..., list[Trial]]


class WorkerDiedError(Exception):
    """The worker of one block has died, and no other block with it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a block.

    Attributes:
        block: The block.
        trials: Its trials; empty where it failed.
        reason: Why it failed, in one line.
        attempts: How often it was tried.
        seconds: Wall time of the last attempt.
    """

    block: Block
    trials: list[Trial]
    reason: str
    attempts: int
    seconds: float


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SerialExecutor(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Calls the function and returns a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a future carries whatever was raised
            future.set_exception(error)
        return future


class Pool:
    """Where blocks are run, and how a broken pool is made anew.

    Attributes:
        width: How many blocks run at once.
        shared_fate: Whether a worker that dies takes the blocks of the others with it.
    """

    shared_fate = True

    def __init__(self, on_epoch: Epochs, train: TrainBlock = train_block) -> None:
        self._executor: Executor = SerialExecutor()
        self._on_epoch, self._train = on_epoch, train
        self.width = 1

    def submit(self, block: Block) -> Future[list[Trial]]:
        """Starts a block."""
        return self._executor.submit(self._train, block, partial(self._on_epoch, block))

    def tell(self) -> None:
        """Passes on what the workers have reported."""

    def rebuild(self) -> None:
        """Ends every worker and starts afresh."""

    def end(self, blocks: Iterable[Future[list[Trial]]]) -> bool:  # noqa: ARG002 - of other pools
        """Ends the workers of these blocks; returns whether all other blocks end with them."""
        self.rebuild()
        return True

    def close(self) -> None:
        """Ends every worker."""


class ProcessPool(Pool):
    """Worker processes of one thread each, forked from a server that imported TensorFlow once."""

    def __init__(self, workers: int, on_epoch: Epochs, train: TrainBlock = train_block) -> None:
        super().__init__(on_epoch, train)
        self.width = workers
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["bench.training.preload"])
        self._start()

    def _start(self) -> None:
        _start_server()
        self._reports = self._context.SimpleQueue()
        self._folder = tempfile.TemporaryDirectory(
            prefix="adaact-bench-", ignore_cleanup_errors=True
        )
        self._executor: ProcessPoolExecutor = ProcessPoolExecutor(
            self.width,
            self._context,
            initializer=_begin_worker,
            initargs=(self._reports, self._folder.name),
        )

    def submit(self, block: Block) -> Future[list[Trial]]:
        """Starts a block on a free worker."""
        return self._executor.submit(_work, self._train, block)

    def tell(self) -> None:
        """Passes on what the workers have reported."""
        while not self._reports.empty():
            self._on_epoch(*self._reports.get())

    def rebuild(self) -> None:
        """Kills the workers, hanging ones too, and starts new ones."""
        self.close()
        self._start()

    def close(self) -> None:
        """Kills the workers: what they have not returned is not wanted."""
        for process in list((self._executor._processes or {}).values()):
            process.kill()
        self._executor.shutdown(cancel_futures=True)
        self._folder.cleanup()


def _start_server() -> None:
    """Starts the server that workers are forked from, where none runs; Ctrl-C never reaches it.

    By itself it ignores Ctrl-C only once Python has started in it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_reports: Any = None  # in a worker: where it reports its epochs


def _begin_worker(reports: Any, folder: str) -> None:
    """Ctrl-C goes to the driver, which ends its workers in order; without driver, no worker.

    Temporary files, such as TensorFlow's rewritten functions, go to a folder of the driver's: a
    worker that is killed cannot take them away.
    """
    global _reports  # noqa: PLW0603 - a pool hands its workers nothing but globals
    _reports = reports
    tempfile.tempdir = folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        connection.wait([driver.sentinel])
        os._exit(1)


def _work(train: TrainBlock, block: Block) -> list[Trial]:
    return train(block, lambda epochs: _reports.put((block, dict(epochs))))


@dataclass(frozen=True)
class _Attempt:
    """A block's current or last attempt.

    Attributes:
        block: The block.
        number: Which attempt; 0 is none yet.
        faults: How many failed before through nobody's fault but the block's own.
        suspect: Whether the next attempt is made alone.
        began: When, on the monotonic clock in seconds.
    """

    block: Block
    number: int = 0
    faults: int = 0
    suspect: bool = False
    began: float = 0.0


def run_blocks(
    pool: Pool, blocks: Sequence[Block], *, timeout: float | None = None
) -> Iterator[Outcome]:
    """Runs every block; one that has failed three times has failed for good.

    Where workers share their fate, one that dies breaks the whole pool. If several blocks were
    running, nobody can tell which one killed it, or whether the others had begun: all are suspects,
    tried again one at a time, and none is counted as failed.

    Args:
        pool: Where.
        blocks: What, in this order.
        timeout: Seconds after which a block counts as hanging and its worker is killed.

    Yields:
        One outcome per block, in the order in which they finish.

    Raises:
        UserError: A block came upon something that the user can mend.
    """
    waiting = deque(_Attempt(block) for block in blocks)
    suspects: deque[_Attempt] = deque()
    running: dict[Future[list[Trial]], _Attempt] = {}
    while waiting or suspects or running:
        _submit(pool, waiting, suspects, running)
        done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        pool.tell()
        late = [] if timeout is None else [f for f in running if _seconds(running[f]) > timeout]
        failed: list[tuple[_Attempt, str]] = []
        broken: list[_Attempt] = []
        for future in done:
            attempt, error = running.pop(future), future.exception()
            if error is None:
                yield Outcome(attempt.block, future.result(), "", attempt.number, _seconds(attempt))
            elif isinstance(error, UserError):
                raise error  # a file gone or changed: no attempt mends it, the user does
            elif isinstance(error, BrokenExecutor):
                broken.append(attempt)
            else:
                failed.append((attempt, _reason(error)))
        late = [future for future in late if future in running]
        failed += [(running.pop(future), f"hung for more than {timeout:g} s") for future in late]
        if broken:
            failed += _blamed([*broken, *running.values()], suspects)
            running.clear()
            pool.rebuild()
        elif late and pool.end(late):  # the others did no harm: they start again, unsuspected
            waiting.extendleft(replace(a, number=a.number - 1) for a in running.values())
            running.clear()
        for attempt, reason in failed:
            again = replace(attempt, faults=attempt.faults + 1, suspect=pool.shared_fate)
            if again.faults < MOST_FAULTS:
                (suspects if again.suspect else waiting).append(again)
            else:
                yield Outcome(attempt.block, [], reason, attempt.number, _seconds(attempt))


def _blamed(
    broken: Sequence[_Attempt], suspects: deque[_Attempt]
) -> Iterator[tuple[_Attempt, str]]:
    """The block that killed the pool, if it was the only one; else all become suspects."""
    if len(broken) == 1:
        yield broken[0], WORKER_DIED
    else:
        suspects += [replace(attempt, suspect=True) for attempt in broken]


def _submit(
    pool: Pool,
    waiting: deque[_Attempt],
    suspects: deque[_Attempt],
    running: dict[Future[list[Trial]], _Attempt],
) -> None:
    """Keeps every worker busy; a suspect runs alone."""
    if suspects or any(attempt.suspect for attempt in running.values()):
        chosen = [] if running else [suspects.popleft()]
    else:
        free = max(0, pool.width - len(running))
        chosen = [waiting.popleft() for _ in range(min(free, len(waiting)))]
    for attempt in chosen:
        began = replace(attempt, number=attempt.number + 1, began=time.monotonic())
        running[_start(pool, attempt.block)] = began


def _start(pool: Pool, block: Block) -> Future[list[Trial]]:
    """Submits a block; where a worker has died since the last look, that is the future's error."""
    try:
        return pool.submit(block)
    except BrokenExecutor as error:
        future: Future[list[Trial]] = Future()
        future.set_exception(error)
        return future


def _seconds(attempt: _Attempt) -> float:
    return time.monotonic() - attempt.began


def _reason(error: BaseException) -> str:
    """The error in one line."""
    if isinstance(error, WorkerDiedError):
        return WORKER_DIED
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]
