"""Describe how a score spreads over the trials of a cell.

The spread conditions on the rows: it says what other splits and seeds would give on this data
set. The binomial interval conditions on one network: it says what other rows would give.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special, stats

from bench.analysis import LEVEL
from bench.analysis.scores import CELL, by_cell, has_score, networks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Interval = tuple[float, float]
NOWHERE: Interval = (float("nan"), float("nan"))

QUANTILES = {"minimum": 0.0, "q05": 0.05, "q25": 0.25, "q75": 0.75, "q95": 0.95, "maximum": 1.0}

RESAMPLES = 2_000  # moves an end of the interval by a few hundredths of its width
RESOLUTION = 1e-9  # scores that differ by less differ by rounding
UNIT = 2.0**-40  # of a resampled score, about 1e-12
CACHED = 2**20  # numbers
RESAMPLING_SEED = 20_210  # any; fixed, so that a report repeats to the byte

# Coverage of mean_interval in the worst of four simulated worlds, by the number of trials; from
# docs/calibration-table.md. With few trials a rare collapse is often not seen at all, and no
# interval made from the trials alone can allow for it.
MEAN_COVERAGE = {10: 0.45, 40: 0.84, 100: 0.94}


def spread(
    trials: pd.DataFrame, metric: str, asked: Mapping[tuple[str, str], int] | None = None
) -> pd.DataFrame:
    """Return the spread of a score, one row a cell.

    Args:
        trials: As ``trials.csv``, one row a trial.
        metric: Column of ``trials``.
        asked: Trials asked for in each cell of networks, by data set and protocol; default: as
            many as there are.

    Returns:
        Columns ``dataset, protocol, activation``; ``splits``; ``asked``, of which ``n`` have the
        score, ``diverged``, ``failed`` and ``missing`` have not; ``constant``: how many of the
        ``n`` predict one class; ``mean, sd, median``, the quantiles ``minimum`` to ``maximum``;
        ``median_low, median_high, mean_low, mean_high``: 95 % intervals; ``mean_coverage``: what
        the latter covers in the worst simulated world. NaN where n is too small.

        With several splits, the mean's interval is made from the means of the splits; the
        median's is NaN where seeds share a split, since they depend on each other.
    """
    rows = []
    for cell, group in by_cell(trials):
        wanted = len(group)
        if asked and len(networks(group)):
            wanted = asked.get((cell["dataset"], cell["protocol"]), wanted)
        missing = max(0, wanted - len(group))
        rows.append({**cell, "asked": wanted, "missing": missing, **_cell_spread(group, metric)})
    return pd.DataFrame(rows, columns=_COLUMNS)


def _cell_spread(group: pd.DataFrame, metric: str) -> dict[str, object]:
    scored = group[has_score(group, metric)]
    values = scored[metric].to_numpy(dtype=float) if len(scored) else np.array([])
    summary = describe(values)
    splits = group["split"].nunique()
    if splits > 1 and len(scored):
        summary |= _of_splits(scored.groupby("split")[metric].mean().to_numpy(), len(scored))
    return {
        "splits": splits,
        "n": len(scored),
        "diverged": int((group["status"] == "diverged").sum()),
        "failed": int((group["status"] == "failed").sum()),
        "constant": int(scored["constant"].astype(bool).sum()),
        **summary,
    }


def _of_splits(means: np.ndarray, trials: int) -> dict[str, float]:
    """Return the intervals that hold where trials of a split depend on each other."""
    low, high = mean_interval(means)
    found = {"mean_low": low, "mean_high": high, "mean_coverage": mean_coverage(len(means))}
    if trials > len(means):
        found |= {"median_low": float("nan"), "median_high": float("nan")}
    return found


def describe(values: np.ndarray) -> dict[str, float]:
    """Return mean, SD, median, quantiles and intervals of one sample.

    Args:
        values: Finite, shape (n,); n may be 0, and then every entry is NaN.
    """
    if len(values) == 0:
        return dict.fromkeys(_DESCRIPTION, float("nan"))
    median_low, median_high = median_interval(values)
    mean_low, mean_high = mean_interval(values)
    return {
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        "median": float(np.median(values)),
        **{name: float(np.quantile(values, share)) for name, share in QUANTILES.items()},
        "median_low": median_low,
        "median_high": median_high,
        "mean_low": mean_low,
        "mean_high": mean_high,
        "mean_coverage": mean_coverage(len(values)),
    }


_DESCRIPTION = [
    *("mean", "sd", "median", *QUANTILES),
    *("median_low", "median_high", "mean_low", "mean_high", "mean_coverage"),
]
_COLUMNS = [
    *CELL,
    *("splits", "asked", "n", "diverged", "failed", "missing", "constant"),
    *_DESCRIPTION,
]


def median_interval(values: np.ndarray) -> Interval:
    """Return the exact 95 % interval of the median between two order statistics.

    It assumes nothing but independent trials. Ties (a test set of 38 rows has few possible
    scores) make it cover more than 95 %, never less.

    Args:
        values: Shape (n,).

    Returns:
        Lower and upper end; NaN for n < 6, where even the whole range covers less than 95 %.

    Source: Conover, Practical Nonparametric Statistics, 3.2; ``scipy.stats.quantile_test``.
    """
    ranks = median_ranks(len(values))
    if ranks is None:
        return NOWHERE
    low, high = np.sort(values)[list(ranks)]
    return float(low), float(high)


@lru_cache
def median_ranks(n: int) -> tuple[int, int] | None:
    """Return which order statistics, from 0, bound the median of n trials; None for n < 6."""
    if n == 0:
        return None
    interval = stats.quantile_test(np.arange(n), q=0, p=0.5).confidence_interval(LEVEL)
    if np.isnan(interval.low) or np.isnan(interval.high):
        return None
    return int(interval.low), int(interval.high)


def mean_interval(values: np.ndarray) -> Interval:
    """Return the bias-corrected, accelerated bootstrap (BCa) 95 % interval of the mean.

    Of the intervals tried it is the one that holds its level at n = 100 with 5 % failed trials
    and stays among the possible scores; the studentised bootstrap covers as much but can reach
    below zero, and the percentile bootstrap falls short. ``mean_coverage`` says what it covers.

    Args:
        values: Shape (n,). Where all are equal the interval is that value.

    Returns:
        Lower and upper end; NaN for n < 10, where nobody has measured what it covers.

    Source: Efron 1987; ``scipy.stats.bootstrap``.
    """
    if len(values) < min(MEAN_COVERAGE):
        return NOWHERE
    low, high = mean_intervals(values[np.newaxis, :])
    return float(low[0]), float(high[0])


def mean_intervals(samples: np.ndarray, seed: int = RESAMPLING_SEED) -> tuple[np.ndarray, ...]:
    """Return ``mean_interval`` of many samples at once.

    Args:
        samples: Shape (samples, n).
        seed: Of the resampling.

    Returns:
        Lower and upper ends, each of shape (samples,).
    """
    low, high = samples.min(axis=1), samples.max(axis=1)
    varied = high - low > RESOLUTION  # BCa divides by the spread of the trials
    if varied.any():
        ends = _bca(samples[varied], seed)
        # A score is rounded to a unit before it is drawn; no mean lies beyond the scores.
        low[varied], high[varied] = np.clip(ends, low[varied], high[varied])
    return low, high


def _bca(samples: np.ndarray, seed: int) -> np.ndarray:
    """Return the ends of the BCa interval, shape (2, samples).

    ``scipy.stats.bootstrap`` gives the same from the same draws, twenty times as slowly: the mean
    needs no array of resampled scores, only how often each was drawn, and its jackknife is known::

        acceleration = sum (x - mean)^3 / (6 (sum (x - mean)^2)^1.5)
    """
    n = samples.shape[1]
    unit = _unit(n)
    units = np.rint(samples / unit)
    sums = [units @ drawn.astype(float).T for drawn in _parts(_times_drawn(n, seed))]
    means = np.hstack(sums) * (unit / n)
    mean = units.mean(axis=1, keepdims=True) * unit
    below, at_most = means < mean - RESOLUTION, means <= mean + RESOLUTION  # the rest tie: half
    bias = special.ndtri((below.mean(axis=1) + at_most.mean(axis=1)) / 2)
    gaps = samples - mean
    acceleration = (gaps**3).sum(axis=1) / (6 * (gaps**2).sum(axis=1) ** 1.5)
    reach = bias + special.ndtri(np.array([[1 - LEVEL], [1 + LEVEL]]) / 2)
    shares = special.ndtr(bias + reach / (1 - acceleration * reach))
    return np.array([np.quantile(row, share) for row, share in zip(means, shares.T, strict=True)]).T


def _unit(n: int) -> float:
    """Return the unit in which a sum of n scores, in [-1, 1] each, stays below 2^53.

    Such sums have the same bits on every machine, in whatever order it adds.
    """
    return max(UNIT, 2.0 ** ((n - 1).bit_length() - 53))


@lru_cache(maxsize=8)  # cells of one study have few different numbers of seeds
def _times_drawn(n: int, seed: int) -> np.ndarray:
    """Return how often each of n trials was drawn in each resample, shape (RESAMPLES, n).

    In bytes, since 50,000 trials have a hundred million counts: one is never drawn 256 times.
    """
    rng = np.random.default_rng(seed)
    counts = np.empty((RESAMPLES, n), np.uint8)
    for resample in counts:
        resample[:] = np.bincount(rng.integers(0, n, n), minlength=n)
    return counts


def _parts(counts: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the resamples, so many at a time as a core's cache holds in float64."""
    step = max(1, CACHED // counts.shape[1])
    return (counts[start : start + step] for start in range(0, len(counts), step))


def mean_coverage(n: int) -> float:
    """Return the coverage of ``mean_interval`` in the worst simulated world; NaN below 10."""
    measured = [size for size in MEAN_COVERAGE if size <= n]
    return MEAN_COVERAGE[max(measured)] if measured else float("nan")


def binomial_interval(right: int, rows: int) -> Interval:
    """Return the exact (Clopper–Pearson) 95 % interval of an accuracy on new rows.

    Conditions on one trained network: what it would score on other rows of the same kind. It
    says nothing of other seeds.

    Args:
        right: Test rows classified right.
        rows: Test rows.
    """
    interval = stats.binomtest(right, rows).proportion_ci(LEVEL, method="exact")
    return float(interval.low), float(interval.high)
