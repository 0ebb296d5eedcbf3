"""Two activations side by side, seed by seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.comparisons import sign_flip_p, superiority, wilcoxon_p
from bench.analysis.minimum_sample import least_p
from bench.analysis.spread import has_score, mean_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def paired_scores(trials: pd.DataFrame, metric: str, arms: tuple[str, str]) -> pd.DataFrame:
    """Return the scores of two activations, side by side, for the seeds that both have.

    Args:
        trials: As ``trials.csv``, of one data set and protocol.
        metric: Column of ``trials``.
        arms: The two activations.

    Returns:
        Columns: the two arms, in their order; index: seed, sorted.
    """
    scored = trials[has_score(trials, metric)].set_index("seed")
    columns = {arm: scored.loc[scored["activation"] == arm, metric].astype(float) for arm in arms}
    return pd.DataFrame(columns).dropna().sort_index()


def paired_table(
    trials: pd.DataFrame,
    metric: str,
    arm: str,
    baselines: Sequence[str],
    test_rows: Mapping[str, int],
) -> pd.DataFrame:
    """Return what the seeds say about ``arm`` against each baseline, in every protocol.

    Conditions on these rows; descriptive, and not corrected for the number of comparisons.

    Args:
        trials: As ``trials.csv``.
        metric: Column of ``trials``; differences are arm minus baseline.
        arm: The activation under test.
        baselines: Those that it is compared with.
        test_rows: Size of the test set by data set.

    Returns:
        ``dataset, protocol, arm, baseline, pairs, unpaired`` (seeds that one of the two lacks),
        ``mean, low, high`` (of the differences, with the bootstrap interval), ``median``,
        ``mean_rows, median_rows`` (in test rows; NaN unless the metric is the test accuracy),
        ``superiority, superiority_low, superiority_high`` (P(arm > baseline), ties one half),
        ``sign_flip_p, wilcoxon_p, least_p`` (the smallest that so many pairs allow).
    """
    rows = []
    for (dataset, protocol), group in trials.groupby(["dataset", "protocol"], sort=False):
        resolution = test_rows[str(dataset)] if metric == "test_accuracy" else float("nan")
        names = {"dataset": dataset, "protocol": protocol}
        rows += [
            {**names, **_compare(group, metric, (arm, baseline), resolution)}
            for baseline in baselines
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = [
    *("dataset", "protocol", "arm", "baseline", "pairs", "unpaired"),
    *("mean", "low", "high", "median", "mean_rows", "median_rows"),
    *("superiority", "superiority_low", "superiority_high"),
    *("sign_flip_p", "wilcoxon_p", "least_p"),
]


def _compare(
    trials: pd.DataFrame, metric: str, arms: tuple[str, str], resolution: float
) -> dict[str, object]:
    """Return one row of the paired table, from the trials of one data set and protocol."""
    arm, baseline = arms
    scores = paired_scores(trials, metric, arms)
    answers = on_these_rows((scores[arm] - scores[baseline]).to_numpy())
    asked = trials.loc[trials["activation"].isin(arms), "seed"]
    return {
        "arm": arm,
        "baseline": baseline,
        "pairs": len(scores),
        "unpaired": asked.nunique() - len(scores),
        **answers,
        "mean_rows": answers["mean"] * resolution,
        "median_rows": answers["median"] * resolution,
    }


def on_these_rows(differences: np.ndarray) -> dict[str, float]:
    """Return the answers of the seeds, conditional on the rows.

    Args:
        differences: One a seed, shape (n,); n may be 0, and then all is NaN.
    """
    low, high = mean_interval(differences)
    above = superiority(differences)
    return {
        "mean": float(differences.mean()) if len(differences) else float("nan"),
        "median": float(np.median(differences)) if len(differences) else float("nan"),
        "low": low,
        "high": high,
        "superiority": above.estimate,
        "superiority_low": above.low,
        "superiority_high": above.high,
        "sign_flip_p": sign_flip_p(differences),
        "wilcoxon_p": wilcoxon_p(differences),
        "least_p": least_p(len(differences)),
    }
