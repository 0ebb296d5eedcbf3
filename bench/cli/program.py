"""Run a command; an error or a signal that ends it is one line on stderr, and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from bench.cli.commands import DEBUG, app
from bench.cli.signals import Interrupted, interruptible
from bench.cli.terminal import keep_streams, say, unwritten
from bench.errors import ExitCode, UserError, closest, did_you_mean, memory_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; an error that the user can fix is one line on stderr and exit code 2."""
    keep_streams()
    os.environ["MPLBACKEND"] = "agg"  # figures are files, whatever the user's notebooks draw with
    given = sys.argv[1:] if arguments is None else arguments
    arguments = [argument for argument in given if argument != DEBUG]
    try:
        with interruptible():
            code = app(arguments or ["--help"], prog_name="adaact-bench", standalone_mode=False)
    except Interrupted as interruption:
        (told, *_) = getattr(interruption, "__notes__", ["Interrupted"])
        say(f"{told}; the same command goes on from there.", err=True)
        sys.exit(interruption.code)
    except Exception as error:  # noqa: BLE001 - a user reads a line, whatever it was
        if DEBUG in given:
            say(traceback.format_exc(), err=True)
        if isinstance(error, UserError):
            _complain(str(error), ExitCode.USER)
        if isinstance(error, typer.TyperException):  # a mistyped option or command
            _complain(_unreadable(error, arguments), ExitCode.USER)
        if told := _of_the_system(error):
            _complain(told, ExitCode.USER)
        _complain(_unexpected(error), ExitCode.FAULT)
    if not code and (lost := unwritten()):
        if isinstance(lost, BrokenPipeError):
            sys.exit(ExitCode.PIPE)
        _complain(f"standard output: {lost.strerror}.", ExitCode.USER)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str, code: ExitCode) -> NoReturn:
    line = f"adaact-bench: {message}".replace("\n", "\\n")  # one line, whatever a name holds
    say(line, err=True)
    sys.exit(code)


def _unreadable(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """Return what is wrong with a command line, and which option was meant.

    Without its dashes an option is taken for something else (``-seeds`` for ``-s``), and what is
    said of that helps nobody.
    """
    message = error.format_message().replace("\n", " ").replace("Value error, ", "")
    context = getattr(error, "ctx", None)
    if context is None or hasattr(error, "param"):
        return message  # about the value of an option that is right
    known = [name for parameter in context.command.params for name in parameter.opts]
    start = getattr(error, "option_name", None)
    for word in arguments:
        name = word.partition("=")[0]
        told = word in message or (start and word.startswith(start))
        if told and name not in known and "-" in name and closest(name, known):
            return f"No such option: {name}. {did_you_mean(name, known)}"
    return message


def _of_the_system(error: Exception) -> str:
    """Return the line of what the system refused, with the remedy; empty: it is something else."""
    if line := memory_line(error):
        return line
    text = " ".join(str(error).split())[:300]
    if "temporary directory" in text:
        return f"No temporary folder can be written ({text}). Name one that can with $TMPDIR."
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}. Stored trials are kept."
    return ""


def _unexpected(error: Exception) -> str:
    """Return the line of an unexpected error."""
    text = " ".join(str(error).split())[:300]
    return (
        f"{type(error).__name__}: {text}. This is a fault of adaact-bench; {DEBUG} shows where. "
        "Stored trials are kept."
    )
