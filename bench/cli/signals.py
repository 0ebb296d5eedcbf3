"""Turn SIGINT and SIGTERM into one exception, which ``main`` alone answers."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """A signal has come; its notes say what is saved.

    Attributes:
        code: The exit code, as in a shell.
    """

    def __init__(self, number: int) -> None:
        self.code = 128 + number


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise ``Interrupted`` at a signal, so that workers are ended and the store is closed.

    SIGINT too: a shell starts what runs in the background with SIGINT ignored. Only the first
    signal counts: a second one would cut the closing short.
    """

    def interrupt(number: int, _frame: object) -> NoReturn:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(number)

    before = [signal.signal(number, interrupt) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)
