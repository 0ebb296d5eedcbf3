"""Worker processes on this machine, each with a pipe of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from multiprocessing import connection, forkserver
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from bench.errors import UserError
from bench.training.pools.jobs import TrainBlock, carry_out
from bench.training.pools.worker_pool import (
    POLL_SECONDS,
    WORKER_DIED,
    Ended,
    Hear,
    Message,
    Pool,
    is_full,
)
from bench.training.trials.blocks import Block, train_block

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

UNREAD = 100  # messages; workers that are faster than the driver wait
ALONE = "Use --workers 1, or set $TMPDIR to a folder with a short name."
CLOSE_SECONDS = 1.0  # Ctrl-C is answered within two


class ProcessPool(Pool):
    """Worker processes of one thread each, forked from a server that imported TensorFlow once.

    The driver closes its copy of the worker's end of a pipe. So a worker that dies, in the middle
    of a message too, is an end of file on its own pipe and disturbs no other worker.

    Args:
        workers: How many.
        train: Function that trains a block.
    """

    def __init__(self, workers: int, train: TrainBlock = train_block) -> None:
        super().__init__(train)
        self.width = workers
        self._folder = tempfile.TemporaryDirectory(
            prefix="adaact-bench-", ignore_cleanup_errors=True
        )
        try:
            self._context = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload(["bench.training.pools.preload"])
            _start_server()
        except (OSError, ValueError) as error:  # another system; too long a name for a socket
            self._folder.cleanup()
            raise UserError(f"No worker process can be started ({error}). {ALONE}") from error
        self._news: Queue[tuple[_Worker, Message | None]] = Queue(UNREAD)
        self._idle: list[_Worker] = []
        self._busy: dict[int, _Worker] = {}

    def submit(self, job: Block) -> int:
        """Starts a job on a worker that is free and alive, or on a new one."""
        free = [worker for worker in self._idle if worker.is_alive()]
        worker = free.pop() if free else _Worker(self._context, self._folder.name, self)
        self._idle = free
        number = self._next_number()
        self._busy[number] = worker
        worker.begin(number, job)
        return number

    def tell(self, hear: Hear) -> None:
        """Passes on a message of a worker; waits a moment for it."""
        try:
            worker, message = self._news.get(timeout=POLL_SECONDS)
        except Empty:
            return
        number = worker.number
        if self._busy.get(number) is not worker:
            return  # it died without a job, or its job was given up
        if message is None:
            del self._busy[number]
            message = Ended(WORKER_DIED)
        elif isinstance(message, Ended):
            worker = self._busy.pop(number)
            if is_full(worker.process.pid):
                worker.kill()  # a new one takes its place
            else:
                self._idle.append(worker)
        hear(number, message)

    def end(self, number: int) -> None:
        """Kills the worker of an attempt."""
        worker = self._busy.pop(number, None)
        if worker is not None:
            worker.kill()

    def close(self) -> None:
        """Kills the workers: what they have not handed over is not wanted."""
        workers = [*self._busy.values(), *self._idle]
        self._busy, self._idle = {}, []
        for worker in workers:
            worker.kill()
        end = time.monotonic() + CLOSE_SECONDS
        for worker in workers:
            worker.process.join(max(0, end - time.monotonic()))
        self._folder.cleanup()


class _Worker:
    """The driver's side of a worker process.

    Attributes:
        number: Its present or last attempt.
        process: The process.
        listener: The thread that reads the pipe: a worker that is frozen in the middle of a
            message can't hold up the driver.
    """

    def __init__(self, context: Any, folder: str, pool: ProcessPool) -> None:
        self.number, self._killed = 0, False
        self._connection, theirs = context.Pipe()
        arguments = theirs, folder, pool._train
        self.process = context.Process(target=_serve, args=arguments, daemon=True)
        try:
            self.process.start()
        finally:
            theirs.close()
        self.listener = threading.Thread(target=self._listen, args=[pool._news], daemon=True)
        self.listener.start()

    def is_alive(self) -> bool:
        """Whether it can take a job."""
        return self.listener.is_alive() and self.process.is_alive()

    def begin(self, number: int, job: Block) -> None:
        """Gives the worker a job."""
        self.number = number
        with suppress(OSError):  # it has just died, which the listener tells
            self._connection.send(job)

    def kill(self) -> None:
        """Kills the process; what it has not handed over is not read."""
        self._killed = True
        self.process.kill()

    def _listen(self, news: Queue[tuple[_Worker, Message | None]]) -> None:
        with self._connection, suppress(EOFError, OSError):
            while not self._killed:
                news.put((self, self._connection.recv()))
        news.put((self, None))


def _start_server() -> None:
    """Starts the server that workers are forked from, where none runs; Ctrl-C never reaches it.

    By itself it ignores Ctrl-C only once Python has started in it, and looks for modules in the
    working folder first, where a file of the user's may have the name of one of the suite's.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    variables = dict(os.environ)
    os.environ |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        forkserver.ensure_running()
    finally:
        for name in ("PYTHONSAFEPATH", "PYTHONPATH"):
            del os.environ[name]
        os.environ |= variables
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(driver: Connection, folder: str, train: TrainBlock) -> None:
    """Is a worker: carries out one job after the other."""
    _begin_worker(folder)
    while True:
        job = driver.recv()
        end = Ended()
        try:
            carry_out(job, driver.send, train)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the reason of a job that failed
            end = Ended.by(error)
        driver.send(end)


def _begin_worker(folder: str) -> None:
    """Ctrl-C goes to the driver, which ends its workers in order; without driver, no worker.

    Temporary files, such as TensorFlow's rewritten functions, go to a folder of the driver's: a
    worker that is killed cannot take them away.
    """
    tempfile.tempdir = folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver is not None:
        connection.wait([driver.sentinel])
        os._exit(1)
