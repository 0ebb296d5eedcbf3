"""Each activation under test against the best fixed one, on new data.

To beat the best is to beat each: the p-value is the largest of those against each fixed activation
(an intersection-union test), and no correction for their number is needed. Holm corrects for the
number of activations under test and data sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis import ALPHA
from bench.analysis.comparisons import holm
from bench.analysis.headline import headline
from bench.analysis.minimum_sample import fewest_pairs, too_few

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.analysis.headline import Size

COLUMNS = [
    *("dataset", "protocol", "arm", "rival", "beaten", "fixed", "pairs", "fewest"),
    *("estimate", "low", "high", "rows", "p", "p_holm", "margin", "verdict", "reason"),
    *("parameters", "rival_parameters", "epochs", "rival_epochs"),
]


def contest(
    trials: pd.DataFrame,
    rows: pd.DataFrame,
    sizes: Mapping[str, Size],
    arms: Sequence[str],
    fixed: Sequence[str],
    protocol: str,
) -> pd.DataFrame:
    """Return one row a data set and activation under test.

    Args:
        trials: As ``trials.csv``.
        rows: As ``rows.csv``.
        sizes: The data sets, by name.
        arms: The activations under test.
        fixed: The fixed activations, at least one.
        protocol: Whose trials to compare.

    Returns:
        ``rival``: the fixed activation with the highest mean test accuracy in the pairs;
        ``estimate, low, high, rows, margin``: the gap to it, as ``headline`` has it; ``beaten``:
        how many of the ``fixed`` the arm's mean lies above; ``p, p_holm``: of not beating each of
        them; medians of parameters and epochs.

        The verdict is ``better`` (p_holm <= 0.05), ``no better`` (the whole interval of the gap to
        the rival lies below the margin), else ``cannot tell``; ``not measured`` without pairs.
    """
    found = [
        _against_best(group)
        for arm in arms
        for _, group in headline(
            trials, rows, sizes, arm=arm, baselines=fixed, protocol=protocol
        ).groupby("dataset", sort=False)
    ]
    table = pd.DataFrame(found)
    table["p_holm"] = holm(table["p"].to_numpy(dtype=float))
    table["fewest"] = fewest_pairs(len(table))
    verdicts = [_verdict(row) for _, row in table.iterrows()]
    table["verdict"], table["reason"] = zip(*verdicts, strict=True)
    own = trials[(trials["protocol"] == protocol) & (trials["status"] == "ok")]
    medians = own.groupby(["dataset", "activation"])[["parameters", "epochs"]].median()
    for who, prefix in (("arm", ""), ("rival", "rival_")):
        places = pd.MultiIndex.from_frame(table[["dataset", who]])
        for column in ("parameters", "epochs"):
            table[prefix + column] = medians[column].reindex(places).to_numpy(dtype=float)
    order = {name: place for place, name in enumerate(sizes)}
    return table[COLUMNS].sort_values("dataset", key=lambda names: names.map(order), kind="stable")


def _against_best(comparisons: pd.DataFrame) -> dict[str, object]:
    """Return one arm on one data set, from its comparisons with each fixed activation."""
    measured = comparisons.dropna(subset="estimate")
    first = comparisons.iloc[0]
    names = {name: first[name] for name in ("dataset", "protocol", "arm")}
    counts = {"fixed": len(comparisons), "beaten": int((measured["estimate"] > 0).sum())}
    if len(measured) < len(comparisons):  # the best may be among the others
        gap = dict.fromkeys(("estimate", "low", "high", "rows", "p"), float("nan"))
        return {**names, **counts, **gap, "rival": "", "pairs": 0, "margin": first["margin"]}
    rival = measured.iloc[int(measured["estimate"].to_numpy().argmin())]
    wins = np.where(measured["estimate"] > 0, measured["p"], 1.0)
    gap = {name: rival[name] for name in ("estimate", "low", "high", "rows", "margin")}
    least = int(measured["pairs"].min())
    return {
        **names,
        **counts,
        **gap,
        "rival": rival["baseline"],
        "pairs": least,
        "p": float(np.max(wins)),
    }


def _verdict(row: pd.Series) -> tuple[str, str]:
    """Return the verdict on one row, and what limits it."""
    if not row["rival"]:
        return "not measured", f"not all pairs are there under the {row['protocol']} protocol"
    if row["pairs"] < row["fewest"]:
        return "cannot tell", too_few(row["pairs"], row["fewest"], "tell among so many")
    if row["p_holm"] <= ALPHA:
        return "better", ""
    if row["high"] < row["margin"]:
        return "no better", ""
    return "cannot tell", "the interval holds differences that matter and none"
