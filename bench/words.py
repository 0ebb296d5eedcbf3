"""What a user typed, checked: names out of a registry, and seeds."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LARGEST_SEED = 2**31 - 1  # the largest that NumPy, Keras and TensorFlow all take
MOST_SEEDS = 1_000_000  # of one data set; a slip of the keyboard must not fill the memory

_SEEDS = re.compile(r"([0-9]{1,12})(?::([0-9]{1,12}))?")


def closest(word: str, known: Iterable[str]) -> list[str]:
    """Return at most three known names that look like a word, the likeliest first."""
    by_lower = {name.lower(): name for name in known}
    # 0.5: two swapped letters of a four-letter name still match, unrelated words do not.
    return [by_lower[match] for match in get_close_matches(word.lower(), by_lower, 3, 0.5)]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the end of an error message: the names meant, or else all there are."""
    meant = closest(word, known)
    return f"Did you mean {' or '.join(meant)}?" if meant else f"Known: {', '.join(known)}."


def parse_names(text: str, known: Sequence[str], option: str) -> tuple[str, ...]:
    """Split a comma-separated list of names.

    Args:
        text: What was typed, e.g. ``"adaact, relu"``.
        known: The names there are.
        option: Where it was typed, for the message, e.g. ``"--activations"``.

    Returns:
        The names in the order typed.

    Raises:
        UserError: A name is unknown, empty, or there twice.
    """
    names = tuple(name.strip() for name in text.split(","))
    for position, name in enumerate(names):
        if name not in known:
            raise UserError(f"{option}: unknown name {name!r}. {did_you_mean(name, known)}")
        if name in names[:position]:
            raise UserError(f"{option}: {name} is there twice. Name it once.")
    return names


def parse_seeds(text: str, datasets: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Read the seeds asked for.

    Args:
        text: ``"10"`` (the ten seeds 0 to 9), ``"5:9"`` (5 to 9, both ends included), or either
            by data set, ``"banknote=100,mnist=0:9"``.
        datasets: The data sets asked for.

    Returns:
        By data set: its seeds, ascending. Of the form by data set, only those named.

    Raises:
        UserError: The text has another form, asks for no seed or for too many, or names a data
            set that is unknown, not asked for, or there twice.
    """
    if "=" not in text:
        return dict.fromkeys(datasets, _range(text, text))
    names, ranges = zip(*(part.partition("=")[::2] for part in text.split(",")), strict=True)
    chosen = parse_names(",".join(names), datasets, "--seeds")
    return {name: _range(part, text) for name, part in zip(chosen, ranges, strict=True)}


def _range(part: str, text: str) -> tuple[int, ...]:
    match = _SEEDS.fullmatch(part.strip())
    if not match:
        raise UserError(
            f"--seeds: expected N, FIRST:LAST, or banknote=100,mnist=10. Received: {text!r}."
        )
    first, last = int(match[1]), match[2]
    seeds = range(first, int(last) + 1) if last else range(first)
    if not seeds:
        raise UserError(f"--seeds: {part.strip()!r} asks for no seed at all. Ask for at least one.")
    if len(seeds) > MOST_SEEDS or seeds[-1] > LARGEST_SEED:
        raise UserError(
            f"--seeds: at most {MOST_SEEDS} seeds, none above {LARGEST_SEED}. Received: {text!r}."
        )
    return tuple(seeds)
