"""Errors that a user can mend, and the names that a mistyped one may have meant."""

from __future__ import annotations

import errno
from difflib import get_close_matches
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class ExitCode(IntEnum):
    """What a command ends with; those by a signal are 128 plus its number, as in a shell."""

    DONE = 0
    WANTING = 1  # a trial failed, something asked for by name is missing, `--strict` found a claim
    USER = 2  # the user can mend it
    FAULT = 70  # of the program
    PIPE = 141  # standard output was closed; the work is done


class UserError(Exception):
    """What is wrong, where, and the remedy, in one line.

    The command line prints the message without a traceback and exits with 2.
    """


SCARCE = ("cannot allocate", "failed to map segment", "can't start new thread", "bad_alloc")


def memory_line(error: BaseException) -> str:
    """Return the line of an error that more memory would mend; empty: it is another one."""
    if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in SCARCE):
        return (
            "There is not enough memory. Use fewer --workers or a smaller table, or raise the "
            "limit (`ulimit -v`). Stored trials are kept."
        )
    return ""


def unwritable(folder: Path, what: str, error: OSError) -> UserError:
    """Return the error of a results folder that cannot be written, with the remedy."""
    in_the_way = error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR)
    remedy = "Allow writing to the folder, free some disk space"
    return UserError(
        f"{folder}: the {what} cannot be written ({error}). "
        f"{'Move away what lies there' if in_the_way else remedy}, or name another folder with "
        "--results."
    )


def closest(word: str, known: Iterable[str]) -> list[str]:
    """Return at most three known names that look like a word, the likeliest first."""
    by_lower = {name.lower(): name for name in known}
    # 0.5: two swapped letters of a four-letter name still match, unrelated words do not.
    return [by_lower[match] for match in get_close_matches(word.lower(), by_lower, 3, 0.5)]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the end of an error message: the names meant, or else all there are."""
    meant = closest(word, known)
    return f"Did you mean {' or '.join(meant)}?" if meant else f"Known: {', '.join(known)}."
