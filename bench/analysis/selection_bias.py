"""What it is worth to let the test set choose the epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.comparisons import sign_flip_p
from bench.analysis.minimum_sample import least_p
from bench.analysis.spread import describe, has_score

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = [
    *("dataset", "protocol", "activation", "pairs", "leak", "low", "high", "sd"),
    *("median", "median_low", "median_high", "rows", "rows_low", "rows_high"),
    *("higher", "equal", "lower", "sign_flip_p", "least_p", "mean_coverage"),
]


def leak(
    trials: pd.DataFrame, test_rows: Mapping[str, int], protocol: str = "held-out"
) -> pd.DataFrame:
    """Return what the leak adds to the test accuracy, in pairs, one row a data set and activation.

    The leak of a run is its test accuracy at the epoch that the test loss would have chosen,
    minus that at the epoch that the validation loss chose. Both come from one run, so nothing but
    the choice differs. Conditions on these rows (and, where the split varies by seed, on their
    pool); other seeds are chance.

    Args:
        trials: As ``trials.csv``.
        test_rows: Size of the test set by data set.
        protocol: One that keeps the test set out of the choice.

    Returns:
        ``dataset, protocol, activation, pairs``; ``leak, low, high``: mean and its bootstrap
        interval; ``sd``; ``median, median_low, median_high``; ``rows, rows_low, rows_high``: the
        mean in test rows; ``higher, equal, lower``: runs in which the leak is positive, nil,
        negative; ``sign_flip_p, least_p, mean_coverage``.
    """
    chosen = trials[
        (trials["protocol"] == protocol)
        & has_score(trials, "leaked_test_accuracy")
        & has_score(trials, "test_accuracy")
    ]
    groups = chosen.groupby(["dataset", "activation"], sort=False, observed=True)
    rows = []
    for (dataset, activation), group in groups:
        gains = (group["leaked_test_accuracy"] - group["test_accuracy"]).to_numpy(dtype=float)
        names = {"dataset": dataset, "protocol": protocol, "activation": activation}
        rows.append({**names, **_gains(gains, test_rows[str(dataset)])})
    return pd.DataFrame(rows, columns=COLUMNS)


def _gains(gains: np.ndarray, test_rows: int) -> dict[str, float]:
    """Return the columns of one cell, from one gain a run."""
    summary = describe(gains)
    return {
        **summary,
        "pairs": len(gains),
        "leak": summary["mean"],
        "low": summary["mean_low"],
        "high": summary["mean_high"],
        "rows": summary["mean"] * test_rows,
        "rows_low": summary["mean_low"] * test_rows,
        "rows_high": summary["mean_high"] * test_rows,
        # Half a row: two accuracies that differ by less are the same count of rows.
        "higher": int((gains * test_rows > 0.5).sum()),
        "equal": int((np.abs(gains * test_rows) <= 0.5).sum()),
        "lower": int((gains * test_rows < -0.5).sum()),
        "sign_flip_p": sign_flip_p(gains),
        "least_p": least_p(len(gains)),
    }
