"""Two activations compared on new data: the wider question, in which the rows are chance too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy import stats

from bench.analysis import LEVEL
from bench.analysis.comparisons import NO_ESTIMATE, Estimate
from bench.analysis.minimum_sample import least_p

if TYPE_CHECKING:
    import numpy as np


def over_resplits(differences: np.ndarray, test_rows: int, other_rows: int) -> Estimate:
    """Return the corrected resampled t interval and test of a mean difference over resplits.

    Splits of one table share most of their rows, so their scores are not independent and the
    plain t test finds differences that are not there. The variance is inflated::

        (1 / n + test_rows / other_rows) s^2,   t with n - 1 degrees of freedom

    Speaks of new tables of the same size, split and trained anew. ``other_rows`` counts the
    validation rows too: a run learns from them when to stop.

    Args:
        differences: One a split, shape (n,). Where they are all equal the interval is that
            value; where they are all 0, p is 1.
        test_rows: Rows of each test set.
        other_rows: The other rows of the table.

    Returns:
        The estimate, with interval and p for n > 1.

    Source: Nadeau & Bengio 2003, section 5.
    """
    n = len(differences)
    if n < 2:
        return _without_spread(differences)
    variance = (1 / n + test_rows / other_rows) * float(differences.var(ddof=1))
    return _t_estimate(float(differences.mean()), variance, n - 1, n)


def over_test_rows(row_differences: np.ndarray, seed_differences: np.ndarray) -> Estimate:
    """Return the paired interval and test of a mean difference on one official test set.

    The rows are a sample of all rows, the seeds a sample of all seeds, each row met by each seed.
    The squared standard error is the sum of both variances of the mean::

        var(row_differences) / rows + var(seed_differences) / n

    with Satterthwaite's degrees of freedom. The rows alone would leave out that other seeds score
    differently on every row (a collapsed run does). What is neither row nor seed is counted
    twice, so the interval errs on the wide side, at most by a factor of sqrt(2).

    Speaks of new rows and new seeds, given the one training set.

    Args:
        row_differences: One a test row, shape (rows,): share of seeds that got it right with the
            arm, minus the same with the baseline.
        seed_differences: One a seed, shape (n,): accuracy of the arm minus the baseline's.

    Returns:
        The estimate, with interval and p for n > 1.

    Source: Owen 2007, "The pigeonhole bootstrap", on the variance of crossed random effects.
    """
    n, rows = len(seed_differences), len(row_differences)
    if n < 2 or rows < 2:
        return _without_spread(seed_differences)
    by_row = float(row_differences.var(ddof=1)) / rows
    by_seed = float(seed_differences.var(ddof=1)) / n
    variance = by_row + by_seed
    freedom = 1.0
    if variance > 0:
        freedom = variance**2 / (by_row**2 / (rows - 1) + by_seed**2 / (n - 1))
    return _t_estimate(float(row_differences.mean()), variance, freedom, n)


def _without_spread(differences: np.ndarray) -> Estimate:
    """Return the mean alone: nothing is known of its error."""
    if len(differences) == 0:
        return NO_ESTIMATE
    return NO_ESTIMATE._replace(estimate=float(differences.mean()))


def _t_estimate(estimate: float, variance: float, freedom: float, pairs: int) -> Estimate:
    """Return the t interval and test; a degenerate one where nothing varies.

    p stops at the least that a sign-flip test on so many pairs could reach: what lies below comes
    from the normal curve alone, not from the pairs.
    """
    if variance == 0:
        return Estimate(estimate, estimate, estimate, least_p(pairs) if estimate else 1.0)
    error = variance**0.5
    reach = error * float(stats.t.ppf(0.5 + LEVEL / 2, freedom))
    p = float(2 * stats.t.sf(abs(estimate) / error, freedom))
    return Estimate(estimate, estimate - reach, estimate + reach, max(p, least_p(pairs)))
