"""Compare each activation under test with the best of several fixed ones.

The gap to the best is the least of the gaps to each. No interval is made for an activation that
the data pick: the lower end is the least of the lower ends against each, unadjusted (to lie above
the best is to lie above each, an intersection-union test); the upper end is the least of the upper
ends at a level divided by the number of fixed activations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy import stats

from bench.analysis import ALPHA
from bench.analysis.headline import headline
from bench.analysis.scores import has_score
from bench.analysis.verdicts import few, measurements, one_sided_p, worded
from bench.records import ACCURACY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from bench.analysis.headline import Size

COLUMNS = [
    *("dataset", "protocol", "metric", "method", "best_fixed", "beaten", "fixed", "splits"),
    *("estimate", "low", "high", "p_difference", "p_equivalent"),
    *("p_difference_holm", "p_equivalent_holm", "margin", "verdict"),
    *("sign", "beyond_margin", "excluded", "simultaneous_low", "simultaneous_high", "reason"),
    *("parameters", "best_fixed_parameters", "epochs", "best_fixed_epochs"),
]


def against_best(  # noqa: PLR0913 (a family is named in full)
    trials: pd.DataFrame,
    rows: pd.DataFrame,
    sizes: Mapping[str, Size],
    methods: Sequence[str],
    fixed: Sequence[str],
    *,
    protocol: str = "held-out",
    metric: str = ACCURACY,
    groups: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return one row a data set and activation under test; all of them are one family.

    Args:
        trials: As ``trials.csv``.
        rows: As ``rows.csv``.
        sizes: The data sets, by name.
        methods: The activations under test.
        fixed: The fixed activations, at least one.
        protocol: Whose trials to compare.
        metric: Column of ``trials``.
        groups: As ``headline`` takes them.

    Returns:
        ``COLUMNS``. ``best_fixed``: the fixed activation with the highest mean; ``estimate``: the
        gap to it, which is too low by chance, since the data pick it; ``low, high``: 95 % interval
        of the gap to the best; ``beaten``: how many of the ``fixed`` have a lower mean; ``splits``:
        the fewest of a comparison; medians of parameters and epochs; the rest as
        ``verdicts.worded``. Not measured unless each comparison is.
    """
    comparisons = headline(
        trials,
        rows,
        sizes,
        methods=methods,
        references=fixed,
        protocol=protocol,
        metric=metric,
        groups=groups,
    )
    tested = [each for _, each in comparisons.groupby(["dataset", "method"], sort=False)]
    table = worded(pd.DataFrame([_row(each, len(tested)) for each in tested], columns=COLUMNS))
    own = trials[(trials["protocol"] == protocol) & has_score(trials, metric)]
    medians = own.groupby(["dataset", "activation"])[["parameters", "epochs"]].median()
    for who, prefix in (("method", ""), ("best_fixed", "best_fixed_")):
        places = pd.MultiIndex.from_frame(table[["dataset", who]])
        for column in ("parameters", "epochs"):
            table[prefix + column] = medians[column].reindex(places).to_numpy(float)
    return table[COLUMNS]


def _row(comparisons: pd.DataFrame, family: int) -> dict[str, object]:
    """Return one activation on one data set, from its comparisons with each fixed one."""
    first = comparisons.iloc[0]
    row = {
        **{name: first[name] for name in ("dataset", "protocol", "metric", "method", "margin")},
        "fixed": len(comparisons),
        "beaten": int((comparisons["estimate"] > 0).sum()),
        "splits": int(comparisons["splits"].min()),
        "best_fixed": "",
    }
    missing = int((comparisons["verdict"] == "not measured").sum())
    if missing:
        return {**row, "reason": ("missing_of", missing, len(comparisons))}
    best = comparisons.iloc[int(comparisons["estimate"].to_numpy().argmin())]
    reason = few(int(comparisons["splits"].min()))
    row |= {"best_fixed": best["reference"], "estimate": best["estimate"], "reason": reason}
    if reason:
        return row
    row["p_difference"], row["p_equivalent"] = _p_values(comparisons, first["margin"])
    row["low"], row["high"] = gap_to_best(comparisons, ALPHA)
    row["simultaneous_low"], row["simultaneous_high"] = gap_to_best(comparisons, ALPHA / family)
    return row


def gap_to_best(comparisons: pd.DataFrame, alpha: float) -> tuple[float, float]:
    """Return the ends of the interval of the gap to the best, at level 1 - alpha.

    Args:
        comparisons: With each fixed activation: ``estimate, standard_error, freedom``.
        alpha: Half of it on each side.
    """
    estimate, error, freedom = measurements(comparisons)
    low = estimate - stats.t.isf(alpha / 2, freedom) * error
    high = estimate + stats.t.isf(alpha / 2 / len(comparisons), freedom) * error
    return float(low.min()), float(high.min())


def _p_values(comparisons: pd.DataFrame, margin: float) -> tuple[float, float]:
    """Return the p-values that belong to ``gap_to_best``: of no gap, and of a gap of the margin."""
    estimate, error, freedom = measurements(comparisons)

    def least(limit: float) -> float:
        return float(one_sided_p(estimate - limit, error, freedom).max())  # above each

    def most(limit: float) -> float:
        return len(estimate) * float(one_sided_p(limit - estimate, error, freedom).min())

    difference = 2 * min(least(0.0), most(0.0))
    return min(1.0, difference), min(1.0, max(least(-margin), most(margin)))
