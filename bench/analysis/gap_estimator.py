"""Estimate the mean gap between two methods on new data, its variance and degrees of freedom.

The gap is the method's mean test score minus the reference's. Three designs:

- ``over_resplits``: a table that is split anew. Other tables of its size, splits and seeds.
- ``over_test_rows``: an official test set. Other rows and trials, given the training rows.
- ``over_repeats``: trials on the same rows. Other trials, given all rows.
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
        shared: What seeds that several splits share add to the variance of the mean over splits.
        shared_freedom: Degrees of freedom of ``shared``.
        seeds_freedom: Degrees of freedom between such seeds.
    """

    variance: float
    repeats: float
    freedom: float
    shared: float = 0.0
    shared_freedom: float = np.inf
    seeds_freedom: float = 0.0


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
        seed_part: The part that only more seeds reduce, where all splits share them.
        freedom: Degrees of freedom of the t distribution.
        splits: Splits that both methods have (pairs of trials on an official test set).
    """

    estimate: float = np.nan
    trial_part: float = np.nan
    table_part: float = np.nan
    split_part: float = np.nan
    row_part: float = np.nan
    seed_part: float = 0.0
    freedom: float = np.nan
    splits: int = 0

    @property
    def standard_error(self) -> float:
        """Return the standard error of the mean gap."""
        return float((self.trial_part + self.table_part + self.seed_part) ** 0.5)

    def columns(self) -> dict[str, float]:
        """Return what a family of comparisons holds of it."""
        return {**vars(self), "standard_error": self.standard_error}


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


def crossed_noise(scores: np.ndarray, splits: np.ndarray, seeds: np.ndarray) -> Noise:
    """Return the noise where a seed's number means the same in every split: crossed, not nested.

    The two-way random-effects model without interaction, split + seed + rest, by Henderson's
    third method. ``variance`` is the rest's; that of the seeds is what ``noise`` finds within
    splits minus the rest's, and ``shared`` is R times smaller with R seeds in every split. Without
    a seed that occurs twice it is ``noise``.

    Args:
        scores: One a trial, shape (n,).
        splits: The split of each trial, shape (n,).
        seeds: Its seed, shape (n,); at most one trial a split and seed.

    Source: Searle, Casella & McCulloch 1992, chapter 5.
    """
    within = noise(scores, splits)
    _, row, trials = np.unique(splits, return_inverse=True, return_counts=True)
    names, column = np.unique(seeds, return_inverse=True)
    if len(names) == len(scores):
        return within
    there = np.zeros((len(trials), len(names)))
    there[row, column] = 1
    shares = there / trials[:, np.newaxis]
    deviations = scores - (np.bincount(row, scores) / trials)[row]
    sums = np.bincount(column, deviations)
    known = np.diag(there.sum(axis=0)) - there.T @ shares
    between = float(sums @ np.linalg.pinv(known, hermitian=True) @ sums)
    seeds_freedom = int(np.linalg.matrix_rank(known, hermitian=True))
    freedom = int(within.freedom) - seeds_freedom
    if not seeds_freedom or not freedom:  # one seed in all splits, or too many gaps
        return Noise(np.nan, within.repeats, freedom, np.nan)
    rest = max(0.0, float((deviations**2).sum()) - between) / freedom
    weight = float(((shares.sum(axis=0) / len(trials)) ** 2).sum())  # 1 / R without gaps
    shared = weight * max(0.0, within.variance - rest)
    squares = (weight / within.freedom) ** 2 * (
        between**2 / seeds_freedom + (seeds_freedom * rest) ** 2 / freedom
    )
    effective = shared**2 / squares if shared else np.inf
    return Noise(rest, within.repeats, freedom, shared, effective, seeds_freedom)


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

    Seeds that the splits share add ``shared`` of both methods (``crossed_noise``). Satterthwaite's
    degrees of freedom then count it too, held between the least of 4, S - 1 and those between
    seeds, and the sum of S - 1 and those.

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
    seed_part = sum(one.shared for one in noises)
    row_wise = split_part < row_part
    freedom = float(splits - 1)
    if (between > 0 and not row_wise) or seed_part > 0:
        factor = 1 / splits if row_wise else 1 / splits + share
        squares = (factor * between) ** 2 / freedom + sum(
            ((0 if row_wise else share * part) ** 2 / one.freedom if part else 0)
            + one.shared**2 / one.shared_freedom
            for part, one in zip(within, noises, strict=True)
        )
        effective = (between / splits + (0 if row_wise else split_part) + seed_part) ** 2 / squares
        between_seeds = [one.seeds_freedom for one in noises if one.seeds_freedom]
        least = min([LEAST_FREEDOM, freedom, *between_seeds])
        freedom = float(min(max(effective, least), freedom + sum(between_seeds)))
    return Estimate(
        estimate=_mean(gaps),
        trial_part=between / splits,
        table_part=float(np.fmax(split_part, row_part)),
        split_part=split_part,
        row_part=row_part,
        seed_part=seed_part,
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


def over_repeats(scores: np.ndarray, others: np.ndarray) -> Estimate:
    """Return the mean gap on the same rows, between other trials: Welch's, as seeds pair nothing.

    Args:
        scores: Of the method's trials, shape (n,).
        others: Of the reference's, shape (m,).

    Returns:
        ``splits`` is the smaller number of trials.
    """
    fewest, gap = min(len(scores), len(others)), _mean(scores) - _mean(others)
    if fewest < 2:
        return Estimate(gap, splits=fewest)
    parts = [float(one.var(ddof=1)) / len(one) for one in (scores, others)]
    squares = sum(v**2 / (len(one) - 1) for v, one in zip(parts, (scores, others), strict=True))
    freedom = sum(parts) ** 2 / squares if squares else float(fewest - 1)
    return Estimate(gap, trial_part=sum(parts), table_part=0.0, freedom=freedom, splits=fewest)


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
