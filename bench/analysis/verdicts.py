"""The table of verdicts, one row a claim."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.judging import Verdict, judge_comparison, judge_count, judge_figure
from bench.analysis.replays import replayed
from bench.analysis.spread import CELL, NOWHERE, Interval, binomial_interval, has_score
from bench.data import title

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from bench.records import Claim

HELD_OUT = "held-out"

COLUMNS = [
    *("dataset", "metric", "claimed", "seeds", "median", "low", "high", "p"),
    *("verdict", "held_out_verdict", "activation", "protocol", "place"),
    *("kind", "decimals", "text", "at_most", "at_least", "reason"),
    *("held_out_seeds", "held_out_median", "held_out_p", "held_out_reason"),
    *("test_low", "test_high", "replayed"),
]


def verdicts(
    trials: pd.DataFrame,
    claims: Sequence[Claim],
    *,
    headline: pd.DataFrame | None = None,
    epochs: Mapping[str, int | None] | None = None,
    test_rows: Mapping[str, int] | None = None,
    comparison: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the verdict on every claim, as ``claims.csv`` has it.

    Args:
        trials: As ``trials.csv``.
        claims: In the order wanted.
        headline: As ``headline.headline`` returns it; comparison claims need it.
        epochs: The cap on epochs by data set; None or absent where the protocol ran as it is.
        test_rows: Size of the paper's test set by data set.
        comparison: The paper's own runs, as ``replays.compare`` returns them; default: none.

    Returns:
        ``COLUMNS``: those of the contract first. ``low, high``: the exact interval of the median,
        NaN where there is none. ``held_out_*``: the same against the held-out protocol;
        ``held_out_verdict`` is empty where that was not run. ``test_low, test_high``: what the
        paper's own test set allows for its accuracy on new rows, which excuses nothing here.
        ``replayed``: whether the paper's own run came out again; empty where that was not tried.
    """
    nothing = pd.DataFrame({"arm": [], "dataset": [], "verdict": []})
    comparisons = nothing if headline is None else headline
    cells = defaultdict(lambda: trials[:0], dict(iter(trials.groupby(CELL))))
    table = pd.DataFrame(
        [_row(cells, claim, comparisons, epochs or {}, test_rows or {}) for claim in claims],
        columns=COLUMNS,
    )
    return table.assign(replayed="" if comparison is None else replayed(claims, comparison))


def _row(
    cells: Mapping[tuple[Hashable, ...], pd.DataFrame],
    claim: Claim,
    headline: pd.DataFrame,
    epochs: Mapping[str, int | None],
    test_rows: Mapping[str, int],
) -> dict[str, object]:
    """Return one line of the table."""
    if claim.kind == "comparison":
        own = held_out = judge_comparison(claim, headline, epochs)
    else:
        own, held_out = (
            _judge(cells[claim.dataset, protocol, claim.activation], claim, protocol, epochs)
            for protocol in (claim.protocol, HELD_OUT)
        )
    test_low, test_high = _generalisation(claim, test_rows)
    return {
        **asdict(claim),
        "claimed": claim.value,
        **asdict(own),
        "held_out_verdict": "" if held_out.verdict == "not measured" else held_out.verdict,
        "held_out_seeds": held_out.seeds,
        "held_out_median": held_out.median,
        "held_out_p": held_out.p,
        "held_out_reason": held_out.reason,
        "test_low": test_low,
        "test_high": test_high,
    }


def _judge(
    cell: pd.DataFrame, claim: Claim, protocol: str, epochs: Mapping[str, int | None]
) -> Verdict:
    """Return the verdict on a figure or a count, from its trials under one protocol."""
    scored = cell[has_score(cell, claim.metric)]
    if scored.empty:
        return Verdict(reason=_why_unmeasured(cell, claim, protocol))
    runs = scored[claim.metric].to_numpy(dtype=float)
    lost = len(cell) - len(scored)
    note = f"{lost} of {len(cell)} trials have no figure" if lost else ""
    if claim.kind == "exact":
        return judge_count(runs, claim, note)
    return judge_figure(runs, claim, epochs.get(claim.dataset), note)


def _why_unmeasured(cell: pd.DataFrame, claim: Claim, protocol: str) -> str:
    if cell.empty:
        cell_name = f"{claim.activation} on {title(claim.dataset)} under the {protocol} protocol"
        return f"no trial of {cell_name}"
    if claim.metric not in cell:
        return f"the trials have no column '{claim.metric}'"
    return f"none of {len(cell)} trials has this figure"


def _generalisation(claim: Claim, test_rows: Mapping[str, int]) -> Interval:
    """Return the binomial interval of a published test accuracy; NaN for anything else."""
    rows = test_rows.get(claim.dataset)
    if claim.kind != "figure" or claim.metric != "test_accuracy" or rows is None:
        return NOWHERE
    # The published figure is rounded; the rows that it stands for are a whole number.
    return binomial_interval(int(np.clip(round(claim.value * rows), 0, rows)), rows)
