"""How much accuracy does early stopping on the test set add?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.columns import ACTIVATION, DATASET, IN_ROWS, Column, runs, with_asked
from bench.reporting.document import Block, Bullets, Heading, Prose, Table, folded
from bench.reporting.names import ARM, dataset_name
from bench.reporting.sections.comparison import unmeasured
from bench.reporting.wording import count, in_rows, signed_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def selection_bias_answer(view: View) -> list[Block]:
    """Adaact's, one sentence a data set."""
    if not view.of_adaact:
        return []
    mine = view.leaks[view.leaks["activation"] == ARM]
    return [
        Prose(
            LEAK if len(mine) else unmeasured(held_out=view.held_out),
            "What was it worth to let the test set choose the epoch?",
        ),
        Bullets([leak(row, view.test_rows[row["dataset"]]) for _, row in mine.iterrows()]),
    ]


def selection_bias(view: View) -> list[Block]:
    """Every activation's."""
    if view.leaks.empty or view.foreign:
        return []
    table = leak_table(view.leaks, view.asked)
    return [
        Heading("The leak"),
        Prose(EXPLAINED),
        folded("The leak by data set and activation", table),
    ]


EXPLAINED = """
Test accuracy at the epoch that the test loss chooses, minus that at the epoch that the validation
loss chooses, both within one run."""
LEAK = "Adaact's test accuracy at the epoch that the test loss chooses, minus the clean choice's:"


def leak_table(leaks: pd.DataFrame, asked: Mapping[str, int]) -> Table:
    """One row per data set and activation, as ``analysis.leak`` has them."""
    return Table(with_asked(leaks, asked), COLUMNS)


COLUMNS = (
    DATASET,
    ACTIVATION,
    Column("runs", ("pairs", "asked"), runs),
    Column("mean leak [95 %]", ("leak", "low", "high"), signed_spread),
    IN_ROWS,
    Column(
        "higher / equal / lower",
        ("higher", "equal", "lower"),
        lambda *counts: " / ".join(map(str, counts)),
    ),
)


def leak(row: pd.Series, rows: int) -> str:
    """What choosing the epoch by the test set added to Adaact's accuracy on one data set.

    Args:
        row: Of ``analysis.leak``.
        rows: Test rows.
    """
    return (
        f"{dataset_name(row['dataset'])}: {signed_spread(row['leak'], row['low'], row['high'])} on "
        f"average, {in_rows(row['leak'], rows)}; the test set's choice scores higher "
        f"in {row['higher']}, the same in {row['equal']}, lower in {row['lower']} of "
        f"{count(int(row['pairs']), 'run')}."
    )
