"""The same networks in the software of the paper's day and in today's: what chance explains.

Seeds mean other random streams in other software, so runs are compared as independent samples.
Everything conditions on the rows: the paper's split and test set are the same in every arm.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from bench.analysis import ALPHA
from bench.analysis.comparisons import holm
from bench.analysis.spread import NOWHERE, RESOLUTION, Interval, has_score
from bench.exports.layout import ARRAYS, OLD, SUITE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RESAMPLES = 9_999
PERMUTATION_SEED = 20_212  # any; fixed, so that a report repeats to the byte

METRIC = "test_accuracy"

COLUMNS = [
    *("dataset", "arm", "n", "mean", "sd", "minimum", "median", "maximum"),
    *("gap", "low", "high", "p", "p_holm", "least_p", "verdict"),
]


def with_suite(
    drift: pd.DataFrame, trials: pd.DataFrame, epochs: Mapping[str, int | None]
) -> pd.DataFrame:
    """Return the runs of all three arms, one row a run.

    Args:
        drift: As ``drift.csv``; its ``arm`` is ``OLD`` or ``ARRAYS``.
        trials: As ``trials.csv``. Adaact's under the paper's protocol are the third arm.
        epochs: The cap on epochs by data set: capped runs are others, and are left out.

    Returns:
        ``dataset, arm, seed`` and ``METRIC``.
    """
    own = trials[(trials["protocol"] == "paper") & (trials["activation"] == "adaact")]
    capped = [name for name, cap in epochs.items() if cap is not None]
    own = own[~own["dataset"].isin(capped) & has_score(own, METRIC)].assign(arm=SUITE)
    columns = ["dataset", "arm", "seed", METRIC]
    return pd.concat([drift[columns], own[columns]], ignore_index=True)


def compare(runs: pd.DataFrame) -> pd.DataFrame:
    """Return every arm, and how far today's lie from the old software, one row a set and arm.

    The gap is today's mean minus the old one, with Welch's interval. The test permutes the runs
    between the two: exact, up to ``RESAMPLES`` random permutations, if software makes no
    difference. Holm corrects for all of them together.

    Args:
        runs: As ``with_suite`` returns it.

    Returns:
        ``COLUMNS``; data sets without a run in the old software are left out. Of the old software,
        ``gap`` to ``least_p`` are NaN and ``verdict`` is empty. Else ``verdict`` is *differs* (p
        by Holm <= 0.05), *within chance*, or *cannot tell* (so few runs that no difference could
        give such a p).
    """
    sets = runs.groupby("dataset", sort=False)
    rows = [row for dataset, group in sets for row in _arms(str(dataset), group)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    compared = table["arm"] != OLD
    p = table.loc[compared, "p"].to_numpy(dtype=float)
    table.loc[compared, "p_holm"] = holm(p) if len(p) else p
    table["verdict"] = [_verdict(row, len(p)) for _, row in table.iterrows()]
    return table


def _arms(dataset: str, runs: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield the rows of one data set."""
    scores = {arm: group[METRIC].to_numpy(dtype=float) for arm, group in runs.groupby("arm")}
    if OLD not in scores:
        return
    for arm in (OLD, ARRAYS, SUITE):
        if arm in scores:
            against = {} if arm == OLD else _against(scores[OLD], scores[arm])
            yield {"dataset": dataset, "arm": arm, **_described(scores[arm]), **against}


def _described(values: np.ndarray) -> dict[str, float]:
    return {
        "n": len(values),
        "mean": float(values.mean()),
        "sd": float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        "minimum": float(values.min()),
        "median": float(np.median(values)),
        "maximum": float(values.max()),
    }


def _against(old: np.ndarray, values: np.ndarray) -> dict[str, float]:
    """Return what is known of one arm beside the old software."""
    low, high = welch(old, values)
    return {
        "gap": float(values.mean() - old.mean()),
        "low": low,
        "high": high,
        "p": permutation_p(old, values),
        "least_p": least_p(len(old), len(values)),
    }


def permutation_p(a: np.ndarray, b: np.ndarray) -> float:
    """Return the two-sided p-value of "both samples are of one distribution", by their means.

    Args:
        a: Shape (n,).
        b: Shape (m,).
    """
    if np.ptp(np.concatenate([a, b])) <= RESOLUTION:
        return 1.0
    result = stats.permutation_test(
        (a, b),
        lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(PERMUTATION_SEED),
    )
    return float(result.pvalue)


def least_p(n: int, m: int) -> float:
    """Return the smallest p that so many runs on each side allow: all of one above the other's."""
    return max(2 / comb(n + m, n), 2 / (RESAMPLES + 1))


def welch(a: np.ndarray, b: np.ndarray) -> Interval:
    """Return Welch's 95 % interval of mean(b) - mean(a), for samples of unequal variance.

    Args:
        a: Shape (n,).
        b: Shape (m,).

    Returns:
        Lower and upper end; NaN with a sample of one run; the difference where neither varies.
    """
    if min(len(a), len(b)) < 2:
        return NOWHERE
    gap = float(b.mean() - a.mean())
    if max(np.ptp(a), np.ptp(b)) <= RESOLUTION:
        return gap, gap
    means = CompareMeans(DescrStatsW(b), DescrStatsW(a))
    low, high = means.tconfint_diff(alpha=ALPHA, usevar="unequal")
    return float(low), float(high)


def _verdict(row: pd.Series, comparisons: int) -> str:
    if row["arm"] == OLD:
        return ""
    if comparisons * row["least_p"] > ALPHA:
        return "cannot tell"
    return "differs" if row["p_holm"] <= ALPHA else "within chance"
