"""Place a published value among trials of the same protocol.

A published value is one more trial, rounded. If it came from the same procedure as n trials, its
place among them is any of n + 1 with equal chance, whatever the distribution. The test conditions
on the rows: the paper's test set is the same.
"""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

import numpy as np

from bench.analysis import ALPHA, Reason
from bench.analysis.verdicts import few, holm

WIDE = 0.05  # a range of accuracies wider than this says little


class Place(NamedTuple):
    """Where a value lies among trials: p, trials at most the value, trials at least the value."""

    p: float
    at_most: int
    at_least: int


def least_place_p(trials: int) -> float:
    """Return the smallest p that a value can have by its place among so many trials."""
    return min(1.0, 2 / (trials + 1))


FEWEST_TRIALS = next(n for n in count(1) if least_place_p(n) <= ALPHA)  # 39


def fewest_trials(facts: int) -> int:
    """Return the fewest trials with which one of so many facts can be *not typical*, by Holm."""
    return next(n for n in count(1) if facts * least_place_p(n) <= ALPHA)


def place_among(trials: np.ndarray, value: float, decimals: int) -> Place:
    """Return the two-sided p-value of a published value's place among single trials.

    ``p = min(1, 2 (1 + m) / (n + 1))``, where m is the smaller of the numbers of trials at most
    and at least the value. The trials are rounded as the value was (half to even, as Python
    rounds), and those that tie count on both sides. Exact, or cautious with ties, for exchangeable
    trials of any distribution.

    Args:
        trials: Scores, unrounded, shape (n,).
        value: As published.
        decimals: Digits after the point as published.
    """
    rounded, target = np.round(trials, decimals), np.round(value, decimals)
    at_most, at_least = int((rounded <= target).sum()), int((rounded >= target).sum())
    p = min(1.0, 2 * (1 + min(at_most, at_least)) / (len(trials) + 1))
    return Place(p, at_most, at_least)


def passing_range(trials: np.ndarray, decimals: int) -> tuple[float, float]:
    """Return the least and the largest published value with p > .05 among these trials.

    Args:
        trials: Scores, unrounded, shape (n,).
        decimals: Digits after the point as published.

    Returns:
        Both ends pass. NaN for n < ``FEWEST_TRIALS``, where every value passes.
    """
    if len(trials) < FEWEST_TRIALS:
        return np.nan, np.nan
    ordered = np.sort(np.round(trials, decimals))
    least = next(m for m in count(1) if 2 * (1 + m) / (len(trials) + 1) > ALPHA)
    return float(ordered[least - 1]), float(ordered[-least])


def holm_over_facts(p: np.ndarray, facts: list[str]) -> np.ndarray:
    """Return each value's p-value, adjusted by Holm for the number of facts.

    Values on the same rows of the same network are one fact: the other facts count with the
    smallest p of their values.

    Args:
        p: One a value, shape (n,); NaN where there are no trials, which counts as p = 1.
        facts: The fact of each value.
    """
    known = np.nan_to_num(p, nan=1.0)
    least: dict[str, float] = {}
    for fact, one in zip(facts, known, strict=True):
        least[fact] = min(one, least.get(fact, 1.0))
    adjusted = [
        holm(np.array([one, *(other for name, other in least.items() if name != fact)]))[0]
        for fact, one in zip(facts, known, strict=True)
    ]
    return np.where(np.isnan(p), np.nan, adjusted)


def word(
    p: float, p_holm: float, width: float, test_rows: float, trials: int
) -> tuple[str, Reason]:
    """Return the verdict on one published value, and the reason of *undecided*.

    *Undecided*: fewer than ``FEWEST_TRIALS`` trials; or the value lies outside the range that
    passes (p <= .05), but such a place is likely for one of so many facts (p_holm > .05). *Not
    typical*: p_holm <= .05. *Uninformative*: inside a range wider than both .05 and two test rows.
    Else *typical*.

    Args:
        p: Of the value's place.
        p_holm: The same, adjusted for the number of facts.
        width: Of the range that passes.
        test_rows: Size of the test set.
        trials: Trials with a score.
    """
    if trials < FEWEST_TRIALS:
        return "undecided", few(trials, FEWEST_TRIALS, "trials")
    if p <= ALPHA:
        return ("not typical", ()) if p_holm <= ALPHA else ("undecided", ("p_holm",))
    # 0.995 - 0.945 is a little more than 0.05 in binary
    wide = width > max(WIDE, 2 / test_rows) + 1e-9
    return "uninformative" if wide else "typical", ()
