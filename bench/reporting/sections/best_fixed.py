"""Does any activation under test beat the best fixed one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.reporting.columns import (
    DATASET,
    GAP_95,
    IN_ROWS,
    P_HOLM,
    VERDICT,
    TableColumn,
    or_dash,
)
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.names import activation_name, activation_title
from bench.reporting.wording import count, number, signed_spread, tally

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from bench.reporting.view import View


def best_fixed_answer(view: View) -> list[Block]:
    """Return the verdicts in a sentence."""
    if view.best_fixed.empty or view.foreign:
        return []
    return [
        Prose(best_fixed_verdicts(view.best_fixed), "Does any activation beat the best fixed one?")
    ]


def best_fixed(view: View) -> list[Block]:
    """Return each activation under test against the best fixed one, with its cost."""
    if view.best_fixed.empty or view.foreign:
        return []
    return [
        Heading("Against the best fixed activation"),
        Prose(EXPLAINED),
        Table(view.best_fixed, COLUMNS),
    ]


EXPLAINED = """
On held-out data, each activation under test against the fixed one with the highest score. It beats
the best fixed activation if it beats every fixed one. Therefore p is the largest of the p-values
against each, corrected by Holm's method for the rows of this table. Parameters and epochs are
medians: the activation's / the best fixed one's."""


def _both(own: float, other: float) -> str:
    return f"{number(own, 0)} / {number(other, 0)}"


COLUMNS = (
    DATASET,
    TableColumn("activation", ("arm",), activation_title, words=True),
    TableColumn("best fixed", ("rival",), or_dash, words=True),
    TableColumn("pairs"),
    GAP_95,
    IN_ROWS,
    P_HOLM,
    VERDICT,
    TableColumn("parameters", ("parameters", "rival_parameters"), _both),
    TableColumn("epochs", ("epochs", "rival_epochs"), _both),
)


def best_fixed_verdicts(table: pd.DataFrame) -> str:
    """Return which activation beats the best fixed one; empty where nothing was compared.

    Args:
        table: As ``analysis.best_fixed`` has it.
    """
    if table.empty:
        return ""
    tested = count(table["arm"].nunique(), "activation")
    found = tally(table, _OUTCOMES, _named_with_gap)
    return f"In {count(len(table), 'comparison')} ({tested} under test) the activation is {found}."


def _named_with_gap(row: Mapping[Hashable, Any]) -> str:
    """Return an activation; one that is better with its gap to the best fixed one."""
    name = activation_name(str(row["arm"]))
    if row["verdict"] != "better":
        return name
    gap = signed_spread(row["estimate"], row["low"], row["high"])
    return f"{name}, {gap} against {activation_name(row['rival'])}"


_OUTCOMES = {
    "better": "better than every fixed activation",
    "no better": "no better than the best fixed one, within the margin,",
    "cannot tell": "undecided",
    "not measured": "not measured",
}
