"""What holds across data sets, each of which is one unit? For any family with several of them."""

from functools import partial

import pandas as pd

from bench.analysis.across import FEWEST_SETS, Friedman, across, fewest_sets, friedman
from bench.reporting import columns
from bench.reporting.columns import TableColumn
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.names import activation_name, dataset_name, operands, subtraction
from bench.reporting.view import View
from bench.reporting.wording import count, equals, first_of, joined, number, probability

MODEL = f"""
Each data set is one unit, and the verdict on the mean gap is about further data sets of this kind.
It is the mean of the random-effects model: Paule and Mandel's variance between data sets, Hartung
and Knapp's standard error, t with k − 1 degrees of freedom. It needs {FEWEST_SETS} data sets with
a gap and its standard error. *SD of gaps* is that of the true gap between data sets."""


def across_sets(family: pd.DataFrame, *, higher: bool = True) -> list[Block]:
    """Mean gaps and ranks across data sets; nothing of a single one.

    Args:
        family: As ``analysis.across.across`` takes it.
        higher: Whether a higher score is better.
    """
    if family["dataset"].nunique() < 2:
        return []
    table = across(family)
    return [
        Heading("Across data sets"),
        Prose(MODEL),
        Table(table, table_columns(table, higher=higher)),
        Prose(ranked(friedman(family))),
        Prose(signed_ranks(table)),
    ]


def across_tables(view: View) -> list[Block]:
    """The same of several tables of the user's own."""
    return across_sets(view.headline, higher=view.higher) if view.several else []


def table_columns(table: pd.DataFrame, *, higher: bool) -> list[TableColumn]:
    """Return the columns of the table; those of the mean only where one was made."""
    made = table["estimate"].notna().any()
    mean = [
        columns.GAP_95,
        TableColumn("SD of gaps", ("tau",), number),
        columns.P_DIFFERENCE_HOLM,
        columns.P_EQUIVALENT_HOLM,
        columns.MARKED_VERDICT,
    ]
    rank = [
        TableColumn("mean rank", ("rank",), partial(number, decimals=2)),
        TableColumn("p, signed ranks (Holm)", ("p_rank_holm",), probability),
    ]
    counts = [TableColumn(word) for word in ("better", "worse", "equivalent", "undecided")]
    gap = TableColumn("gap", operands(higher=higher), subtraction, words=True, pinned=True)
    return [
        gap,
        TableColumn("data sets", ("splits",)),
        *counts,
        *(mean if made else []),
        *(rank if table["rank"].notna().any() else []),
    ]


MOST_RANKED = 10  # names in a sentence


def ranked(test: Friedman) -> str:
    """Return mean ranks and Friedman's test, or why there are none."""
    if test.sets < FEWEST_SETS:
        few = f"Ranks need {count(FEWEST_SETS, 'data set')} that have every method"
        return f"{few}; there are {test.sets}."
    ranks = [f"{activation_name(name)} {number(rank, 2)}" for name, rank in test.ranks.items()]
    told = first_of(ranks, MOST_RANKED)
    text = f"Mean ranks over {count(test.sets, 'data set')}, 1 is best: {told}."
    if test.left_out:
        left = joined(map(dataset_name, test.left_out[:MOST_RANKED]))
        left += ", ..." if len(test.left_out) > MOST_RANKED else ""
        text += f" Left out for a missing method: {count(len(test.left_out), 'data set')} ({left})."
    if test.p == test.p:
        text += f" Friedman's test that all methods rank alike: p {equals(test.p)}."
    return text


def signed_ranks(table: pd.DataFrame) -> str:
    """Return what Wilcoxon's test needs, and what it assumes."""
    needed, most = fewest_sets(len(table)), int(table["sets"].max())
    text = (
        f"Wilcoxon's signed-rank test on the gaps, with Holm's correction for "
        f"{count(len(table), 'comparison')}, can't reach p ≤ .05 with fewer than "
        f"{count(needed, 'data set')}. "
    )
    if most < needed:
        return f"{text}There are {most}, so it is not made."
    return f"{text}It assumes gaps that are distributed symmetrically."
