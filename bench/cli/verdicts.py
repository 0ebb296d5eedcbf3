"""``check``: the verdicts on the terminal, as a table and in the words of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from tabulate import tabulate

from bench.analysis.claims import PAPER_CLAIMS
from bench.analysis.judging import WANTING
from bench.reporting.sections.claims import exact, reproduced
from bench.reporting.sections.comparison import adapts
from bench.reporting.view import View

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_IN_WORDS = {"figure": reproduced, "exact": exact, "comparison": adapts}


def print_verdicts(results: Path, claims: Path | None) -> pd.DataFrame:
    """Prints one line a claim, then what each kind of claim comes to; returns the table."""
    verdicts = View.of(results, claims or PAPER_CLAIMS).verdicts
    columns = ["dataset", "metric", "claimed", "seeds", "median", "p", "verdict"]
    table = verdicts[columns].astype(object)
    typer.echo(tabulate(table.where(table.notna(), "").to_numpy().tolist(), headers=columns))
    for kind, in_words in _IN_WORDS.items():
        claimed = verdicts[verdicts["kind"] == kind]
        if len(claimed):
            typer.echo(f"\n{in_words(claimed)}")
    return verdicts


def wanting(verdicts: pd.DataFrame) -> int:
    """Counts claims that the trials speak against; *cannot tell* is not among them."""
    return int(verdicts["verdict"].isin(WANTING).sum())
