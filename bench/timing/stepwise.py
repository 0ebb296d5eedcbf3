"""Lets a training that runs to its end be timed epoch by epoch, in turn with others."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Semaphore, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Stepwise(Generic[Result]):
    """A call in a thread of its own that stands still at every pause until the next step.

    Args:
        run: Called with the function that pauses.
    """

    def __init__(self, run: Callable[[Callable[[], None]], Result]) -> None:
        self._run = run
        self._go, self._paused = Semaphore(0), Semaphore(0)
        self._future: Future[Result] = Future()
        # A daemon: a training that nobody takes to its end must not keep the program alive.
        self._thread = Thread(target=self._work, daemon=True)

    def step(self) -> None:
        """Goes on to the next pause, or to the end."""
        if self._thread.ident is None:
            self._thread.start()
        else:
            self._go.release()
        self._paused.acquire()
        if self._future.done():
            self._future.result()  # raises what the call has raised

    def result(self) -> Result:
        """Goes on to the end, and returns what the call returned."""
        while not self._future.done():
            self.step()
        return self._future.result()

    def _pause(self) -> None:
        self._paused.release()
        self._go.acquire()

    def _work(self) -> None:
        try:
            self._future.set_result(self._run(self._pause))
        except BaseException as error:  # noqa: BLE001 - a future carries whatever was raised
            self._future.set_exception(error)
        self._paused.release()
