"""Run measurements in processes of their own.

Threads of a library and peak memory belong to a process.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

Result = TypeVar("Result")

_STATE: dict[str, Any] = {}


def side_by_side(
    function: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]
) -> list[Result]:
    """Call a function in one process per tuple of arguments, all at once.

    The processes have TensorFlow imported with one thread each, once for all calls. The function
    calls ``together`` after its set-up: none begins before the others are ready.

    Args:
        function: Of a module that a fresh process can import.
        arguments: One tuple a process.

    Returns:
        What each call returned, in order.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.training.pools.preload"])
    barrier = context.Barrier(len(arguments))
    with ProcessPoolExecutor(len(arguments), context, _keep, ("barrier", barrier)) as pool:
        return [future.result() for future in [pool.submit(function, *one) for one in arguments]]


def _keep(name: str, value: object) -> None:
    _STATE[name] = value


def together() -> None:
    """Wait until every process of a call of ``side_by_side`` has come here."""
    if "barrier" in _STATE:
        _STATE["barrier"].wait(timeout=300)  # a process that died must not hold the others for ever


def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in a process that has nothing from this one, pinned threads neither."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


class Stepwise(Generic[Result]):
    """A call in a process of its own that stands still at every pause until the next step.

    So a training that runs to its end can be timed epoch by epoch, in turn with others. The first
    pause, before which the call sets itself up, is reached here.

    Args:
        function: Called there with the function that pauses, and the arguments. Of a module that a
            fresh process can import.
        arguments: Go to ``function``.
    """

    def __init__(self, function: Callable[..., Result], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._pool = ProcessPoolExecutor(1, context, _keep, ("pipe", theirs))
        self._call = self._pool.submit(_with_pauses, function, arguments)
        theirs.close()  # the process has its own; the pipe ends with it
        self._wait()

    def step(self) -> None:
        """Go on to the next pause."""
        self._pipe.send(None)
        self._wait()

    def result(self) -> Result:
        """Go on to the end, and return what the call returned."""
        self._pipe.send(None)
        return self._call.result()

    def close(self) -> None:
        """End the process, wherever the call is."""
        self._pipe.close()
        self._pool.shutdown()

    def _wait(self) -> None:
        try:
            self._pipe.recv()
        except EOFError:
            self._call.result()  # raises what the call has raised
            raise


def _with_pauses(function: Callable[..., Result], arguments: Sequence[object]) -> Result:
    with _STATE["pipe"] as pipe:
        return function(partial(_pause, pipe), *arguments)


def _pause(pipe: Connection, *_: object) -> None:
    pipe.send(None)
    pipe.recv()


def peak_memory_bytes() -> int:
    """Return the most memory that this process has held."""
    try:  # Linux's ru_maxrss begins with the peak of the process that started this one
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except OSError:
        import resource
        import sys

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
