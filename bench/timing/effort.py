"""The full form of a timing run, and the quick one that a CI job has the time for."""

from __future__ import annotations

QUICK_ROUNDS = 7  # six are the fewest whose extremes bound a median at 95 %

_form = {"quick": False}


def choose(*, quick: bool) -> None:
    """Sets the form of this session's run."""
    _form["quick"] = quick


def is_quick() -> bool:
    """Whether this session's run is the quick one."""
    return _form["quick"]


def rounds(full: int) -> int:
    """How many rounds to measure where the full form measures so many."""
    return min(full, QUICK_ROUNDS) if is_quick() else full
