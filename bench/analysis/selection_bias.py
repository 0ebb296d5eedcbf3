"""Measure what early stopping on the test set is worth, and find where the cap ended training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.scores import CELL, by_cell, has_score, networks
from bench.analysis.spread import mean_interval, median_interval
from bench.csv_columns import STOPPED_ON_TEST

if TYPE_CHECKING:
    from collections.abc import Mapping

NIL_SHARE = 0.99  # of trials at the cap on epochs, from which the bias is nil by construction

# Where validation rows come from the training rows of the paper's own split.
PROTOCOLS = {"paper-clean": None, "held-out": ("mnist",)}

COLUMNS = [
    *("dataset", "protocol", "activation", "trials", "median", "median_low", "median_high"),
    *("higher", "equal", "lower", "mean", "low", "high", "rows", "at_cap", "nil"),
]


def selection_bias(
    trials: pd.DataFrame, test_rows: Mapping[str, int], caps: Mapping[tuple[str, str], int]
) -> pd.DataFrame:
    """Return the selection bias of each cell: ``paper-clean``, and MNIST under ``held-out``.

    The bias of a trial is its test accuracy at the epoch that the test loss would have chosen,
    minus that at the epoch that the validation loss chose. Both are of one network. Conditions on
    these rows; other seeds are chance.

    Args:
        trials: As ``trials.csv``.
        test_rows: Size of the test set by data set.
        caps: The cap on epochs by data set and protocol.

    Returns:
        ``dataset, protocol, activation, trials``; ``median`` with its exact 95 % interval;
        ``higher, equal, lower``: trials in which the bias is positive, nil (at most half a test
        row) or negative; ``mean`` with its bootstrap interval ``low, high``, and in ``rows`` of
        the test set; ``at_cap``: share of trials that ran to the cap on epochs; ``nil``: whether
        that share is 99 % or more, where no stopping rule chose anything.
    """
    known = trials[has_score(trials, STOPPED_ON_TEST) & has_score(trials, "test_accuracy")]
    rows = []
    for protocol, datasets in PROTOCOLS.items():
        own = known[known["protocol"] == protocol]
        own = own if datasets is None else own[own["dataset"].isin(datasets)]
        for cell, group in by_cell(own):
            cap = caps.get((cell["dataset"], protocol), np.inf)
            rows.append({**cell, **_bias(group, test_rows[cell["dataset"]], cap)})
    return pd.DataFrame(rows, columns=COLUMNS)


def _bias(cell: pd.DataFrame, test_rows: int, cap: float) -> dict[str, object]:
    """Return the columns of one cell."""
    bias = (cell[STOPPED_ON_TEST] - cell["test_accuracy"]).to_numpy(float)
    rows = bias * test_rows
    low, high = mean_interval(bias)
    median_low, median_high = median_interval(bias)
    at_cap = float((cell["epochs"] >= cap).mean())
    return {
        "trials": len(bias),
        "median": float(np.median(bias)),
        "median_low": median_low,
        "median_high": median_high,
        "higher": int((rows > 0.5).sum()),
        "equal": int((np.abs(rows) <= 0.5).sum()),
        "lower": int((rows < -0.5).sum()),
        "mean": float(bias.mean()),
        "low": low,
        "high": high,
        "rows": float(rows.mean()),
        "at_cap": at_cap,
        "nil": at_cap >= NIL_SHARE,
    }


MOST_AT_CAP = 0.1  # share of trials, above which a cell is marked
CAP_COLUMNS = [*CELL, "cap", "trials", "at_cap", "share"]


def at_cap(trials: pd.DataFrame, caps: Mapping[tuple[str, str], int]) -> pd.DataFrame:
    """Return how many trials ran to the cap on epochs, one row a cell.

    Args:
        trials: As ``trials.csv``.
        caps: The cap by data set and protocol; panels without one are left out.

    Returns:
        ``dataset, protocol, activation, cap, trials`` (with status ``ok``), ``at_cap`` of them,
        ``share``, and whether that is more than a tenth (``marked``).
    """
    own = networks(trials)
    rows = []
    for cell, group in by_cell(own[own["status"] == "ok"]):
        cap = caps.get((cell["dataset"], cell["protocol"]))
        if cap is not None:
            reached = int((group["epochs"] >= cap).sum())
            counts = {"cap": cap, "trials": len(group), "at_cap": reached}
            rows.append({**cell, **counts, "share": reached / len(group)})
    table = pd.DataFrame(rows, columns=CAP_COLUMNS)
    return table.assign(marked=table["share"] > MOST_AT_CAP)
