"""Pick the scores of trials: which have one, and what a diverged trial counts as."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench import columns
from bench.records import SCIKIT_LEARN

CELL = list(columns.CELL)
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
