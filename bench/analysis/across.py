"""Compare methods across data sets, each of which is one unit.

Everything is made from a family as ``headline.headline`` has it, in which either the method or the
reference is the same in every row, the anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from bench.analysis import ALPHA
from bench.analysis.verdicts import holm, judged

if TYPE_CHECKING:
    from collections.abc import Hashable

FEWEST_SETS = 5  # of a mean gap and of ranks
OUTCOMES = ("better", "worse", "equivalent", "undecided", "not measured")


@dataclass(frozen=True, eq=False)
class Friedman:
    """Friedman's test that all methods have the same ranks.

    Attributes:
        p: NaN where it was not made: of less than three methods or ``FEWEST_SETS`` data sets.
        sets: Data sets on which every method was measured; ranks are of these.
        left_out: The others.
        ranks: Mean ranks by name, 1 for the best; NaN with less than ``FEWEST_SETS`` data sets.
    """

    p: float
    sets: int
    left_out: tuple[str, ...]
    ranks: pd.Series


def across(family: pd.DataFrame) -> pd.DataFrame:
    """Return each comparison across data sets; all of them are one family.

    Args:
        family: With ``dataset, method, reference, estimate, standard_error, margin, verdict``.

    Returns:
        ``method, reference``; ``splits``: the data sets that count, those with a standard error;
        ``estimate``, ``standard_error``, ``freedom``: of ``hartung_knapp``, NaN below
        ``FEWEST_SETS``; ``tau``: SD of the true gap between data sets; p-values, intervals and
        verdict as ``verdicts.judged``, at the least of the margins; one column of counts for each
        of ``OUTCOMES``; ``sets``: those with a gap; ``p_rank``: of Wilcoxon's signed-rank test,
        NaN where so few of them could not show a difference, and ``p_rank_holm``; ``rank``: of the
        one that is not the anchor, 1 is best; ``capped``: whether one of the comparisons is.
    """
    other, _ = sides(family)
    pairs = family.groupby(["method", "reference"], sort=False, dropna=False)
    table = judged(pd.DataFrame([_row(group) for _, group in pairs]))
    enough = table["sets"] >= fewest_sets(len(table))
    table["p_rank"] = table["p_rank"].where(enough)
    table["p_rank_holm"] = holm(table["p_rank"].to_numpy(float))
    return table.assign(rank=table[other].map(friedman(family).ranks))


def sides(family: pd.DataFrame) -> tuple[str, str]:
    """Return the column of names that differ, and that of the anchor."""
    anchored = family["reference"].nunique() == 1
    return ("method", "reference") if anchored else ("reference", "method")


def _row(group: pd.DataFrame) -> dict[Hashable, object]:
    """Return one comparison across its data sets."""
    known = group[np.isfinite(group["standard_error"].astype(float))]
    gaps = known["estimate"].to_numpy(float)
    mean, error, tau = np.nan, np.nan, np.nan
    if len(known) >= FEWEST_SETS:
        mean, error, tau = hartung_knapp(gaps, known["standard_error"].to_numpy(float) ** 2)
    first, every = group.iloc[0], group["estimate"].dropna().to_numpy(float)
    return {
        **{name: first[name] for name in ("method", "reference")},
        "splits": len(known),
        "estimate": mean,
        "standard_error": error,
        "freedom": len(known) - 1,
        "tau": tau,
        "margin": group["margin"].min(skipna=False),
        "sets": len(every),
        "capped": "capped" in group and bool(group["capped"].any()),
        "p_rank": float(stats.wilcoxon(every).pvalue) if every.any() else np.nan,
        **{word: int((group["verdict"] == word).sum()) for word in OUTCOMES},
    }


def hartung_knapp(gaps: np.ndarray, variances: np.ndarray) -> tuple[float, float, float]:
    """Return mean, standard error and SD between data sets in the random-effects model.

    The variance between data sets is Paule and Mandel's; the standard error, Hartung and Knapp's,
    goes with a t distribution of k - 1 degrees of freedom. A data set without any spread gets the
    least variance of the others, so that it can't decide alone.

    Args:
        gaps: One a data set, shape (k,).
        variances: Of each of them, shape (k,).

    Source: Hartung & Knapp 2001; Paule & Mandel 1982;
    ``statsmodels.stats.meta_analysis.combine_effects``.
    """
    positive = variances[variances > 0]
    least = positive.min() if len(positive) else np.ptp(gaps) ** 2 or 1.0
    variances = np.where(variances > 0, variances, least)
    with np.errstate(divide="ignore"):  # of shares that gaps without any spread do not have
        found = combine_effects(gaps, variances, method_re="iterated")
    return float(found.mean_effect_re), float(found.var_hksj_re**0.5), float(found.tau2**0.5)


def fewest_sets(comparisons: int) -> int:
    """Return how many data sets Wilcoxon's test needs to reach p (Holm) = .05."""
    return int(np.ceil(np.log2(2 * comparisons / ALPHA)))


def relative(family: pd.DataFrame) -> pd.DataFrame:
    """Return each one's score minus the anchor's: data sets by names, the anchor's being 0."""
    other, anchor = sides(family)
    sign = 1.0 if other == "method" else -1.0
    table = family.assign(score=sign * family["estimate"]).pivot_table(
        index="dataset", columns=other, values="score", sort=False, dropna=False
    )
    return table.assign(**{str(family[anchor].iloc[0]): 0.0})


def friedman(family: pd.DataFrame) -> Friedman:
    """Return ranks and Friedman's test over the data sets that have all methods."""
    table = relative(family)
    complete = table.dropna()
    left_out = tuple(str(name) for name in table.index if name not in complete.index)
    enough = len(complete) >= FEWEST_SETS
    ranks = complete.rank(axis=1, ascending=False).mean() * (1.0 if enough else np.nan)
    p = np.nan
    if enough and table.shape[1] > 2 and complete.nunique(axis=1).max() > 1:
        p = float(stats.friedmanchisquare(*complete.to_numpy().T).pvalue)
    return Friedman(p, len(complete), left_out, ranks)
