"""Does any activation under test beat the best fixed one?"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from bench.reporting import columns
from bench.reporting.columns import TableColumn, cap_note, dagger
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.names import ADAACT, activation_name, dataset_name
from bench.reporting.shapes import shape_pictures
from bench.reporting.view import View
from bench.reporting.wording import DAGGER, count, gap, joined, number, tally


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
        Prose(cap_note(view.best_fixed)),
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
    columns.DATASET,
    columns.TESTED,
    columns.BEST_FIXED,
    TableColumn("splits"),
    columns.GAP_95,
    columns.P_DIFFERENCE_HOLM,
    columns.MARKED_VERDICT,
    TableColumn("parameters", ("parameters", "best_fixed_parameters"), _both),
    TableColumn("epochs", ("epochs", "best_fixed_epochs"), _both),
)


def told(table: pd.DataFrame) -> str:
    """Return whether any activation under test beats the best fixed one.

    Args:
        table: As ``analysis.best_fixed`` has it.
    """
    own = joined(
        f"{dataset_name(row['dataset'])}: {row['verdict']}{dagger(row['capped'])}, {_gap(row)}"
        for row in table[table["method"] == ADAACT].to_dict("records")
        if row["best_fixed"]
    )
    adaact = f"Adaact against the best fixed one: {own}. " if own else ""
    tested = count(table["method"].nunique(), "activation")
    compared = f"In {count(len(table), 'comparison')} ({tested} under test) the activation is"
    return f"{adaact}{compared} {tally(table, OUTCOMES, _named)}. {cap_note(table)}".rstrip()


def _gap(row: Mapping[Hashable, Any]) -> str:
    return f"{gap(row)} against {activation_name(row['best_fixed'])}"


def _named(row: Mapping[Hashable, Any]) -> str:
    """Return an activation; one that is better with the gap to the best fixed one."""
    name = f"{activation_name(row['method'])}{DAGGER if row['capped'] else ''}"
    return f"{name}, {_gap(row)}" if row["verdict"] == "better" else name


OUTCOMES = {
    "better": "better than every fixed one",
    "worse": "worse than the best fixed one",
    "equivalent": "equivalent to the best fixed one",
    "undecided": "undecided",
    "not measured": "not measured",
}
