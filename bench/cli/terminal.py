"""The way to the terminal: whatever may hold a text of the user's is printed by ``say``."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bench.escapes import visible

if TYPE_CHECKING:
    from rich.console import Console


def say(text: object, console: Console | None = None, *, err: bool = False) -> None:
    """Print a text as it is: control characters visible, no markup, no pictographs.

    Args:
        text: One line or several.
        console: A console on which a bar may be drawn; default: the standard stream.
        err: Whether to print to stderr, without a console.
    """
    shown = visible(str(text))
    if console is None:
        typer.echo(shown, err=err)
    else:
        console.print(shown, markup=False, emoji=False, soft_wrap=True)


class _Lasting(io.FileIO):
    """A standard stream that outlasts its reader: work goes on when nobody listens any more."""

    lost: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.lost = error
            return len(data)


_streams: list[_Lasting] = []


def keep_streams() -> None:
    """Make standard output and error last to the end, in whatever encoding the terminal has.

    A stream that is closed is opened on the null device: the next file that is opened would get
    its number, and libraries write to that number. A reader that goes away, a device that is full
    and a character that the encoding lacks end no command.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Takes the lowest number that is free, and keeps it in processes started from here.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - to the end
    if sys.stdout is not sys.__stdout__ or _streams:
        return  # somebody reads along, as pytest does
    for number, name in ((1, "stdout"), (2, "stderr")):
        before = getattr(sys, name)
        if before is not None:
            before.flush()
        raw = _Lasting(number, "w", closefd=False)
        _streams.append(raw)
        encoding = before.encoding if before is not None else "utf-8"
        text = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=True
        )
        setattr(sys, name, text)


def unwritten() -> OSError | None:
    """Return why a part of the output was lost, if it was; of stderr, a closed pipe alone counts.

    What is told there tells of work that is done all the same.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    lost = [raw.lost for raw in _streams]
    out, err = lost or (None, None)
    return out or (err if isinstance(err, BrokenPipeError) else None)
