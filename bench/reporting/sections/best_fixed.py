"""Does any activation under test beat the best fixed one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.reporting.columns import (
    CAPPED,
    DATASET,
    GAP_95,
    MARKED_VERDICT,
    P_DIFFERENCE_HOLM,
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
    """The verdicts in a sentence."""
    if view.best_fixed.empty or view.foreign:
        return []
    return [Prose(contest(view.best_fixed), "Does any activation beat the best fixed one?")]


def best_fixed(view: View) -> list[Block]:
    """Each activation under test against the best fixed one, with what it costs."""
    if view.best_fixed.empty or view.foreign:
        return []
    return [
        Heading("Against the best fixed activation"),
        Prose(EXPLAINED),
        Table(view.best_fixed, COLUMNS),
        Prose(CAPPED if view.best_fixed["capped"].any() else ""),
    ]


EXPLAINED = """
On held-out data, each activation under test against the fixed one that scores highest beside it: to
beat the best is to beat each, and p is the largest of those against each, corrected (Holm) for the
number of rows of this table. Parameters and epochs (medians): the activation's / the best fixed
one's."""


def _both(own: float, rival: float) -> str:
    return f"{number(own, 0)} / {number(rival, 0)}"


COLUMNS = (
    DATASET,
    TableColumn("activation", ("method",), activation_title, words=True),
    TableColumn("best fixed", ("rival",), or_dash, words=True),
    TableColumn("splits"),
    GAP_95,
    P_DIFFERENCE_HOLM,
    MARKED_VERDICT,
    TableColumn("parameters", ("parameters", "rival_parameters"), _both),
    TableColumn("epochs", ("epochs", "rival_epochs"), _both),
)


def contest(table: pd.DataFrame) -> str:
    """Does any activation under test beat the best fixed one; empty where nothing was compared.

    Args:
        table: As ``analysis.contest`` has it.
    """
    if table.empty:
        return ""
    arms = count(table["method"].nunique(), "activation")
    found = tally(table, _CONTESTS, _contestant)
    return f"Of {count(len(table), 'case')} ({arms} under test) the one tested is {found}."


def _contestant(row: Mapping[Hashable, Any]) -> str:
    """An activation; one that is better with the gap to the best fixed one."""
    name = activation_name(str(row["method"]))
    if row["verdict"] != "better":
        return name
    gap = signed_spread(row["estimate"], row["low"], row["high"])
    return f"{name}, {gap} against {activation_name(row['rival'])}"


_CONTESTS = {
    "better": "better than every fixed activation",
    "worse": "worse",
    "equivalent": "equivalent",
    "undecided": "undecided",
    "not measured": "not measured",
}
