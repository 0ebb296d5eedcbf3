"""Runs measurements in processes of their own: threads and peak memory belong to a process."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.synchronize import Barrier

Result = TypeVar("Result")

_STATE: dict[str, Any] = {}


def side_by_side(
    function: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
) -> list[Result]:
    """Calls a function in one process per tuple of arguments, all at once.

    The processes have TensorFlow imported with one thread each, once for all calls. The function
    calls ``together`` after its set-up: none begins before the others are ready.

    Args:
        function: Of a module that a fresh process can import.
        arguments: One tuple a process.

    Returns:
        What each call returned, in order.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.training.preload"])
    return _called(context, function, arguments)


def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """Calls a function in a process that has nothing from this one, pinned threads neither."""
    return _called(multiprocessing.get_context("spawn"), function, [arguments])[0]


def _called(
    context: Any, function: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
) -> list[Result]:
    barrier = context.Barrier(len(arguments))
    with ProcessPoolExecutor(
        len(arguments), context, initializer=_begin, initargs=(barrier,)
    ) as pool:
        return [future.result() for future in [pool.submit(function, *one) for one in arguments]]


def together() -> None:
    """Waits until every process of this call has come here."""
    _STATE["barrier"].wait(timeout=300)  # a process that died must not hold the others for ever


class Remote:
    """An object in a process of its own on one core, whose methods are called from here.

    Args:
        make: Called there once; returns the object. Of a module that a fresh process can import.
        arguments: Go to ``make``.
    """

    def __init__(self, make: Callable[..., object], *arguments: object) -> None:
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._pool.submit(_hold, make, arguments).result()

    def call(self, method: str) -> Any:
        """Calls a method of the object; returns what it returns."""
        return self._pool.submit(_call_held, method).result()

    def close(self) -> None:
        """Ends the process."""
        self._pool.shutdown()


def _hold(make: Callable[..., object], arguments: tuple[object, ...]) -> None:
    if hasattr(os, "sched_setaffinity"):  # libraries start as many threads as they see cores
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    _STATE["held"] = make(*arguments)


def _call_held(method: str) -> Any:
    return getattr(_STATE["held"], method)()


def peak_memory_bytes() -> int:
    """The most memory that this process has held."""
    try:  # Linux's ru_maxrss begins with the peak of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except OSError:
        import resource
        import sys

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _begin(barrier: Barrier) -> None:
    _STATE["barrier"] = barrier
