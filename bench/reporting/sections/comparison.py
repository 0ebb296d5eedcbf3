"""Is Adaact better than the fixed activations?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.columns import (
    BASELINE,
    DATASET,
    GAP_95,
    IN_ROWS,
    P_HOLM,
    PAIRS,
    VERDICT,
    Column,
    with_asked,
)
from bench.reporting.document import Block, Bullets, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import ARM, activation_name, dataset_name
from bench.reporting.view import PAPER, accuracies, cell
from bench.reporting.wording import count, in_rows, number, tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def comparison_answer(view: View) -> list[Block]:
    """The verdicts in a sentence; without held-out trials, a description of the others."""
    claimed = view.verdicts[view.verdicts["kind"] == "comparison"]
    if view.foreign:
        text = adapts(claimed)
        return [Prose(text, "Are the paper's claims in words supported?")] if text else []
    if not view.of_adaact:
        return []
    text = beats(view.headline, claimed, unmeasured(held_out=view.held_out))
    told = [] if view.held_out else _described(view)
    lead = f" {DESCRIBED}" if told else ""
    return [Prose(f"{text}{lead}", "Does Adaact beat the fixed activations?"), Bullets(told)]


def comparison(view: View) -> list[Block]:
    """The tested family of comparisons."""
    claims = view.verdicts[view.verdicts["kind"] == "comparison"]
    asked = view.of_adaact or (claims["activation"] == ARM).any()
    if not view.held_out or ARM not in view.study["activations"] or not asked:
        return []
    return [
        Heading("The headline comparison"),
        Prose(FAMILY),
        headline_table(view.headline, view.asked),
    ]


FAMILY = """
One family of tests on held-out data, corrected together (Holm). The gap is Adaact minus the other
activation, and what it speaks of is new data. Differences within the margin are of no practical
use."""


def headline_table(headline: pd.DataFrame, asked: Mapping[str, int]) -> Table:
    """Adaact minus each baseline on every data set, on new data."""
    margin = Column("margin", ("margin",), number)
    columns = [DATASET, BASELINE, PAIRS, GAP_95, IN_ROWS, P_HOLM, margin, VERDICT]
    return Table(with_asked(headline, asked), columns)


def _described(view: View) -> list[str]:
    """Adaact against the best fixed activation under the paper's protocol, one line a set."""
    return [
        described(
            accuracies(view, name, PAPER), cell(view.pairs, name, PAPER), view.test_rows[name]
        )
        for name in view.study["datasets"]
        if len(cell(view.scored, name, PAPER))
    ]


NOT_HELD_OUT = "Not measured yet: the held-out protocol was not run."
NO_RUNS = "Not measured: the runs on held-out data that it takes have no number, or are not there."


def unmeasured(*, held_out: bool) -> str:
    """Why nothing is told of Adaact on held-out data, where nothing is.

    Args:
        held_out: Whether any trial ran under a held-out protocol.
    """
    return NO_RUNS if held_out else NOT_HELD_OUT


def beats(headline: pd.DataFrame, comparisons: pd.DataFrame, otherwise: str) -> str:
    """Does Adaact beat the fixed activations, on new data?

    Args:
        headline: The tested family, as ``analysis.headline`` has it.
        comparisons: Rows of claims.csv that are comparison claims.
        otherwise: What to say where nothing was compared.
    """
    if (headline["verdict"] == "not measured").all():
        return otherwise
    found = tally(headline, _OUTCOMES, lambda row: activation_name(row["baseline"]))
    text = f"Of {count(len(headline), 'comparison')} on held-out data Adaact is {found}."
    return f"{text} {adapts(comparisons)}".strip()


_OUTCOMES = {
    "better": "better",
    "worse": "worse",
    "equivalent": "equivalent, within the margin,",
    "cannot tell": "undecided",
    "not measured": "not measured",
}


def adapts(comparisons: pd.DataFrame) -> str:
    """The paper's claims in words, each with its verdict; empty where there are none.

    Args:
        comparisons: Rows of claims.csv that are comparison claims.
    """
    told = []
    for _, row in comparisons.iterrows():
        why = f" ({literal(row['reason'])})" if row["reason"] else ""
        told.append(f"The claim “{literal(row['text'] or row['place'])}”: {row['verdict']}{why}.")
    return " ".join(told)


DESCRIBED = "What the paper's protocol gives instead, described and not tested:"


def described(spreads: pd.DataFrame, pairs: pd.DataFrame, rows: int) -> str:
    """Adaact against the activation with the highest median, in one cell: told, not tested.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation, as
            ``analysis.spread`` has it.
        pairs: Adaact minus each other activation, as ``paired_table`` has it.
        rows: Test rows.
    """
    medians = spreads.set_index("activation")["median"].dropna()
    others = medians.drop(ARM, errors="ignore")
    if ARM not in medians or others.empty:
        return "Adaact and a fixed activation to compare it with are not both there."
    best = str(others.idxmax())
    gap = float(medians[ARM] - others[best])
    pair = pairs[pairs["baseline"] == best].iloc[0]
    return (
        f"{dataset_name(spreads['dataset'].iloc[0])}: median test accuracy {number(medians[ARM])} "
        f"against {number(others[best])} of {activation_name(best)}, the highest of the others "
        f"({in_rows(gap, rows)}); P(Adaact ahead) {number(pair['superiority'], 2)} "
        f"over {count(int(pair['pairs']), 'pair')}, ties one half."
    )
