"""``check``: the verdicts on the terminal, as a table and in the words of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

from bench.analysis.claims import PAPER_CLAIMS
from bench.analysis.claim_verdicts import WANTING
from bench.cli.terminal import say
from bench.reporting.inline import plain
from bench.reporting.sections.claims import exact, reproduced
from bench.reporting.sections.comparison import adapts
from bench.reporting.view import View

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_IN_WORDS = {"figure": reproduced, "exact": exact, "comparison": adapts}
WORDS = ("dataset", "activation", "protocol", "metric")  # no numbers, even if they look like some
NUMBERS = ("claimed", "seeds", "median", "p")


def print_verdicts(results: Path, claims: Path | None) -> pd.DataFrame:
    """Prints one line a claim, then what each kind of claim comes to; returns the table."""
    verdicts = View.of(results, claims or PAPER_CLAIMS).verdicts
    columns = [*WORDS, *NUMBERS, "place", "verdict"]
    table = verdicts[columns].astype(object)
    rows = table.where(table.notna(), "").to_numpy().tolist()
    words = [place for place, name in enumerate(columns) if name not in NUMBERS]
    say(tabulate(rows, headers=columns, disable_numparse=words))
    for kind, in_words in _IN_WORDS.items():
        claimed = verdicts[verdicts["kind"] == kind]
        if len(claimed):
            say(f"\n{plain(in_words(claimed))}")
    return verdicts


def wanting(verdicts: pd.DataFrame) -> int:
    """Counts claims that the trials speak against; *cannot tell* is not among them."""
    return int(verdicts["verdict"].isin(WANTING).sum())
