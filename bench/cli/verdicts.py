"""``check``: the verdicts as a table on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from tabulate import tabulate

from bench.analysis.claims import PAPER_CLAIMS
from bench.analysis.judging import WANTING
from bench.reporting.view import View

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def print_verdicts(results: Path, claims: Path | None) -> pd.DataFrame:
    """Prints one line a claim and returns the table."""
    verdicts = View.of(results, claims or PAPER_CLAIMS).verdicts
    columns = ["dataset", "metric", "claimed", "seeds", "median", "p", "verdict"]
    table = verdicts[columns].astype(object)
    typer.echo(tabulate(table.where(table.notna(), "").to_numpy().tolist(), headers=columns))
    return verdicts


def wanting(verdicts: pd.DataFrame) -> int:
    """Counts claims that the trials speak against; *cannot tell* is not among them."""
    return int(verdicts["verdict"].isin(WANTING).sum())
