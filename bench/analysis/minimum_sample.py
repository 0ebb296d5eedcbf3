"""The power guard: what so few runs could never show, they are not asked."""

from __future__ import annotations

from itertools import count

from bench.analysis import ALPHA


def least_p(pairs: int) -> float:
    """Return the smallest p that a two-sided test of signs can reach with so many pairs.

    ``2 / 2^pairs``, whatever the statistic: sign-flip and Wilcoxon alike.
    """
    return min(1.0, 2.0 ** (1 - pairs))


def fewest_pairs(comparisons: int = 1) -> int:
    """Return the fewest pairs that can reach the level in a family of so many, by Holm.

    6 for a single comparison, 9 for a family of 12.
    """
    return next(n for n in count(1) if comparisons * least_p(n) <= ALPHA)


def least_place_p(runs: int) -> float:
    """Return the smallest p that a figure can have by its place among so many runs."""
    return min(1.0, 2 / (runs + 1))


FEWEST_RUNS = next(n for n in count(1) if least_place_p(n) <= ALPHA)  # 39


def too_few(seeds: int, fewest: int, purpose: str) -> str:
    """Return the reason why so few seeds settle nothing."""
    have = "1 seed" if seeds == 1 else f"{seeds} seeds"
    return f"{have}; {fewest} are the fewest that can {purpose}"
