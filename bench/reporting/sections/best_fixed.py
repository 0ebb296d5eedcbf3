"""Does any activation under test beat the best fixed one?"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from bench.reporting.columns import (
    CAPPED,
    DAGGER,
    DATASET,
    GAP_95,
    MARKED_VERDICT,
    P_DIFFERENCE_HOLM,
    TableColumn,
    dagger,
    or_dash,
)
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.names import ADAACT, activation_name, activation_title, dataset_name
from bench.reporting.shapes import shape_pictures
from bench.reporting.view import View
from bench.reporting.wording import count, joined, number, signed_spread, tally


def best_fixed_answer(view: View) -> list[Block]:
    """The verdicts in a sentence."""
    if view.best_fixed.empty or view.foreign:
        return []
    return [Prose(told(view.best_fixed), "Does any activation beat the best fixed one?")]


def best_fixed(view: View) -> list[Block]:
    """Each activation under test against the best fixed one, with what it costs."""
    if view.best_fixed.empty or view.foreign:
        return []
    return [
        Heading("Against the best fixed activation"),
        Prose(EXPLAINED),
        Table(view.best_fixed, COLUMNS),
        Prose(CAPPED if view.best_fixed["capped"].any() else ""),
        Prose(NO_MEAN if len(view.own) > 1 else ""),
        *(shape_pictures(view) if view.many_activations else []),
    ]


EXPLAINED = """
On held-out data, each activation under test against the fixed one that scores highest beside it: to
beat the best is to beat each, and p is the largest of those against each, corrected (Holm) for the
number of rows of this table. Parameters and epochs (medians): the activation's / the best fixed
one's."""

NO_MEAN = """
Against the best fixed one there is no mean gap over the data sets: each has its own, and the data
pick it. `--against NAME` compares all with one and the same, also across data sets."""


def _both(own: float, other: float) -> str:
    return f"{number(own, 0)} / {number(other, 0)}"


COLUMNS = (
    DATASET,
    TableColumn("activation", ("method",), activation_title, words=True),
    TableColumn("best fixed", ("best_fixed",), or_dash, words=True),
    TableColumn("splits"),
    GAP_95,
    P_DIFFERENCE_HOLM,
    MARKED_VERDICT,
    TableColumn("parameters", ("parameters", "best_fixed_parameters"), _both),
    TableColumn("epochs", ("epochs", "best_fixed_epochs"), _both),
)


def told(table: pd.DataFrame) -> str:
    """Return whether any activation under test beats the best fixed one.

    Args:
        table: As ``analysis.best_fixed`` has it.
    """
    tested = count(table["method"].nunique(), "activation")
    own = joined(
        f"{dataset_name(str(row['dataset']))}: {row['verdict']}{dagger(row['capped'])}, "
        f"{signed_spread(row['estimate'], row['low'], row['high'])} against "
        f"{activation_name(row['best_fixed'])}"
        for row in table[table["method"] == ADAACT].to_dict("records")
        if row["best_fixed"]
    )
    adaact = f"Adaact against the best fixed one: {own}. " if own else ""
    found = tally(table, OUTCOMES, _named)
    note = f" {CAPPED}" if table["capped"].any() else ""
    compared = f"In {count(len(table), 'comparison')} ({tested} under test)"
    return f"{adaact}{compared} the activation is {found}.{note}"


def _named(row: Mapping[Hashable, Any]) -> str:
    """Return an activation; one that is better with the gap to the best fixed one."""
    name = f"{activation_name(str(row['method']))}{DAGGER if row['capped'] else ''}"
    if row["verdict"] != "better":
        return name
    gap = signed_spread(row["estimate"], row["low"], row["high"])
    return f"{name}, {gap} against {activation_name(row['best_fixed'])}"


OUTCOMES = {
    "better": "better than every fixed one",
    "worse": "worse than the best fixed one",
    "equivalent": "equivalent to the best fixed one",
    "undecided": "undecided",
    "not measured": "not measured",
}
