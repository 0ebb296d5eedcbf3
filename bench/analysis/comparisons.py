"""Two activations compared on these rows: the narrower question, put to the seeds alone.

Two activations under one seed see the same rows in the same order from the same first kernel, so
their scores are compared in pairs. Everything here conditions on the data set: it tells whether
other seeds would show the same difference on the same rows, not whether other rows would.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from bench.analysis import ALPHA

EXACT_FLIPS = 2**14  # all sign patterns of 14 seeds; beyond, as many drawn at random
FLIP_SEED = 20_211  # any; fixed, so that a report repeats to the byte
SMALLEST_MARGIN = 0.005  # an accuracy difference of half a per cent: nobody would choose by it


class Estimate(NamedTuple):
    """An estimate, the ends of its 95 % interval, and the p-value of "no difference"."""

    estimate: float
    low: float
    high: float
    p: float


NO_ESTIMATE = Estimate(*[float("nan")] * 4)


def sign_flip_p(differences: np.ndarray) -> float:
    """Return the two-sided p-value of the sign-flip test of the mean difference.

    If the two activations were exchangeable under each seed, every sign could as well be the
    other. Pairs that tie change nothing. Exact for up to 14 others, 16,384 random sign patterns
    beyond; where all tie, p = 1.

    Args:
        differences: Shape (n,).

    Source: Fisher 1935. ``scipy.stats.permutation_test`` gives the same, far more slowly.
    """
    if len(differences) == 0:
        return float("nan")
    untied = differences[differences != 0]
    total = float(untied.sum())
    # Sums that are equal but for rounding are ties.
    threshold = abs(total) - 1e-12 * float(np.abs(untied).sum())
    flipped = total - 2 * _flipped_sums(untied, flip_patterns(len(untied)))
    extreme = int((np.abs(flipped) >= threshold).sum())
    if len(flipped) == 2 ** len(untied):
        return extreme / len(flipped)
    return (1 + extreme) / (1 + len(flipped))  # the signs as they fell are one pattern more


def flip_patterns(pairs: int) -> np.ndarray:
    """Return all choices of pairs to flip, or ``EXACT_FLIPS`` at random where there are more.

    Returns:
        Eight pairs a byte, the first in its lowest bit: uint8, shape (bytes, patterns).
    """
    if 2**pairs <= EXACT_FLIPS:
        every = np.arange(2**pairs)
        return np.array([every & 255, every >> 8], np.uint8)
    eights = -(-pairs // 8)
    return _random_flips(1 << (eights - 1).bit_length())[:eights]


@lru_cache(maxsize=1)
def _random_flips(eights: int) -> np.ndarray:
    """Return patterns of so many bytes; those of fewer are the same with the last bytes cut off."""
    rng = np.random.default_rng(FLIP_SEED)
    return rng.integers(0, 256, (eights, EXACT_FLIPS), np.uint8)


def _flipped_sums(values: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Return the sum of the values that each pattern flips, shape (patterns,).

    Of eight values there are 256 sums: they are looked up, eight times as fast as added.
    """
    eights = np.zeros((len(patterns), 8))
    eights.flat[: len(values)] = values
    choices = np.arange(256)[:, np.newaxis] >> np.arange(8) & 1
    sums = eights @ choices.T
    total = np.zeros(patterns.shape[1])
    for table, flips in zip(sums, patterns, strict=True):
        total += table.take(flips)  # twice as fast as indexing
    return total


def wilcoxon_p(differences: np.ndarray) -> float:
    """Return the two-sided p-value of Wilcoxon's signed-rank test.

    It is the sign-flip test of the signed ranks: ties share their mean rank, zeros are ranked and
    then set aside (Pratt), and p is never the normal approximation, which with ties goes below
    what so few pairs allow. All zero: p = 1.

    Args:
        differences: Shape (n,).

    Source: Pratt 1959.
    """
    # 339/343 - 338/343 and 338/343 - 337/343 are one row each, but not the same double.
    rounded = np.round(differences, 12)
    return sign_flip_p(np.sign(rounded) * stats.rankdata(np.abs(rounded)))


def superiority(differences: np.ndarray) -> Estimate:
    """Return P(arm > baseline) under one seed, ties one half, and its 95 % interval.

    Wilson's interval, with as many observations as would have the variance seen: ties make the
    indicator vary less than a coin of the same mean. Where every pair ties, the interval allows
    for as many untied pairs, all one way, as could have stayed unseen. ``p`` is NaN: the tests
    are ``sign_flip_p`` and ``wilcoxon_p``.

    Args:
        differences: Shape (n,).

    Source: Bouthillier et al. 2021, section 4; Wilson 1927.
    """
    pairs = len(differences)
    if pairs == 0:
        return NO_ESTIMATE
    above = 0.5 * (1 + np.sign(differences))
    share, variance = float(above.mean()), float(above.var())
    if share == 0.5 and variance == 0:
        unseen = 0.5 * (1 - (ALPHA / 2) ** (1 / pairs))
        return Estimate(share, share - unseen, share + unseen, float("nan"))
    size = pairs * share * (1 - share) / variance if variance > 0 else pairs
    low, high = proportion_confint(share * size, size, alpha=ALPHA, method="wilson")
    return Estimate(share, float(low), float(high), float("nan"))


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values corrected by Holm for the whole family; a missing one counts as p = 1.

    Args:
        p: Shape (comparisons,), NaN where a comparison was not measured.

    Returns:
        Same shape, NaN where ``p`` is.
    """
    missing = np.isnan(p)
    corrected = multipletests(np.where(missing, 1.0, p), method="holm")[1]
    return np.where(missing, np.nan, corrected)


def margin(test_rows: int) -> float:
    """Return the margin of practical equivalence: the larger of 0.005 and one test row."""
    return max(SMALLEST_MARGIN, 1 / test_rows)
