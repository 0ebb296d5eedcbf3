"""How much accuracy does early stopping on the test set add?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.columns import ACTIVATION, DATASET, IN_ROWS, TableColumn, of_asked, with_asked
from bench.reporting.document import Block, Bullets, Heading, Prose, Table, folded
from bench.reporting.names import ADAACT, dataset_name
from bench.reporting.sections.comparison import unmeasured
from bench.reporting.wording import count, in_rows, signed_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def selection_bias_answer(view: View) -> list[Block]:
    """Return Adaact's, one sentence a data set."""
    if not view.of_adaact:
        return []
    mine = view.selection_bias[view.selection_bias["activation"] == ADAACT]
    return [
        Prose(
            MEANING if len(mine) else unmeasured(held_out=view.held_out),
            "How much accuracy does early stopping on the test set add?",
        ),
        Bullets([mean_bias(row, view.test_rows[row["dataset"]]) for _, row in mine.iterrows()]),
    ]


def selection_bias(view: View) -> list[Block]:
    """Return the selection bias of every activation."""
    if view.selection_bias.empty or view.foreign:
        return []
    table = bias_table(view.selection_bias, view.asked)
    return [
        Heading("Selection bias"),
        Prose(EXPLAINED),
        folded("Selection bias by data set and activation", table),
    ]


EXPLAINED = """
Selection bias: test accuracy with early stopping on the test set, minus test accuracy with early
stopping on validation rows, within one trial."""
MEANING = """
Adaact's test accuracy with early stopping on the test set, minus its test accuracy with early
stopping on validation rows, within one trial:"""


def bias_table(biases: pd.DataFrame, asked: Mapping[str, int]) -> Table:
    """Return one row per data set and activation, as ``analysis.selection_bias`` has them."""
    return Table(with_asked(biases, asked), COLUMNS)


COLUMNS = (
    DATASET,
    ACTIVATION,
    TableColumn("trials", ("pairs", "asked"), of_asked),
    TableColumn("mean bias [95 %]", ("leak", "low", "high"), signed_spread),
    IN_ROWS,
    TableColumn(
        "higher / equal / lower",
        ("higher", "equal", "lower"),
        lambda *counts: " / ".join(map(str, counts)),
    ),
)


def mean_bias(row: pd.Series, rows: int) -> str:
    """Return what early stopping on the test set adds to Adaact's accuracy on one data set.

    Args:
        row: Of ``analysis.selection_bias``.
        rows: Test rows.
    """
    return (
        f"{dataset_name(row['dataset'])}: {signed_spread(row['leak'], row['low'], row['high'])} on "
        f"average, {in_rows(row['leak'], rows)}; higher in {row['higher']}, equal in "
        f"{row['equal']} and lower in {row['lower']} of {count(int(row['pairs']), 'trial')}."
    )
