"""``check``: the verdicts on the terminal, as a table and in the words of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

from bench.analysis.claim_verdicts import WANTING
from bench.claims_file import PAPER_CLAIMS
from bench.cli.terminal import say
from bench.reporting.inline import plain
from bench.reporting.sections.claims_in_words import compared
from bench.reporting.sections.published import counted, typical
from bench.reporting.view import View

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_SUMMARIES = {"figure": typical, "exact": counted, "comparison": compared}
TEXTS = ("dataset", "activation", "protocol", "metric")  # no numbers, even if they look like some
NUMBERS = ("claimed", "seeds", "median", "p")


def print_verdicts(results: Path, claims: Path | None) -> pd.DataFrame:
    """Print one line a claim and a summary of each kind of claim; return the table."""
    verdicts = View.of(results, claims or PAPER_CLAIMS).verdicts
    columns = [*TEXTS, *NUMBERS, "place", "verdict"]
    table = verdicts[columns].astype(object)
    rows = table.where(table.notna(), "").to_numpy().tolist()
    texts = [place for place, name in enumerate(columns) if name not in NUMBERS]
    say(tabulate(rows, headers=columns, disable_numparse=texts))
    for kind, summary in _SUMMARIES.items():
        claimed = verdicts[verdicts["kind"] == kind]
        if len(claimed):
            say(f"\n{plain(summary(claimed))}")
    return verdicts


def wanting(verdicts: pd.DataFrame) -> int:
    """Count the claims that trials or replay speak against; *undecided* is not among them."""
    return int(verdicts[["verdict", "reproduced"]].isin(WANTING).any(axis=1).sum())
