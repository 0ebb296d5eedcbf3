"""Describe an error in one line; with ``--debug``, also where it comes from."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from bench.cli.terminal import say
from bench.errors import closest, did_you_mean, memory_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

DEBUG = "--debug"


def unreadable(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """Return what is wrong with a command line, and which option was meant.

    Without its dashes an option is taken for something else (``-seeds`` for ``-s``), and what is
    said of that helps nobody.
    """
    message = error.format_message().replace("\n", " ")
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


def of_the_system(error: Exception) -> str:
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


def unexpected(error: Exception) -> str:
    """Return the line of an unexpected error."""
    text = " ".join(str(error).split())[:300]
    return (
        f"{type(error).__name__}: {text}. This is a fault of adaact-bench; {DEBUG} shows where. "
        "Stored trials are kept."
    )


def show_traceback() -> None:
    """Print where the error that is being handled comes from."""
    say(traceback.format_exc(), err=True)
