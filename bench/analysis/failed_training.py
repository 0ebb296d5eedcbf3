"""Count trials whose training failed, compare activations, and relate it to initial values.

A trial has failed if its training accuracy lies below halfway between the majority class's and
logistic regression's (C = 1) on the training rows of its split. A diverged trial has failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.scores import CELL, MAJORITY, SPLIT, by_cell, has_score, networks
from bench.analysis.verdicts import holm

if TYPE_CHECKING:
    from collections.abc import Mapping

METHOD = "adaact"
TRAINING = "train_accuracy"
LOGISTIC = "logistic-regression"
THIRDS = ("lower", "middle", "upper")
EXACT_SIGNS = 14  # splits that differ, up to which all sign patterns are counted
SIGN_SEED = 20_211  # any; fixed, so that a report repeats to the byte


def failures(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of networks, with what the rule says of each.

    Args:
        trials: As ``trials.csv``, with those of ``majority-class`` and ``logistic-regression``. A
            split without them has the mean of the splits of its data set and protocol.

    Returns:
        Rows of ``trials`` with ``threshold`` and ``training_failed``. Trials that ended without a
        number for another reason than divergence are left out, and those without a threshold.
    """
    fits = trials[has_score(trials, TRAINING) & trials["activation"].isin([MAJORITY, LOGISTIC])]
    levels = fits.pivot_table(TRAINING, SPLIT, "activation")
    levels = levels.reindex(columns=[MAJORITY, LOGISTIC]).dropna()
    halfway = levels.mean(axis=1)
    own = networks(trials)
    diverged = own["status"] == "diverged"
    own = own[diverged | has_score(own, TRAINING)]
    found = halfway.reindex(pd.MultiIndex.from_frame(own[SPLIT])).to_numpy(float)
    common = halfway.groupby(SPLIT[:2]).mean()
    shared = common.reindex(pd.MultiIndex.from_frame(own[SPLIT[:2]])).to_numpy(float)
    own = own.assign(threshold=np.where(np.isnan(found), shared, found))
    own = own.dropna(subset="threshold")
    below = own[TRAINING].astype(float) < own["threshold"]
    return own.assign(training_failed=below | (own["status"] == "diverged"))


def failed_training(trials: pd.DataFrame) -> pd.DataFrame:
    """Return how often training failed, one row a cell.

    Args:
        trials: As ``trials.csv``.

    Returns:
        ``dataset, protocol, activation, splits, trials, failed, share``; ``threshold`` (mean over
        the trials); ``p``: of "Adaact fails as often", by a sign-flip test over the splits that
        both have (the trials of a split are dependent); ``p_holm``: for all rows with a p. NaN for
        Adaact itself, and with fewer than two splits.
    """
    judged = failures(trials)
    by_split = judged.groupby([*SPLIT, "activation"], observed=True)["training_failed"].mean()
    shares = by_split.unstack("activation")
    rows = [
        {
            **cell,
            "splits": own["split"].nunique(),
            "trials": len(own),
            "failed": int(own["training_failed"].sum()),
            "share": float(own["training_failed"].mean()),
            "threshold": float(own["threshold"].mean()),
            "p": _against(shares, cell),
        }
        for cell, own in by_cell(judged)
    ]
    columns = [*CELL, "splits", "trials", "failed", "share", "threshold", "p"]
    table = pd.DataFrame(rows, columns=columns)
    known = table["p"].dropna()
    return table.assign(p_holm=pd.Series(holm(known.to_numpy(float)), known.index))


def _against(shares: pd.DataFrame, cell: Mapping[str, str]) -> float:
    if cell["activation"] == METHOD or METHOD not in shares:
        return np.nan
    panel = shares.xs((cell["dataset"], cell["protocol"]))
    gaps = (panel[METHOD] - panel[cell["activation"]]).dropna().to_numpy(float)
    return sign_flip_p(gaps) if len(gaps) > 1 else np.nan


def by_initial_values(trials: pd.DataFrame) -> pd.DataFrame:
    """Return how often training failed by thirds of the product of the initial slopes.

    Descriptive. The product is that of ``k1_1_initial, k1_2_initial, ...``, without sign.

    Args:
        trials: As ``trials.csv``.

    Returns:
        ``dataset, protocol, activation, third`` (``lower, middle, upper``), ``low, high`` (of the
        products in it), ``trials, failed, share``; activations without such scalars have no row.
    """
    judged = failures(trials)
    slopes = [c for c in judged.columns if c.startswith("k1_") and c.endswith("_initial")]
    product = judged[slopes].astype(float).prod(axis=1, min_count=1).abs()
    judged = judged.assign(product=product).dropna(subset="product")
    rows = []
    for cell, group in by_cell(judged):
        place = group["product"].rank(method="first") - 1
        third = (3 * place // len(group)).astype(int)
        for number, part in group.groupby(third):
            rows.append(
                {
                    **cell,
                    "third": THIRDS[int(number)],
                    "low": float(part["product"].min()),
                    "high": float(part["product"].max()),
                    "trials": len(part),
                    "failed": int(part["training_failed"].sum()),
                    "share": float(part["training_failed"].mean()),
                }
            )
    columns = [*CELL, "third", "low", "high", "trials", "failed", "share"]
    return pd.DataFrame(rows, columns=columns)


def sign_flip_p(gaps: np.ndarray) -> float:
    """Return the two-sided p-value of the sign-flip test of a mean gap.

    If both were exchangeable within each split, every sign could as well be the other. All sign
    patterns where at most 14 gaps are not 0; 16,384 random ones beyond. All 0: p = 1.

    Args:
        gaps: Shape (n,).

    Source: Fisher 1935; ``scipy.stats.permutation_test``.
    """
    untied = gaps[np.abs(gaps) > 1e-12]
    n = len(untied)
    exact = n <= EXACT_SIGNS
    if exact:
        signs = 1 - 2 * (np.arange(2**n)[:, np.newaxis] >> np.arange(n) & 1)
    else:
        rng = np.random.default_rng(SIGN_SEED)
        signs = 2 * rng.integers(0, 2, (2**EXACT_SIGNS, n), np.int8) - 1
    # Sums that are equal but for rounding are ties.
    threshold = abs(untied.sum()) - 1e-12 * np.abs(untied).sum()
    extreme = int((np.abs(signs @ untied) >= threshold).sum())
    more = 0 if exact else 1  # the signs as they fell are one pattern more
    return (extreme + more) / (len(signs) + more)
