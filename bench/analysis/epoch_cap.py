"""Find the cells in which the cap on epochs ended training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.scores import CELL, networks

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_AT_CAP = 0.1  # share of trials, above which a cell is marked
AT_CAP = "many trials ended at the cap on epochs"  # reason beside a verdict on marked cells
COLUMNS = [*CELL, "cap", "trials", "at_cap", "share", "marked"]


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
    for cell, group in own[own["status"] == "ok"].groupby(CELL, sort=False, observed=True):
        cap = caps.get((str(cell[0]), str(cell[1])))
        if cap is None:
            continue
        reached = int((group["epochs"] >= cap).sum())
        share = reached / len(group)
        counts = (cap, len(group), reached, share, share > MOST_AT_CAP)
        rows.append(dict(zip(COLUMNS, (*cell, *counts), strict=True)))
    return pd.DataFrame(rows, columns=COLUMNS)
