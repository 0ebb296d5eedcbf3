"""Runs measurements in processes of their own: threads and peak memory belong to a process."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

Result = TypeVar("Result")

_STATE: dict[str, Barrier] = {}


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(
    function: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
) -> list[Result]:
    """Calls a function in one fresh process per tuple of arguments, all at once.

    The function calls ``together`` after its set-up, and again wherever one process must not begin
    before the others are ready.

    Args:
        function: Of a module that a fresh process can import.
        arguments: One tuple a process.

    Returns:
        What each call returned, in order.
    """
    context = multiprocessing.get_context("spawn")  # nothing of this process is inherited
    barrier = context.Barrier(len(arguments))
    with ProcessPoolExecutor(len(arguments), context, initializer=_begin, initargs=(barrier,)) as pool:
        return [future.result() for future in [pool.submit(function, *one) for one in arguments]]


def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """Calls a function in a fresh process."""
    return side_by_side(function, [arguments])[0]


def together() -> None:
    """Waits until every process of this call has come here."""
    _STATE["barrier"].wait(timeout=300)  # a process that died must not hold the others for ever


def peak_memory_bytes() -> int:
    """The most memory that this process has held."""
    try:  # Linux's ru_maxrss begins with the peak of the process that started this one
        with open("/proc/self/status", encoding="ascii") as status:
            lines = dict(line.split(":", 1) for line in status)
        return int(lines["VmHWM"].split()[0]) * 1024
    except OSError:
        import resource
        import sys

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _begin(barrier: Barrier) -> None:
    _STATE["barrier"] = barrier
