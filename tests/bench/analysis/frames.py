"""Trials and rows made from arrays of scores and of correct answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from baselines import FIXED, LEARNED


def trials_of(
    scores: np.ndarray, activation: str, dataset: str = "iris", **columns: object
) -> pd.DataFrame:
    """Return rows of ``trials.csv`` from scores of shape (splits, seeds); NaN diverged."""
    split, seed = np.indices(scores.shape)
    frame = pd.DataFrame(
        {
            "dataset": dataset,
            "protocol": "held-out",
            "activation": activation,
            "split": split.ravel(),
            "seed": seed.ravel(),
            "trainer": "many-seeds",
            "status": np.where(np.isnan(scores.ravel()), "diverged", "ok"),
            "test_accuracy": scores.ravel(),
        }
    )
    return frame.assign(**columns)


def rows_of(
    correct: np.ndarray, tested: np.ndarray | int, activation: str, dataset: str = "iris"
) -> pd.DataFrame:
    """Return rows of ``rows.csv``: how many trials of how many got each row right."""
    return pd.DataFrame(
        {
            "dataset": dataset,
            "protocol": "held-out",
            "activation": activation,
            "row": np.arange(len(correct)),
            "seeds_tested": tested,
            "seeds_correct": correct,
        }
    )


def family(*gaps: float, error: float = 0.001, **columns: object) -> pd.DataFrame:
    """Return comparisons with these gaps and one standard error; NaN was not measured."""
    frame = pd.DataFrame({"estimate": gaps, "reference": [*FIXED, *LEARNED][: len(gaps)]})
    known = {"standard_error": np.where(frame["estimate"].isna(), np.nan, error)}
    known |= {"margin": 0.01, "splits": 50, "freedom": 49.0, "dataset": "iris", "method": "adaact"}
    return frame.assign(**known | {"protocol": "held-out", "metric": "test_accuracy"} | columns)
