"""Run measurements in processes and threads of their own.

Threads of a library and peak memory belong to a process.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.synchronize import Barrier

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
    with ProcessPoolExecutor(len(arguments), context, _begin, (barrier,)) as pool:
        return [future.result() for future in [pool.submit(function, *one) for one in arguments]]


def _begin(barrier: Barrier) -> None:
    _STATE["barrier"] = barrier


def together() -> None:
    """Wait until every process of a call of ``side_by_side`` has come here."""
    if "barrier" in _STATE:
        _STATE["barrier"].wait(timeout=300)  # a process that died must not hold the others for ever


def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in a process that has nothing from this one, pinned threads neither."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


class Remote:
    """An object in a process of its own, whose methods are called from here.

    Args:
        make: Called there once; returns the object. Of a module that a fresh process can import.
        arguments: Go to ``make``.
    """

    def __init__(self, make: Callable[..., object], *arguments: object) -> None:
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._pool.submit(_hold, make, arguments).result()

    def call(self, method: str) -> Any:
        """Call a method of the object; return what it returns."""
        return self._pool.submit(_call_held, method).result()

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()


def _hold(make: Callable[..., object], arguments: tuple[object, ...]) -> None:
    _STATE["held"] = make(*arguments)


def _call_held(method: str) -> Any:
    return getattr(_STATE["held"], method)()


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


class Stepwise(Generic[Result]):
    """A call in a thread of its own that stands still at every pause until the next step.

    So a training that runs to its end can be timed epoch by epoch, in turn with others.

    Args:
        run: Called, at the first step, with the function that pauses.
    """

    def __init__(self, run: Callable[[Callable[[], None]], Result]) -> None:
        self._go, self._paused = Semaphore(0), Semaphore(0)
        self._future: Future[Result] = Future()
        # A daemon: a training that nobody takes to its end must not keep the program alive.
        Thread(target=self._work, args=[run], daemon=True).start()

    def step(self) -> None:
        """Go on to the next pause, or to the end; raise what the call has raised."""
        self._go.release()
        self._paused.acquire()
        if self._future.done():
            self._future.result()

    def result(self) -> Result:
        """Go on to the end, and return what the call returned."""
        while not self._future.done():
            self.step()
        return self._future.result()

    def _pause(self) -> None:
        self._paused.release()
        self._go.acquire()

    def _work(self, run: Callable[[Callable[[], None]], Result]) -> None:
        self._go.acquire()
        try:
            self._future.set_result(run(self._pause))
        except BaseException as error:  # noqa: BLE001 - a future carries whatever was raised
            self._future.set_exception(error)
        self._paused.release()
