"""Compare methods with every reference on every data set: one family of tests.

Family and margins are fixed before anything is seen: a comparison that was not run still counts
in both of Holm's corrections. What lies outside the family is descriptive.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from baselines import DEFAULT
from bench.analysis.gap_estimator import (
    NO_NOISE,
    Estimate,
    noise,
    over_resplits,
    over_test_rows,
    row_variance,
)
from bench.analysis.scores import paired, with_majority_scores
from bench.analysis.verdicts import few, judged, limits
from bench.records import ACCURACY, SCIKIT_LEARN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.analysis import Reason
    from bench.analysis.gap_estimator import Noise

REFERENCES = DEFAULT[1:]  # all but Adaact
RESPLIT, OFFICIAL = "resplit", "official test set"

COLUMNS = [
    *("dataset", "protocol", "metric", "method", "reference", "splits", "seeds"),
    *("estimate", "low", "high", "p_difference", "p_equivalent"),
    *("p_difference_holm", "p_equivalent_holm", "margin", "verdict"),
    *("limit_half_width", "splits_needed", "rows_needed"),
    *("sign", "beyond_margin", "excluded", "simultaneous_low", "simultaneous_high"),
    *("design", "reason", "rows_needed_low", "rows_needed_high", "rows_needed_any_gap"),
    *("standard_error", "freedom", "trial_part", "table_part", "split_part", "row_part"),
    *("diverged", "left_out"),
]


class Size(Protocol):
    """What must be known of a data set."""

    @property
    def rows(self) -> int:
        """Rows of the whole table."""

    @property
    def test_rows(self) -> int:
        """Rows of a test set."""

    @property
    def margin(self) -> float:
        """Gap below which two methods are equivalent in practice."""


def headline(  # noqa: PLR0913 (a family is named in full)
    trials: pd.DataFrame,
    rows: pd.DataFrame,
    sizes: Mapping[str, Size],
    *,
    methods: Sequence[str] = ("adaact",),
    references: Sequence[str] = REFERENCES,
    protocol: str = "held-out",
    metric: str = ACCURACY,
    groups: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Return the comparisons of one family, one row each: by data set, method and reference.

    Args:
        trials: As ``trials.csv``.
        rows: As ``rows.csv``: per cell and row, how many trials tested it and got it right. A
            data set without any is taken as split anew, and its row part is unknown.
        sizes: The data sets of the family, by name; ``bench.data.DATASETS`` for all three.
        methods: The activations or models under test.
        references: Those that it is compared with.
        protocol: Whose trials to compare.
        metric: Column of ``trials``; row-wise results are of ``test_accuracy`` alone.
        groups: The group of each row of the table, by data set, where rows come in groups.

    Returns:
        ``COLUMNS``. ``splits`` that both methods have; ``seeds``: the method's trials in one of
        them (median); ``design``: ``resplit`` (``gap_estimator.over_resplits``) or ``official test
        set`` (``over_test_rows``); p-values, intervals and verdicts as ``verdicts.judged``;
        ``limit_half_width`` and ``..._needed`` as ``limits.limits``; ``trial_part`` to
        ``row_part``: parts of the variance; ``diverged``: trials of both methods that diverged;
        ``left_out``: their trials without any score; ``reason``: ``no_shared_split``, ``no_rows``,
        ``few_splits``, or empty.
    """
    own = trials[trials["protocol"] == protocol]
    tested = rows[(rows["protocol"] == protocol) & (rows["seeds_tested"] > 0)]
    compared = []
    for dataset, size in sizes.items():
        of_set = own[own["dataset"] == dataset]
        outcomes = tested[tested["dataset"] == dataset]
        group = (groups or {}).get(dataset)
        official = official_test_set(outcomes, size)
        counted = with_majority_scores(of_set, metric)
        for method, reference in product(methods, references):
            pair = of_set[of_set["activation"].isin([method, reference])]
            scored = [counted[counted["activation"] == name] for name in (method, reference)]
            by_row = _row_gaps(outcomes, method, reference) if metric == ACCURACY else None
            compared.append(
                {
                    "dataset": dataset,
                    "protocol": protocol,
                    "metric": metric,
                    "method": method,
                    "reference": reference,
                    "margin": size.margin,
                    **_estimated(scored, by_row, size, group, metric, official=official),
                    "diverged": int((pair["status"] == "diverged").sum()),
                    "left_out": len(pair) - sum(map(len, scored)),
                    "design": OFFICIAL if official else RESPLIT,
                }
            )
    return with_limits(judged(pd.DataFrame(compared)), sizes)[COLUMNS]


def with_limits(family: pd.DataFrame, sizes: Mapping[str, Size]) -> pd.DataFrame:
    """Return a judged family with the columns of ``limits.limits``.

    Args:
        family: As ``verdicts.judged`` returns it, with ``dataset`` and ``design``.
        sizes: Its data sets, by name.
    """
    pairs = zip(family["dataset"], family["design"], strict=True)
    rows = [sizes[n].test_rows if design == OFFICIAL else sizes[n].rows for n, design in pairs]
    return limits(family, np.array(rows))


def official_test_set(outcomes: pd.DataFrame, size: Size) -> bool:
    """Return whether every split tests the same rows.

    Args:
        outcomes: The part of ``rows.csv`` of one data set and protocol, tested rows only.
        size: The data set's.
    """
    return 0 < outcomes["row"].nunique() <= size.test_rows


def _row_gaps(outcomes: pd.DataFrame, method: str, reference: str) -> pd.Series:
    """Return by row the share of the method's trials that got it right minus the reference's."""
    counts = outcomes.set_index(["activation", "row"])
    shares = counts["seeds_correct"] / counts["seeds_tested"]
    found = set(outcomes["activation"])
    if not {method, reference} <= found:
        return pd.Series(dtype=float)
    return (shares[method] - shares[reference]).dropna()


def _estimated(
    scored: list[pd.DataFrame],
    by_row: pd.Series | None,
    size: Size,
    groups: np.ndarray | None,
    metric: str,
    *,
    official: bool,
) -> dict[str, object]:
    """Return the estimate of one comparison, and why there is none."""
    gaps, shared, seeds = paired(scored, metric)
    reason: Reason = () if len(gaps) else ("no_shared_split",)
    known = by_row is not None and len(by_row) > 1
    if official and not known:
        found, reason = Estimate(), reason or ("no_rows",)
    elif official and by_row is not None:
        found = over_test_rows(by_row.to_numpy(), gaps.to_numpy())
    else:
        row_part = np.nan
        if known and by_row is not None:
            row_part = row_variance(by_row.to_numpy(), _of_rows(groups, by_row))
        noises = (_noise(shared[0], metric), _noise(shared[1], metric))
        found = over_resplits(gaps.to_numpy(), noises, _share(size, groups), row_part)
    return {**found.columns(), "seeds": seeds, "reason": reason or few(found.splits)}


def _noise(scored: pd.DataFrame, metric: str) -> Noise:
    """Return the noise of one method's seeds; a scikit-learn fit has none."""
    if scored.empty or (scored["trainer"] == SCIKIT_LEARN).all():
        return NO_NOISE
    return noise(scored[metric].to_numpy(float), scored["split"].to_numpy())


def _of_rows(groups: np.ndarray | None, by_row: pd.Series) -> np.ndarray | None:
    return None if groups is None else np.asarray(groups)[by_row.index.to_numpy(int)]


def _share(size: Size, groups: np.ndarray | None) -> float:
    """Return test rows (groups) divided by all others."""
    units = size.rows if groups is None else len(np.unique(groups))
    tested = size.test_rows * units / size.rows
    if groups is not None:
        tested = max(1, round(tested))
    return float(tested / (units - tested))
