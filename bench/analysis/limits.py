"""Compute what would decide an undecided comparison: more splits, or a larger table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import ALPHA


def limits(family: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Return how narrow each interval can become, and what would decide it.

    All of it holds if gap and spread stay as they are. A half width of ``max(|gap|, margin -
    |gap|)`` decides: the interval then excludes 0, or lies within the margin. Half widths are
    those of the family (Bonferroni), for infinitely many degrees of freedom.

    Args:
        family: As ``verdicts.judged`` returns it, with ``trial_part, table_part, splits``.
        rows: What the table part stands for, by comparison: rows of the table, or of the official
            test set.

    Returns:
        Same index. ``limit_half_width``: half width with infinitely many trials. Of an undecided
        comparison, else NaN: ``splits_needed``: at these rows (infinite where no number is
        enough); ``rows_needed``: with infinitely many trials; ``rows_needed_low,
        rows_needed_high``: its 95 % range from the degrees of freedom of the variance;
        ``rows_needed_any_gap``: for a half width of margin / 2, which decides whatever the gap.
    """
    critical = stats.norm.ppf(1 - ALPHA / (2 * max(1, len(family))))
    undecided = (family["verdict"] == "undecided").to_numpy()
    gap, margin, table, trial, splits, freedom = (
        family[name].to_numpy(float)
        for name in ("estimate", "margin", "table_part", "trial_part", "splits", "freedom")
    )
    target = np.maximum(np.abs(gap), margin - np.abs(gap))
    needed = rows * table * (critical / target) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        room = (target / critical) ** 2 - table
        more = np.where(room > 0, np.ceil(trial * splits / room), np.inf)
        low, high = (freedom / stats.chi2.ppf(share, freedom) for share in (0.975, 0.025))
    found = {
        "splits_needed": np.maximum(more, splits + 1),
        "rows_needed": needed,
        "rows_needed_low": needed * low,
        "rows_needed_high": needed * high,
        "rows_needed_any_gap": rows * table * (2 * critical / margin) ** 2,
    }
    known = undecided & np.isfinite(table)
    columns = {name: np.where(known, values, np.nan) for name, values in found.items()}
    return pd.DataFrame(
        {"limit_half_width": critical * np.sqrt(table), **columns}, index=family.index
    )
