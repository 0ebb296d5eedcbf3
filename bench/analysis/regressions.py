"""Measure how far from the optimum of training likelihood the affine networks stopped."""

from __future__ import annotations

import pandas as pd

from bench.analysis.scores import CELL, SPLIT, has_score, networks

UNPENALISED = "logistic-regression-unpenalised"
COLUMNS = [*CELL, "n", "median", "minimum", "maximum", "converged"]


def distances(trials: pd.DataFrame) -> pd.DataFrame:
    """Return training loss where affine networks stopped minus the unpenalised fit's, per cell.

    Args:
        trials: As ``trials.csv``. Those that hold the error of their fold are affine; trials of
            other networks, and of splits without a fit, are left out.

    Returns:
        ``dataset, protocol, activation``; ``n`` trials; ``median, minimum, maximum`` of their
        distances in nats per row; ``converged``: whether all of their fits did (their ``reason``
        is empty). A fit that did not leaves the distances too small.
    """
    fits = trials[(trials["activation"] == UNPENALISED) & has_score(trials, "train_loss")]
    fits = fits[[*SPLIT, "train_loss", "reason"]].rename(
        columns={"train_loss": "optimum", "reason": "note"}
    )
    own = networks(trials)
    affine = own[has_score(own, "train_loss") & own["collapse_error"].notna()]
    pairs = affine.merge(fits, on=SPLIT)
    pairs["distance"] = pairs["train_loss"] - pairs["optimum"]
    rows = [
        {
            **dict(zip(CELL, cell, strict=True)),
            "n": len(group),
            "median": float(group["distance"].median()),
            "minimum": float(group["distance"].min()),
            "maximum": float(group["distance"].max()),
            "converged": bool((group["note"].fillna("") == "").all()),
        }
        for cell, group in pairs.groupby(CELL, sort=False)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
