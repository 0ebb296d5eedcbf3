"""Is Adaact better than the fixed activations?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.columns import (
    DATASET,
    GAP_95,
    IN_ROWS,
    P_HOLM,
    PAIRS,
    REFERENCE,
    VERDICT,
    TableColumn,
    with_asked,
)
from bench.reporting.document import Block, Bullets, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import ADAACT, activation_name, dataset_name
from bench.reporting.view import PAPER, accuracies, in_panel
from bench.reporting.wording import count, in_rows, number, tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def comparison_answer(view: View) -> list[Block]:
    """Return the verdicts in a sentence; without held-out trials, a description of the others."""
    claimed = view.verdicts[view.verdicts["kind"] == "comparison"]
    if view.foreign:
        text = claims_in_words(claimed)
        return [Prose(text, "Are the paper's claims in words supported?")] if text else []
    if not view.of_adaact:
        return []
    text = headline_sentence(view.headline, claimed, unmeasured(held_out=view.held_out))
    told = [] if view.held_out else _described(view)
    lead = f" {DESCRIBED}" if told else ""
    return [Prose(f"{text}{lead}", "Is Adaact better than the fixed activations?"), Bullets(told)]


def comparison(view: View) -> list[Block]:
    """Return the tested family of comparisons."""
    claims = view.verdicts[view.verdicts["kind"] == "comparison"]
    asked = view.of_adaact or (claims["activation"] == ADAACT).any()
    if not view.held_out or ADAACT not in view.study["activations"] or not asked:
        return []
    return [
        Heading("The headline comparison"),
        Prose(FAMILY),
        headline_table(view.headline, view.asked),
    ]


FAMILY = """
One family of tests on held-out data, corrected together by Holm's method. Gap = Adaact's accuracy
minus the other's. Intervals allow for new test data, not only for new seeds. A gap within the
margin makes no practical difference."""


def headline_table(headline: pd.DataFrame, asked: Mapping[str, int]) -> Table:
    """Return Adaact minus each reference on every data set, on new data."""
    margin = TableColumn("margin", ("margin",), number)
    columns = [DATASET, REFERENCE, PAIRS, GAP_95, IN_ROWS, P_HOLM, margin, VERDICT]
    return Table(with_asked(headline, asked), columns)


def _described(view: View) -> list[str]:
    """Return Adaact against the best other activation under the paper's protocol, by data set."""
    return [
        described(
            accuracies(view, name, PAPER), in_panel(view.pairs, name, PAPER), view.test_rows[name]
        )
        for name in view.study["datasets"]
        if len(in_panel(view.scored, name, PAPER))
    ]


NOT_HELD_OUT = "Not measured yet: the held-out protocol was not run."
NO_TRIALS = "Not measured: the held-out trials that this needs have no score, or are missing."


def unmeasured(*, held_out: bool) -> str:
    """Return why there is no comparison on held-out data.

    Args:
        held_out: Whether any trial ran under a held-out protocol.
    """
    return NO_TRIALS if held_out else NOT_HELD_OUT


def headline_sentence(headline: pd.DataFrame, comparisons: pd.DataFrame, otherwise: str) -> str:
    """Return whether Adaact is better than the fixed activations on new data.

    Args:
        headline: The tested family, as ``analysis.headline`` has it.
        comparisons: Rows of claims.csv that are comparison claims.
        otherwise: What to say where nothing was compared.
    """
    if (headline["verdict"] == "not measured").all():
        return otherwise
    found = tally(headline, _OUTCOMES, lambda row: activation_name(row["baseline"]))
    text = f"Of {count(len(headline), 'comparison')} on held-out data Adaact is {found}."
    return f"{text} {claims_in_words(comparisons)}".strip()


_OUTCOMES = {
    "better": "better",
    "worse": "worse",
    "equivalent": "equivalent, within the margin,",
    "cannot tell": "undecided",
    "not measured": "not measured",
}


def claims_in_words(comparisons: pd.DataFrame) -> str:
    """Return the paper's claims in words, each with its verdict; empty where there are none.

    Args:
        comparisons: Rows of claims.csv that are comparison claims.
    """
    told = []
    for _, row in comparisons.iterrows():
        why = f" ({literal(row['reason'])})" if row["reason"] else ""
        told.append(f"The claim “{literal(row['text'] or row['place'])}”: {row['verdict']}{why}.")
    return " ".join(told)


DESCRIBED = "Under the paper's protocol (described, not tested):"


def described(spreads: pd.DataFrame, pairs: pd.DataFrame, rows: int) -> str:
    """Return Adaact against the activation with the highest median in one panel.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation, as
            ``analysis.spread`` has it.
        pairs: Adaact minus each other activation, as ``paired_table`` has it.
        rows: Test rows.
    """
    medians = spreads.set_index("activation")["median"].dropna()
    others = medians.drop(ADAACT, errors="ignore")
    if ADAACT not in medians or others.empty:
        return "Adaact or a fixed activation to compare it with is missing."
    best = str(others.idxmax())
    gap = float(medians[ADAACT] - others[best])
    pair = pairs[pairs["baseline"] == best].iloc[0]
    return (
        f"{dataset_name(spreads['dataset'].iloc[0])}: median test accuracy "
        f"{number(medians[ADAACT])} against {number(others[best])} of "
        f"{activation_name(best)}, the highest of the others "
        f"({in_rows(gap, rows)}); P(Adaact ahead) {number(pair['superiority'], 2)} "
        f"over {count(int(pair['pairs']), 'pair')}, ties one half."
    )
