"""Estimate the mean gap between two methods on new data, its variance and degrees of freedom.

The gap is the method's mean test score minus the reference's. Two designs, two populations:

- ``over_resplits``: a table that is split anew. Other tables of its size, splits and seeds.
- ``over_test_rows``: an official test set. Other rows and trials, given the training rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_FREEDOM = 4  # a difference of mean squares can have none at all; below 4, t has no use


@dataclass(frozen=True)
class Noise:
    """Variance between the seeds of one split.

    Attributes:
        variance: Of one trial within its split, pooled over the splits; 0 of a fit without
            chance, NaN where no split has two trials.
        repeats: Trials a split, harmonic mean over the splits.
        freedom: Degrees of freedom of ``variance``; infinite of a fit without chance.
    """

    variance: float
    repeats: float
    freedom: float


NO_NOISE = Noise(0.0, 1.0, np.inf)  # of a fit that the training rows determine


@dataclass(frozen=True)
class Estimate:
    """A mean gap, and the variance of that mean by its parts.

    Attributes:
        estimate: The mean gap.
        trial_part: The part of the variance that more trials reduce.
        table_part: The part that only more rows reduce; the larger of the next two.
        split_part: Estimate of the table's part from the spread of the splits; NaN without one.
        row_part: Estimate of the table's part from the rows; NaN without row-wise results.
        freedom: Degrees of freedom of the t distribution.
        splits: Splits that both methods have (pairs of trials on an official test set).
    """

    estimate: float = np.nan
    trial_part: float = np.nan
    table_part: float = np.nan
    split_part: float = np.nan
    row_part: float = np.nan
    freedom: float = np.nan
    splits: int = 0

    @property
    def standard_error(self) -> float:
        """Return the standard error of the mean gap."""
        return float((self.trial_part + self.table_part) ** 0.5)


def noise(scores: np.ndarray, splits: np.ndarray) -> Noise:
    """Return the variance between seeds within splits, from the one-way analysis of variance.

    Args:
        scores: One a trial, shape (n,).
        splits: The split of each trial, shape (n,).
    """
    _, place, counts = np.unique(splits, return_inverse=True, return_counts=True)
    means = np.bincount(place, scores) / counts
    freedom = len(scores) - len(counts)
    squares = float(((scores - means[place]) ** 2).sum())
    variance = squares / freedom if freedom else np.nan
    return Noise(variance, 1 / float((1 / counts).mean()), freedom)


def over_resplits(
    gaps: np.ndarray, noises: tuple[Noise, Noise], share: float, row_part: float = np.nan
) -> Estimate:
    """Return the mean gap on other tables of this size.

    ::

        Var(mean) = s^2(gaps) / S + max(share * v_split, row_part)
        v_split = max(0, s^2(gaps) - sum of variance / repeats over both methods)

    ``v_split`` is the split's component in the one-way random-effects model; with unequal numbers
    of trials, ``repeats`` is their harmonic mean. It contains the test rows' sampling noise and
    what a split shares; without repeats it cannot be told from the seeds' noise and is
    ``s^2(gaps)``, Nadeau and Bengio's correction.

    Degrees of freedom: Satterthwaite's for ``(1 / S + share) MS - share * (within)``, held within
    [4, S - 1], where the split's estimate is the larger or the only one; else S - 1.

    Args:
        gaps: Mean score of the method minus the reference's in each split, shape (S,).
        noises: Of the method and of the reference, from the same splits.
        share: Test rows divided by all other rows (groups, where rows come in groups).
        row_part: As ``row_variance`` returns it; NaN where there are no row-wise results.

    Source: Nadeau & Bengio 2003, section 5; Searle, Casella & McCulloch 1992, chapter 3.
    """
    splits = len(gaps)
    if splits < 2:
        return Estimate(_mean(gaps), splits=splits)
    between = float(gaps.var(ddof=1))
    within = [one.variance / one.repeats for one in noises]
    if np.isnan(within).any():  # one seed a split
        within = [0.0, 0.0]
    split_part = share * max(0.0, between - sum(within))
    freedom = float(splits - 1)
    if between > 0 and not split_part < row_part:
        squares = ((1 / splits + share) * between) ** 2 / freedom + sum(
            (share * part) ** 2 / one.freedom
            for part, one in zip(within, noises, strict=True)
            if part
        )
        effective = (between / splits + split_part) ** 2 / squares
        freedom = float(min(max(effective, LEAST_FREEDOM), freedom))
    return Estimate(
        estimate=_mean(gaps),
        trial_part=between / splits,
        table_part=float(np.fmax(split_part, row_part)),
        split_part=split_part,
        row_part=row_part,
        freedom=freedom,
        splits=splits,
    )


def over_test_rows(row_gaps: np.ndarray, gaps: np.ndarray) -> Estimate:
    """Return the mean gap on other rows and trials, given the training rows.

    Rows and trials are crossed random effects; the variance is the sum of both variances of the
    mean, with Satterthwaite's degrees of freedom. What is neither row nor trial is counted twice,
    so the interval errs on the wide side, at most by a factor of sqrt(2).

    Args:
        row_gaps: Share of the method's trials that got a row right minus the reference's, shape
            (rows,).
        gaps: Accuracy of the method minus the reference's in each pair of trials, shape (n,).

    Source: Owen 2007, "The pigeonhole bootstrap", on the variance of crossed random effects.
    """
    pairs, rows = len(gaps), len(row_gaps)
    if pairs < 2 or rows < 2:
        return Estimate(_mean(gaps), splits=pairs)
    by_row = row_variance(row_gaps)
    by_pair = float(gaps.var(ddof=1)) / pairs
    variance = by_row + by_pair
    freedom = float(pairs - 1)
    if variance > 0:
        freedom = variance**2 / (by_row**2 / (rows - 1) + by_pair**2 / (pairs - 1))
    return Estimate(
        estimate=_mean(gaps),
        trial_part=by_pair,
        table_part=by_row,
        row_part=by_row,
        freedom=freedom,
        splits=pairs,
    )


def row_variance(row_gaps: np.ndarray, groups: np.ndarray | None = None) -> float:
    """Return the variance of the mean over rows; groups, where given, are drawn whole.

    Args:
        row_gaps: One a row, shape (rows,).
        groups: The group of each row, shape (rows,); default: each row by itself.

    Returns:
        ``s^2(row_gaps) / rows``, or ``G / (G - 1) sum (sum of a group's deviations)^2 / rows^2``
        for G groups, which is the same where each row is a group. NaN below two.
    """
    deviations = row_gaps - row_gaps.mean() if len(row_gaps) else row_gaps
    if groups is not None:
        _, place = np.unique(groups, return_inverse=True)
        deviations = np.bincount(place, deviations)
    units = len(deviations)
    if units < 2:
        return np.nan
    return float(units / (units - 1) * (deviations**2).sum() / len(row_gaps) ** 2)


def _mean(gaps: np.ndarray) -> float:
    return float(gaps.mean()) if len(gaps) else np.nan
