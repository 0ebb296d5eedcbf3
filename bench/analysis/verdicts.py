"""Put estimated gaps into p-values, intervals and words: two tests, each with its own Holm.

All tests are t tests: they assume that the mean gap is nearly normal. A family is a frame with
one row a comparison; one that was not measured has NaN and counts as p = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import ALPHA, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

FEWEST_SPLITS = 3  # that a verdict needs
MARGINS = (0.002, 0.005, 0.01, 0.02)  # beside the one that decides


def few(number: int, needed: int = FEWEST_SPLITS, of: str = "splits") -> Reason:
    """Return the reason of a verdict on less splits or trials than it needs."""
    return (f"few_{of}", number, needed) if number < needed else ()


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values adjusted by Holm for the whole family; a missing one counts as p = 1.

    Args:
        p: Shape (comparisons,), NaN where a comparison was not measured.

    Returns:
        Same shape, NaN where ``p`` is.
    """
    # By hand: statsmodels takes 60 ms a call, as often as there are facts.
    order = np.argsort(p)  # NaN comes last
    steps = np.nan_to_num(p[order], nan=1.0) * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return np.where(np.isnan(p), np.nan, adjusted)


def one_sided_p(estimate: np.ndarray, error: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Return p of "the gap is 0 or less"; with no spread at all 0, .5 or 1 by the gap's sign."""
    estimate, error = np.asarray(estimate, float), np.asarray(error, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((error == 0) & (estimate == 0), 0.0, estimate / error)
    return np.asarray(stats.t.sf(ratio, freedom))


def measurements(family: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return estimate, standard error and degrees of freedom of each comparison."""
    names = ("estimate", "standard_error", "freedom")
    return tuple(family[name].to_numpy(float) for name in names)  # type: ignore[return-value]


def p_values(family: pd.DataFrame, margin: pd.Series | float) -> tuple[np.ndarray, np.ndarray]:
    """Return both p-values of each comparison, unadjusted.

    Args:
        family: With ``estimate, standard_error, freedom, splits``.
        margin: Of practical equivalence.

    Returns:
        ``p_difference``: two-sided, of a gap of 0; ``p_equivalent``: the larger of the one-sided
        p-values of "the gap is margin or more" and "minus margin or less". NaN below
        ``FEWEST_SPLITS``.
    """
    estimate, error, freedom = measurements(family)
    above, below = (one_sided_p(sign * estimate, error, freedom) for sign in (1, -1))
    equivalent = np.maximum(
        one_sided_p(np.asarray(margin) - estimate, error, freedom),
        one_sided_p(np.asarray(margin) + estimate, error, freedom),
    )
    measured = family["splits"].to_numpy() >= FEWEST_SPLITS
    difference = np.minimum(1.0, 2 * np.minimum(above, below))
    return np.where(measured, difference, np.nan), np.where(measured, equivalent, np.nan)


def intervals(family: pd.DataFrame, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return lower and upper ends of the t interval of each comparison at a level."""
    estimate, error, freedom = measurements(family)
    reach = stats.t.ppf(0.5 + level / 2, freedom) * error
    return estimate - reach, estimate + reach


def judged(family: pd.DataFrame) -> pd.DataFrame:
    """Return the family with p-values, intervals and verdicts.

    Args:
        family: With ``estimate, standard_error, freedom, splits, margin``.

    Returns:
        ``family`` with ``p_difference, p_equivalent`` and their adjusted values ``..._holm``;
        ``low, high``: 95 %, for each comparison by itself; ``simultaneous_low,
        simultaneous_high``: 95 % for the family (Bonferroni); and the columns of ``worded``.
    """
    family = family.copy()
    family["p_difference"], family["p_equivalent"] = p_values(family, family["margin"])
    family["low"], family["high"] = intervals(family, 1 - ALPHA)
    level = 1 - ALPHA / max(1, len(family))
    family["simultaneous_low"], family["simultaneous_high"] = intervals(family, level)
    return worded(family)


def worded(family: pd.DataFrame) -> pd.DataFrame:
    """Return the family with both p-values adjusted by Holm, and a verdict for each comparison.

    Args:
        family: With ``estimate, splits, margin, p_difference, p_equivalent, simultaneous_low,
            simultaneous_high``.

    Returns:
        ``family`` with ``p_difference_holm, p_equivalent_holm`` and

        - ``verdict``: ``equivalent`` (p_equivalent_holm <= .05), else ``better`` or ``worse``
          (p_difference_holm <= .05), else ``undecided``; ``not measured`` without an estimate;
        - ``sign``: ``better`` or ``worse`` where p_difference_holm <= .05, whatever the verdict;
        - ``beyond_margin``: whether the simultaneous interval lies beyond the margin;
        - ``excluded``: of an undecided one, the side that the simultaneous interval excludes at
          the margin (``better`` or ``worse``), if one.
    """
    family = family.copy()
    for name in ("p_difference", "p_equivalent"):
        family[f"{name}_holm"] = holm(family[name].to_numpy(float))
    side = np.where(family["estimate"] > 0, "better", "worse")
    differs = family["p_difference_holm"] <= ALPHA
    low, high, margin = (family[n] for n in ("simultaneous_low", "simultaneous_high", "margin"))
    family["sign"] = np.where(differs, side, "")
    family["verdict"] = np.select(
        [family["estimate"].isna(), family["p_equivalent_holm"] <= ALPHA, differs],
        ["not measured", "equivalent", side],
        "undecided",
    )
    family["beyond_margin"] = (low > margin) | (high < -margin)
    excluded = np.select([high < margin, low > -margin], ["better", "worse"], "")
    family["excluded"] = np.where(family["verdict"] == "undecided", excluded, "")
    return family


def measured(family: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons of a judged family that were measured."""
    return family[family["verdict"] != "not measured"]


def at_margins(
    family: pd.DataFrame, judge: Callable[[pd.DataFrame], pd.DataFrame] = judged
) -> pd.DataFrame:
    """Return the verdict on each comparison of a family at each of ``MARGINS``.

    Args:
        family: As ``judged`` takes it.
        judge: ``judged``, or one that allows for earlier looks too.

    Returns:
        ``dataset, protocol, metric, method, reference, margin, p_equivalent_holm, verdict``, one
        row a comparison and margin.
    """
    names = ["dataset", "protocol", "metric", "method", "reference"]
    tables = [judge(family.assign(margin=margin)) for margin in MARGINS]
    columns = [*names, "margin", "p_equivalent_holm", "verdict"]
    return pd.concat([table[columns] for table in tables], ignore_index=True)


def limits(family: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Return how narrow each interval can become, and what would decide it.

    All of it holds if gap and spread stay as they are. A half width of ``max(|gap|, margin -
    |gap|)`` decides: the interval then excludes 0, or lies within the margin. Half widths are
    those of the family (Bonferroni), for infinitely many degrees of freedom.

    Args:
        family: As ``verdicts.judged`` returns it, with ``trial_part, table_part, splits``.
        rows: What the table part stands for, by comparison: rows of the table, or of the official
            test set.

    Returns:
        ``family`` with ``limit_half_width``: half width with infinitely many trials. Of an
        undecided comparison, else NaN: ``splits_needed``: at these rows (infinite where no number
        is enough); ``rows_needed``: with infinitely many trials; ``rows_needed_low,
        rows_needed_high``: its 95 % range from the degrees of freedom of the variance;
        ``rows_needed_any_gap``: for a half width of margin / 2, which decides whatever the gap.
    """
    critical = stats.norm.ppf(1 - ALPHA / (2 * max(1, len(family))))
    undecided = (family["verdict"] == "undecided").to_numpy()
    gap, margin, table, trial, splits, freedom = (
        family[name].to_numpy(float)
        for name in ("estimate", "margin", "table_part", "trial_part", "splits", "freedom")
    )
    target = np.fmax(np.abs(gap), margin - np.abs(gap))  # without a margin, the gap alone
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = rows * table * (critical / target) ** 2
        room = (target / critical) ** 2 - table
        more = np.where(room > 0, np.ceil(trial * splits / room), np.inf)
        low, high = (freedom / stats.chi2.ppf(share, freedom) for share in (0.975, 0.025))
    found = {
        "splits_needed": np.maximum(more, splits + 1),
        "rows_needed": needed,
        "rows_needed_low": needed * low,
        "rows_needed_high": needed * high,
        "rows_needed_any_gap": rows * table * (2 * critical / margin) ** 2,
    }
    known = undecided & np.isfinite(table)
    columns = {name: np.where(known, values, np.nan) for name, values in found.items()}
    return family.assign(limit_half_width=critical * np.sqrt(table), **columns)
