"""Runs jobs on a pool whose workers may die or hang; each result is handed over as it finishes.

A ``Pool`` is where they run: this process, worker processes of one thread each, or a cluster
(``bench.training.pools.dask_pool``). A worker has at most one job, so a worker that dies takes only
its own job with it.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import UserError, memory_line
from bench.training.pools.jobs import Epochs, Result, TrainBlock, carry_out
from bench.training.trials.blocks import Block, train_block

if TYPE_CHECKING:
    from bench.records import TrialKey

MOST_FAULTS = 3
WORKER_DIED = "a worker died"
POLL_SECONDS = 0.1  # how long a Ctrl-C, a progress bar or a time limit waits at most
MOST_MAPPED = 0.5  # share of the memory mappings that Linux allows; a job may still need some
FULL_PROCESS = (
    "--workers 1: this process holds as many compiled networks as the system allows. The same "
    "command goes on from there, and with --workers 2 there is no such limit."
)


@dataclass(frozen=True)
class Ended:
    """The last message of an attempt.

    Attributes:
        reason: Why it failed, in one line; empty where it did not.
        by_user: Whether the user can mend it: a further attempt would not.
    """

    reason: str = ""
    by_user: bool = False

    @classmethod
    def by(cls, error: BaseException) -> Ended:
        """Return the end that an error makes."""
        if isinstance(error, UserError) or memory_line(error):
            return cls(memory_line(error) or str(error), by_user=True)
        text = " ".join(str(error).split())
        return cls(f"{type(error).__name__}: {text}"[:300])


Message = Epochs | Result | Ended
"""Epochs done by trial, a result, or the end."""

Hear = Callable[[int, Message], None]
"""Told of every message: ``(number of the attempt, message)``."""


@dataclass(frozen=True)
class Outcome:
    """The end of a job.

    Attributes:
        job: The job.
        missing: Keys without a result: all of those that failed.
        reason: Why they failed, in one line; empty where none did.
        attempts: How often the job was tried.
        seconds: Wall time of the last attempt.
    """

    job: Block
    missing: tuple[TrialKey, ...]
    reason: str
    attempts: int
    seconds: float


def is_full(process: int | str = "self") -> bool:
    """Return whether a process has little room left for compiled networks.

    A compiled network takes some 300 memory mappings, which TensorFlow keeps for good. Linux allows
    65,530 by default; a process that asks for more crashes. Other systems have no such limit.
    """
    try:
        most = int(Path("/proc/sys/vm/max_map_count").read_text())
        with Path(f"/proc/{process}/maps").open("rb") as mappings:
            return sum(1 for _ in mappings) > MOST_MAPPED * most
    except OSError:
        return False


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """This process, which carries out one job at a time; the interface of the other pools too.

    Args:
        train: Function that trains a block.

    Attributes:
        width: How many jobs run at once.
    """

    def __init__(self, train: TrainBlock = train_block) -> None:
        self._train = train
        self._submitted: deque[tuple[int, Block]] = deque()
        self._numbers = 0
        self.width = 1

    def submit(self, job: Block) -> int:
        """Starts a job on a free worker; returns the number of this attempt."""
        number = self._next_number()
        self._submitted.append((number, job))
        return number

    def tell(self, hear: Hear) -> None:
        """Passes on what the workers have reported; waits a moment where that is nothing."""
        while self._submitted:
            if is_full():
                raise UserError(FULL_PROCESS)
            number, job = self._submitted.popleft()
            end = Ended()
            try:
                carry_out(job, partial(hear, number), self._train)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the reason of a job that failed
                end = Ended.by(error)
            hear(number, end)

    def end(self, number: int) -> None:
        """Kills the worker of an attempt; the attempt is not heard of any more."""

    def close(self) -> None:
        """Ends every worker."""

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers


@dataclass(eq=False)
class _Attempt:
    """The current attempt of a job.

    Attributes:
        asked: The job as it was asked for.
        missing: Keys without a result, in their order.
        number: Which attempt, from 1.
        began: When, on the monotonic clock in seconds.
        heard: Time of the last sign of life.
        end: How it ended; None while it runs.
    """

    asked: Block
    missing: dict[TrialKey, None]
    number: int = 1
    began: float = field(default_factory=time.monotonic)
    heard: float = field(default_factory=time.monotonic)
    end: Ended | None = None

    def outcome(self) -> Outcome:
        """Return the outcome of the job, this attempt being its last."""
        reason = self.end.reason if self.end and self.missing else ""
        seconds = time.monotonic() - self.began
        return Outcome(self.asked, tuple(self.missing), reason, self.number, seconds)


OnEpoch = Callable[[Block, Epochs], None]
OnResult = Callable[[Block, Result, int], None]


def run_jobs(
    pool: Pool,
    jobs: Sequence[Block],
    *,
    stall: float | None = None,
    on_epoch: OnEpoch = lambda *_: None,
    on_result: OnResult = lambda *_: None,
) -> Iterator[Outcome]:
    """Runs every job; one that has failed three times has failed for good.

    A further attempt is made of what has no result yet.

    Args:
        pool: Where.
        jobs: What, in this order.
        stall: Seconds without a finished epoch, trial or fit after which a job counts as hanging
            and its worker is killed.
        on_epoch: Told of every epoch: ``(job, {TrialKey.place: epochs done})``.
        on_result: Told of every result at once: ``(job, result, which attempt)``.

    Yields:
        One outcome per job, in the order in which they end.

    Raises:
        UserError: A job came upon something that the user can mend.
    """
    waiting = deque(_Attempt(job, dict.fromkeys(job.keys)) for job in jobs)
    running: dict[int, _Attempt] = {}

    def hear(token: int, message: Message) -> None:
        attempt = running.get(token)
        if attempt is None:  # it was given up
            return
        attempt.heard = time.monotonic()
        if isinstance(message, Ended):
            attempt.end = message
        elif not isinstance(message, Result):
            on_epoch(attempt.asked, message)
        elif message.trial.key in attempt.missing:
            on_result(attempt.asked, message, attempt.number)
            del attempt.missing[message.trial.key]

    while waiting or running:
        while waiting and len(running) < pool.width:
            attempt = waiting.popleft()
            token = pool.submit(attempt.asked.only(attempt.missing))
            attempt.began = attempt.heard = time.monotonic()
            running[token] = attempt
        pool.tell(hear)
        _end_stalled(pool, running, stall)
        for token in [token for token, attempt in running.items() if attempt.end]:
            attempt = running.pop(token)
            if _again(attempt):
                waiting.appendleft(attempt)
            else:
                yield attempt.outcome()


def _end_stalled(pool: Pool, running: Mapping[int, _Attempt], stall: float | None) -> None:
    """Kills the workers that have shown no sign of life for so long."""
    if stall is None:
        return
    for token, attempt in running.items():
        if attempt.end is None and time.monotonic() - attempt.heard > stall:
            pool.end(token)
            attempt.end = Ended(f"no epoch finished for {stall:g} s")


def _again(attempt: _Attempt) -> bool:
    """Prepares the next attempt where there is to be one; returns whether there is.

    Raises:
        UserError: It ended by something that the user can mend.
    """
    end = attempt.end or Ended()
    if end.by_user:
        raise UserError(end.reason)  # a file gone or changed: no attempt mends it, the user does
    if not attempt.missing:
        return False
    if not end.reason:
        attempt.end = Ended(f"{len(attempt.missing)} results did not arrive")
    if attempt.number == MOST_FAULTS:
        return False
    attempt.number, attempt.end = attempt.number + 1, None
    return True
