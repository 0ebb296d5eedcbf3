"""Compute how often an interval of the mean gap is wrong, from its estimates on many tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis import ALPHA
from bench.analysis.gap_estimator import Noise, over_resplits
from bench.analysis.headline import headline
from bench.analysis.spread import binomial_interval
from bench.analysis.verdicts import intervals, p_values

if TYPE_CHECKING:
    from tools.mnist_tables import Family, Outcomes

LEAST_COVERAGE = 0.93
RESAMPLES = 2_000  # of the tables, for the interval of the ratio of variances
NO_REPEATS = Noise(np.nan, 1.0, np.nan)  # all variance counts as the split's
REPORT, CORRECTED = "report", "Nadeau–Bengio"
TABLE = "table"  # as a data set


@dataclass(frozen=True)
class Size:
    """What ``headline`` must know of a table."""

    rows: int
    test_rows: int
    margin: float


def margin(rows: int) -> float:
    """Return the margin of a user's own table of so many rows."""
    return max(0.005, 1 / rows)


def estimates(family: Family, method: Outcomes, reference: Outcomes) -> pd.DataFrame:
    """Return the report's estimate and the corrected one on every table.

    Args:
        family: What was studied.
        method: Its outcomes; a fit without chance has one seed a split.
        reference: The same of the reference.

    Returns:
        ``table, estimator`` (``REPORT``: ``headline``; ``CORRECTED``: Nadeau and Bengio's factor on
        the whole variance of the splits' mean gaps), ``estimate, standard_error, freedom, splits``.
    """
    test_rows = round(method.tested[0].sum() / family.trials)
    size = Size(family.rows, test_rows, margin(family.rows))
    gaps = method.scores.mean(axis=2) - reference.scores.mean(axis=2)
    rows = []
    for table, gap in enumerate(gaps):
        arms = frames(method, table, "method"), frames(reference, table, "reference")
        trials, by_row = map(pd.concat, zip(*arms, strict=True))
        (own,) = headline(
            trials, by_row, {TABLE: size}, methods=["method"], references=["reference"]
        ).to_dict("records")
        found = over_resplits(gap, (NO_REPEATS, NO_REPEATS), test_rows / (size.rows - test_rows))
        for name, one in ((REPORT, own), (CORRECTED, found.columns())):
            rows.append({"table": table, "estimator": name, **{key: one[key] for key in NEEDED}})
    return pd.DataFrame(rows)


NEEDED = ("estimate", "standard_error", "freedom", "splits")


def frames(outcomes: Outcomes, table: int, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one table's trials and rows as those of ``trials.csv`` and ``rows.csv``."""
    cell = {"dataset": TABLE, "protocol": "held-out", "activation": name}
    scores = outcomes.scores[table].astype(float)
    split, seed = np.indices(scores.shape).reshape(2, -1)
    trainer = "scikit-learn" if scores.shape[1] == 1 else "many-seeds"
    trials = pd.DataFrame({"split": split, "seed": seed, "test_accuracy": scores.ravel()})
    counts = {"seeds_tested": outcomes.tested[table], "seeds_correct": outcomes.correct[table]}
    rows = pd.DataFrame({"row": np.arange(outcomes.tested.shape[1]), **counts})
    return trials.assign(**cell, trainer=trainer, status="ok"), rows.assign(**cell)


def rates(estimates: pd.DataFrame, width: float, gap: float | None = None) -> dict[str, float]:
    """Return how often one estimator is wrong on the tables of a family.

    The estimand is the mean gap over tables; its own standard error is ``gap_error``. A study of a
    gap of one or two margins is a study of the family with its estimate shifted.

    Args:
        estimates: Of one estimator, as ``estimates`` returns them.
        width: The margin.
        gap: The estimand, where it is known (0 for an activation against itself); default: the mean
            of the estimates.

    Returns:
        ``tables, margin, gap, gap_error``; ``half_width`` (median); ``covered`` (tables whose
        interval includes the estimand), ``coverage`` and its exact 95 % limits ``coverage_low,
        coverage_high``; ``too_low, too_high`` (shares of intervals that lie below and above the
        estimand); ``variance_ratio`` (mean estimated variance over the variance of the tables'
        means) with ``variance_ratio_low, variance_ratio_high`` (bootstrap over tables);
        ``false_equivalence`` (share that is *equivalent* with the margin at the true gap; NaN for a
        gap of 0); ``excludes_zero``; ``power_1, power_2`` (share with p_difference <= .05 and the
        right sign at a true gap of one and two margins).
    """
    means = estimates["estimate"].to_numpy()
    true = float(means.mean()) if gap is None else gap
    low, high = intervals(estimates, 1 - ALPHA)
    below, above = high < true, low > true
    covered = int((~below & ~above).sum())
    coverage = binomial_interval(covered, len(means))
    ratio = _ratio(means, estimates["standard_error"].to_numpy() ** 2)
    return {
        "tables": len(means),
        "margin": width,
        "gap": true,
        "gap_error": float(means.std(ddof=1) / len(means) ** 0.5) if gap is None else 0.0,
        "half_width": float(np.median(high - low) / 2),
        "covered": covered,
        "coverage": covered / len(means),
        "coverage_low": coverage[0],
        "coverage_high": coverage[1],
        "too_low": float(below.mean()),
        "too_high": float(above.mean()),
        "variance_ratio": ratio[0],
        "variance_ratio_low": ratio[1],
        "variance_ratio_high": ratio[2],
        "false_equivalence": _false_equivalence(estimates, true),
        "excludes_zero": float(((low > 0) | (high < 0)).mean()),
        "power_1": _power(estimates, true, width),
        "power_2": _power(estimates, true, 2 * width),
    }


def _ratio(means: np.ndarray, variances: np.ndarray) -> tuple[float, float, float]:
    """Return mean estimated variance over the variance of the means, with its 95 % interval."""
    drawn = np.random.default_rng(0).integers(len(means), size=(RESAMPLES, len(means)))
    with np.errstate(divide="ignore"):  # a resample of one table alone
        resampled = variances[drawn].mean(axis=1) / means[drawn].var(axis=1, ddof=1)
    low, high = np.quantile(resampled, [ALPHA / 2, 1 - ALPHA / 2], method="nearest")
    return float(variances.mean() / means.var(ddof=1)), float(low), float(high)


def _false_equivalence(estimates: pd.DataFrame, gap: float) -> float:
    if gap == 0:
        return float("nan")
    _, equivalent = p_values(estimates, abs(gap))
    return float((equivalent <= ALPHA).mean())


def _power(estimates: pd.DataFrame, true: float, gap: float) -> float:
    """Return the share of studies that would find a true gap: significant, and above 0."""
    shifted = estimates.assign(estimate=estimates["estimate"] - true + gap)
    different, _ = p_values(shifted, gap)
    return float(((different <= ALPHA) & (shifted["estimate"] > 0)).mean())
