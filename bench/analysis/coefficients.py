"""Describe what Adaact learned: its scalars, its fold, and how far it is from the optimum."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.scores import CELL, SPLIT, by_cell, has_score, networks
from bench.analysis.spread import QUANTILES, describe
from bench.csv_columns import INITIAL

_SUMMARY = ["mean", "sd", "median", *QUANTILES, "median_low", "median_high"]
COLUMNS = [
    *CELL,
    *("coefficient", "n", *_SUMMARY),
    *("negative", "sign_flips", "initial_median", "correlation", "constant_share"),
]


def coefficient_names(trials: pd.DataFrame) -> list[str]:
    """Return the columns of ``trials`` that hold a learned scalar: those with an initial value."""
    return [name for name in trials.columns if f"{name}{INITIAL}" in trials.columns]


def coefficients(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the spread of every learned scalar over trials, one row a cell and scalar.

    Conditions on these rows; other seeds are chance. A scalar that the data determined would end
    near one value from any start; one that only trades with the kernel keeps the sign it began
    with and spreads as the initial values do.

    Args:
        trials: As ``trials.csv``, with a column ``NAME_initial`` for every scalar ``NAME``.

    Returns:
        ``dataset, protocol, activation, coefficient, n``; mean, SD, median, quantiles and the
        exact interval of the median; ``negative``: trials that end below 0; ``sign_flips``: trials
        that end on the other side of 0 than they began; ``initial_median``; ``correlation``:
        Spearman's, of final with initial value; ``constant_share``: of all trials of the cell,
        those that predict one class. Cells without the scalar have no row.
    """
    names = coefficient_names(trials)
    learned = trials[trials[names].notna().any(axis=1)]
    rows = []
    for cell, group in by_cell(learned):
        for name in names:
            known = group[has_score(group, name) & has_score(group, f"{name}{INITIAL}")]
            if not known.empty:
                rows.append({**cell, "coefficient": name, **_coefficient(known, name)})
    return pd.DataFrame(rows, columns=COLUMNS)


def _coefficient(trials: pd.DataFrame, name: str) -> dict[str, float]:
    """Return the columns of one scalar in one cell."""
    final = trials[name].to_numpy(dtype=float)
    initial = trials[f"{name}{INITIAL}"].to_numpy(dtype=float)
    return {
        **describe(final),
        "n": len(final),
        "negative": int((final < 0).sum()),
        "sign_flips": int((np.sign(final) * np.sign(initial) < 0).sum()),
        "initial_median": float(np.median(initial)),
        "correlation": _spearman(initial, final),
        "constant_share": float(trials["constant"].astype(bool).mean()),
    }


def _spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's correlation; NaN where it has none (under 3 trials, or no spread)."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(pd.Series(first).corr(pd.Series(second), method="spearman"))


def fold_agreement(vectors: pd.DataFrame) -> pd.DataFrame:
    """Return how far the folded weights of trials agree, one row a cell.

    Weights of several logits are centred over them: a softmax sees their differences alone.

    Args:
        vectors: As ``vectors.csv``; the last number of ``fold_1, fold_2, ...`` is a bias.

    Returns:
        ``dataset, protocol, activation, n``; ``similarity``: the mean cosine between the weights
        of two trials, 1 where all agree but for their scale.
    """
    folds = vectors[vectors["vector"].str.startswith("fold_")]
    bias = folds.groupby([*CELL, "split", "seed", "vector"])["place"].transform("max")
    weights = folds[folds["place"] < bias]
    rows = []
    for cell, own in weights.groupby(CELL, sort=False):
        trials = own.pivot(index=["vector", "place"], columns=["split", "seed"], values="value")
        if own["vector"].nunique() > 1:
            trials = trials - trials.groupby(level="place").transform("mean")
        n, total = trials.shape[1], (trials / np.sqrt((trials**2).sum())).sum(axis=1)
        similarity = ((total**2).sum() - n) / (n * (n - 1)) if n > 1 else np.nan
        rows.append((*cell, n, similarity))
    return pd.DataFrame(rows, columns=[*CELL, "n", "similarity"])


UNPENALISED = "logistic-regression-unpenalised"


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
    groups = pairs.assign(converged=pairs["note"].fillna("") == "").groupby(CELL, sort=False)
    table = groups["distance"].agg(n="size", median="median", minimum="min", maximum="max")
    return table.assign(converged=groups["converged"].all()).reset_index()
