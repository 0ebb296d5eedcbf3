"""The headline: one activation against every baseline on every data set, one family.

Only this family is tested; what lies outside it is descriptive. Family and margin are fixed
before anything is seen: a comparison that was not run still counts in Holm's correction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from baselines import DEFAULT
from bench.analysis import ALPHA
from bench.analysis.comparisons import NO_ESTIMATE, holm, margin
from bench.analysis.generalisation import over_resplits, over_test_rows
from bench.analysis.minimum_sample import fewest_pairs, too_few
from bench.analysis.pairs import on_these_rows, paired_scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


BASELINES = DEFAULT[1:]  # all but Adaact
METRIC = "test_accuracy"

_SEEDS_ONLY = [
    *("superiority", "superiority_low", "superiority_high"),
    *("sign_flip_p", "wilcoxon_p", "least_p"),
]
COLUMNS = [
    *("dataset", "protocol", "arm", "baseline", "method", "pairs", "fewest"),
    *("estimate", "low", "high", "rows", "p", "p_holm", "margin", "verdict", "reason"),
    *_SEEDS_ONLY,
]


class Size(Protocol):
    """What must be known of a data set: its rows in all, and those of a test set."""

    @property
    def rows(self) -> int:
        """Rows of the whole table."""

    @property
    def test_rows(self) -> int:
        """Rows of a test set."""


def headline(
    trials: pd.DataFrame,
    rows: pd.DataFrame,
    sizes: Mapping[str, Size],
    *,
    arm: str = "adaact",
    baselines: Sequence[str] = BASELINES,
    protocol: str = "held-out",
) -> pd.DataFrame:
    """Return the headline comparisons, one row each.

    Speaks of new data: on a table that is split anew for every seed, of new tables of its size
    (``over_resplits``); on an official test set, of new rows and new seeds, given the training
    set (``over_test_rows``).

    Args:
        trials: As ``trials.csv``.
        rows: As ``rows.csv``: per cell and row, how many seeds tested it and got it right.
        sizes: The data sets of the family, by name; ``bench.data.DATASETS`` for all three.
        arm: The activation under test.
        baselines: Those that it is compared with.
        protocol: Whose trials to compare.

    Returns:
        ``dataset, protocol, arm, baseline, method`` (``resplits`` or ``test rows``), ``pairs,
        fewest`` (pairs that the family needs), ``estimate, low, high`` (95 %, for each comparison
        by itself), ``rows`` (the estimate in test rows), ``p, p_holm, margin, verdict, reason``,
        and for the narrower question on these rows ``superiority, superiority_low,
        superiority_high, sign_flip_p, wilcoxon_p, least_p``.

        The verdict is ``equivalent`` (the interval lies within the margin), else ``better`` or
        ``worse`` (p_holm <= 0.05), else ``cannot tell``; ``cannot tell`` also where the pairs are
        fewer than ``fewest``; ``not measured`` without pairs.
    """
    trials = trials[trials["protocol"] == protocol]
    rows = rows[(rows["protocol"] == protocol) & (rows["seeds_tested"] > 0)]
    compared = []
    for dataset, size in sizes.items():
        own = trials[trials["dataset"] == dataset], rows[rows["dataset"] == dataset]
        names = {"dataset": dataset, "protocol": protocol, "arm": arm}
        compared += [
            {**names, "baseline": baseline, **_compare(*own, size, (arm, baseline))}
            for baseline in baselines
        ]
    table = pd.DataFrame(compared)
    table["fewest"] = fewest_pairs(len(compared))
    table["p_holm"] = holm(table["p"].to_numpy(dtype=float))
    table["verdict"] = [_word(row) for _, row in table.iterrows()]
    table["reason"] = [_reason(row, len(compared)) for _, row in table.iterrows()]
    return table[COLUMNS]


def _compare(
    trials: pd.DataFrame, outcomes: pd.DataFrame, size: Size, arms: tuple[str, str]
) -> dict[str, object]:
    """Return one comparison, before it is corrected and put into words.

    ``trials`` and ``outcomes``, a part of ``rows.csv``, are of one data set and protocol.
    """
    arm, baseline = arms
    scores = paired_scores(trials, METRIC, arms)
    differences = (scores[arm] - scores[baseline]).to_numpy()
    answer = NO_ESTIMATE
    if official_test_set(outcomes):
        by_row = (_shares(outcomes, arm) - _shares(outcomes, baseline)).dropna()
        answer = over_test_rows(by_row.to_numpy(), differences)
    elif not outcomes.empty:
        answer = over_resplits(differences, size.test_rows, size.rows - size.test_rows)
    seeds_only = on_these_rows(differences)
    return {
        "method": "test rows" if official_test_set(outcomes) else "resplits",
        "pairs": len(differences),
        **answer._asdict(),
        "rows": answer.estimate * size.test_rows,
        "margin": margin(size.test_rows),
        **{name: seeds_only[name] for name in _SEEDS_ONLY},
    }


def _shares(outcomes: pd.DataFrame, activation: str) -> pd.Series:
    """Return, by row, the share of seeds that got it right."""
    cell = outcomes[outcomes["activation"] == activation].set_index("row")
    return cell["seeds_correct"] / cell["seeds_tested"]


def official_test_set(outcomes: pd.DataFrame) -> bool:
    """Return whether all seeds tested the same rows.

    Args:
        outcomes: The part of ``rows.csv`` of one data set and protocol.
    """
    tested = outcomes.groupby("activation")["seeds_tested"]
    return not outcomes.empty and bool((tested.min() == tested.max()).all())


def _word(row: pd.Series) -> str:
    """Return the verdict on one comparison."""
    if np.isnan(row["estimate"]):
        return "not measured"
    if row["pairs"] < row["fewest"]:
        return "cannot tell"
    if -row["margin"] < row["low"] and row["high"] < row["margin"]:
        return "equivalent"
    if row["p_holm"] <= ALPHA:
        return "better" if row["estimate"] > 0 else "worse"
    return "cannot tell"


def _reason(row: pd.Series, family: int) -> str:
    """Return why a verdict could not be reached; empty where it was."""
    if row["verdict"] == "not measured":
        return f"no seed has both under the {row['protocol']} protocol"
    if row["pairs"] < row["fewest"]:
        return too_few(row["pairs"], row["fewest"], f"tell in a family of {family}")
    if row["verdict"] == "cannot tell":
        return "the interval holds differences that matter and none"
    return ""
