"""Pick the scores of trials: which have one, and what a diverged trial counts as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench import csv_columns
from bench.records import SCIKIT_LEARN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CELL = list(csv_columns.CELL)
SPLIT = ["dataset", "protocol", "split"]
MAJORITY = "majority-class"


def has_score(trials: pd.DataFrame, metric: str) -> pd.Series:
    """Return which trials have the score: a trial without a number never gets one."""
    if metric not in trials:
        return pd.Series(False, index=trials.index)
    return (trials["status"] == "ok") & np.isfinite(trials[metric].astype(float))


def networks(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of networks."""
    return trials[trials["trainer"] != SCIKIT_LEARN]


def with_majority_scores(trials: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the trials with a score; a diverged one has that of the largest class of its split.

    Args:
        trials: As ``trials.csv``; the scores of the largest class are those of the
            ``majority-class`` trials.
        metric: Column of ``trials``.

    Returns:
        Rows of ``trials``. Failed trials are left out, and diverged ones of a split without a
        ``majority-class`` trial.
    """
    scored = trials[has_score(trials, metric)]
    diverged = trials[trials["status"] == "diverged"]
    if diverged.empty or metric not in trials:
        return scored
    majority = scored[scored["activation"] == MAJORITY].set_index(SPLIT)[metric]
    places = pd.MultiIndex.from_frame(diverged[SPLIT])
    filled = diverged.assign(**{metric: majority.reindex(places).to_numpy(float)})
    return pd.concat([scored, filled.dropna(subset=metric)])


def paired(
    trials: Sequence[pd.DataFrame], metric: str
) -> tuple[pd.Series, list[pd.DataFrame], int]:
    """Return the gaps between two methods by split, their trials there, and seeds a split.

    Args:
        trials: With a score, of the method and of the reference.
        metric: Column of ``trials``.

    Returns:
        Gaps of the mean scores, by split that both have; trials of these splits; the median number
        of the method's trials in one of them.
    """
    means = [one.groupby("split")[metric].mean() for one in trials]
    gaps = (means[0] - means[1]).dropna().sort_index()
    shared = [one[one["split"].isin(gaps.index)] for one in trials]
    per_split = shared[0].groupby("split").size()
    return gaps, shared, int(per_split.median()) if len(per_split) else 0


def by_cell(trials: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """Yield the names of each cell, and its trials."""
    for names, group in trials.groupby(CELL, sort=False, observed=True):
        yield dict(zip(CELL, map(str, names), strict=True)), group
