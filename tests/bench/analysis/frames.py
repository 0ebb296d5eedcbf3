"""Trials and rows made from arrays of scores and of correct answers."""

from __future__ import annotations

import numpy as np
import pandas as pd


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
