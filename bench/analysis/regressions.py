"""How far from the optimum of training likelihood the affine nets stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.spread import CELL
from bench.training.regressions import ALL_SEEDS

if TYPE_CHECKING:
    from collections.abc import Hashable

SPLIT = ["dataset", "protocol", "seed"]


def distances(trials: pd.DataFrame, ceilings: pd.DataFrame) -> pd.DataFrame:
    """Return training loss where affine nets stopped, minus the unpenalised fit's on these rows.

    Args:
        trials: As ``trials.csv``. Those that hold the error of their fold are affine; trials of
            other nets and of splits without a fit are left out.
        ceilings: As ``ceilings.csv``.

    Returns:
        Columns ``dataset, protocol, activation``; ``n`` trials; ``median, minimum, maximum`` of
        their distances in nats per row; ``converged``: whether all of their fits did. A fit that
        did not leaves the distances too small.
    """
    pairs = _pairs(trials, ceilings)
    pairs["distance"] = pairs["train_loss"] - pairs["optimum"]
    rows = [_row(cell, group) for cell, group in pairs.groupby(CELL, sort=False)]
    return pd.DataFrame(rows, columns=[*CELL, "n", "median", "minimum", "maximum", "converged"])


def _pairs(trials: pd.DataFrame, ceilings: pd.DataFrame) -> pd.DataFrame:
    """Return the affine trials, each with loss and state of the unpenalised fit of its split."""
    affine = trials[(trials["status"] == "ok") & trials["collapse_error"].notna()]
    fits = ceilings.loc[ceilings["penalty"] == "none", [*SPLIT, "train_loss", "converged"]]
    fits = fits.rename(columns={"train_loss": "optimum"})
    shared = fits["seed"] == ALL_SEEDS
    return pd.concat(
        [
            affine.merge(fits[~shared], on=SPLIT),
            affine.merge(fits[shared].drop(columns="seed"), on=SPLIT[:2]),
        ],
        ignore_index=True,
    )


def _row(cell: Hashable, group: pd.DataFrame) -> dict[str, object]:
    distance = group["distance"]
    return {
        **dict(zip(CELL, cell, strict=True)),  # type: ignore[call-overload]
        "n": len(group),
        "median": float(distance.median()),
        "minimum": float(distance.min()),
        "maximum": float(distance.max()),
        "converged": bool(group["converged"].all()),
    }
