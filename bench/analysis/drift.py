"""Compare the same networks in the software of the paper's day and in today's.

Seeds mean other random streams in other software, so trials are compared as independent samples.
Everything conditions on the rows: the paper's split and test set are the same in each of them.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import ALPHA, LEVEL
from bench.analysis.gap_estimator import over_repeats
from bench.analysis.scores import has_score
from bench.analysis.spread import RESOLUTION, describe
from bench.analysis.verdicts import holm, intervals
from bench.exports.trial_rows import ARRAYS, OLD, SUITE

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
    """Return the trials of all three kinds of software, one row a trial.

    Args:
        drift: As ``drift.csv``; its ``arm`` is ``OLD`` or ``ARRAYS``.
        trials: As ``trials.csv``. Adaact's under the paper's protocol are the third.
        epochs: The cap on epochs by data set: capped trials are others, and are left out.

    Returns:
        ``dataset, arm, seed`` and ``METRIC``.
    """
    own = trials[(trials["protocol"] == "paper") & (trials["activation"] == "adaact")]
    capped = [name for name, cap in epochs.items() if cap is not None]
    own = own[~own["dataset"].isin(capped) & has_score(own, METRIC)].assign(arm=SUITE)
    columns = ["dataset", "arm", "seed", METRIC]
    return pd.concat([drift[columns], own[columns]], ignore_index=True)


def compare(trials: pd.DataFrame) -> pd.DataFrame:
    """Return each software, and how far it lies from the old one, one row a set and software.

    The gap is today's mean minus the old one, with Welch's interval. The test permutes the trials
    between the two: exact, up to ``RESAMPLES`` random permutations, if software makes no
    difference. Holm corrects for all of them together.

    Args:
        trials: As ``with_suite`` returns it.

    Returns:
        ``COLUMNS``; data sets without a trial in the old software are left out. Of that software
        ``gap`` to ``least_p`` are NaN and ``verdict`` is empty. Else ``verdict`` is *differs* (p
        by Holm <= 0.05), *no difference shown*, or *undecided* (so few trials that no difference
        could give such a p).
    """
    sets = trials.groupby("dataset", sort=False)
    rows = [row for dataset, group in sets for row in _by_software(str(dataset), group)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    compared = table["arm"] != OLD
    p = table.loc[compared, "p"].to_numpy(dtype=float)
    table.loc[compared, "p_holm"] = holm(p) if len(p) else p
    undecided = len(p) * table["least_p"].astype(float) > ALPHA
    differs = table["p_holm"].astype(float) <= ALPHA
    kinds = [~compared, undecided, differs]
    words = ["", "undecided", "differs"]
    return table.assign(verdict=np.select(kinds, words, "no difference shown"))


def _by_software(dataset: str, trials: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Yield the rows of one data set."""
    scores = {arm: group[METRIC].to_numpy(dtype=float) for arm, group in trials.groupby("arm")}
    for arm in (OLD, ARRAYS, SUITE) if OLD in scores else ():
        if arm in scores:
            row = {"dataset": dataset, "arm": arm, "n": len(scores[arm]), **describe(scores[arm])}
            yield row if arm == OLD else {**row, **_against(scores[OLD], scores[arm])}


def _against(old: np.ndarray, values: np.ndarray) -> dict[str, float]:
    """Return what is known of one software beside the old software."""
    found = over_repeats(values, old)
    low, high = intervals(pd.DataFrame([found.columns()]), LEVEL)
    return {
        "gap": found.estimate,
        "low": float(low[0]),
        "high": float(high[0]),
        "p": permutation_p(old, values),
        "least_p": least_p(len(old), len(values)),
    }


def permutation_p(a: np.ndarray, b: np.ndarray) -> float:
    """Return the two-sided p-value of "both samples are of one distribution", by their means.

    Args:
        a: Shape (n,).
        b: Shape (m,).

    Returns:
        1 with a sample of one trial: it says nothing of how much trials differ.
    """
    if min(len(a), len(b)) < 2 or np.ptp(np.concatenate([a, b])) <= RESOLUTION:
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
    """Return the smallest p of so many trials on each side: all of one above the other's."""
    return 1.0 if min(n, m) < 2 else max(2 / comb(n + m, n), 2 / (RESAMPLES + 1))
