"""Anybody's scores: what is missing, what is enough, what was assumed, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.across import FEWEST_SETS, fewest_sets
from bench.analysis.judging import CROSSED, NESTED, NEW_TABLES, REPEATS, THESE_ROWS
from bench.analysis.verdicts import FEWEST_SPLITS
from bench.reporting.columns import DATASET, METHOD, TableColumn
from bench.reporting.document import Block, Bullets, Details, Heading, Prose, Table
from bench.reporting.inline import code, literal
from bench.reporting.sections.judged import missing, named
from bench.reporting.wording import count, number, seconds

if TYPE_CHECKING:
    from bench.reporting.judged import Judged


def sizes(judged: Judged) -> list[Block]:
    """Minimum sample sizes, what is missing, and the scores of every cell."""
    if judged.view:
        return []
    family, cells = judged.family, judged.cells
    return [
        Heading("What is missing, and what is enough"),
        Prose(
            f"{missing(cells)} A split's mean is that of the trials that are there; a split that "
            "one of the two lacks is not counted."
        ),
        minimum(family),
        Details(
            "The scores of every cell", Table(cells, CELLS if "seconds" in cells else CELLS[:-1])
        ),
    ]


CELLS = (
    DATASET,
    METHOD,
    TableColumn("trials", text=lambda n: f"{n:,}"),
    TableColumn("missing", text=lambda n: f"{n:,}"),
    TableColumn("mean", text=number),
    TableColumn("SD", ("sd",), number),
    TableColumn("median time", ("seconds",), seconds),
)


def minimum(family: pd.DataFrame) -> Table:
    """Return minimum sample sizes and what is there."""
    pairs, sets = family.groupby(["method", "reference"]).ngroups, family["dataset"].nunique()
    what = "trials" if (family["design"] == REPEATS).all() else "splits"
    fewest, most = family["splits"].min(), family["splits"].max()
    there = str(most) if fewest == most else f"{fewest} to {most}"
    rows = [
        (f"{what} that both methods have, for a verdict", FEWEST_SPLITS, there),
        ("data sets, for a mean gap and ranks", FEWEST_SETS, sets),
        (f"data sets, for signed ranks of {count(pairs, 'comparison')}", fewest_sets(pairs), sets),
    ]
    frame = pd.DataFrame(rows, columns=["for", "needed", "there"])
    return Table(
        frame,
        [TableColumn("what", ("for",), words=True), TableColumn("needed"), TableColumn("there")],
    )


DESIGNS = {
    REPEATS: (
        "no column `split`, or one split. The trials are repeats on the same rows. Intervals are "
        "Welch's: a seed's number pairs nothing."
    ),
    NESTED: "methods are paired by split; each split has seeds of its own.",
    CROSSED: (
        "methods are paired by split. The same seeds occur in several splits, so the two are "
        "crossed, and the variance between seeds divided by their number is added."
    ),
}
POPULATIONS = {
    NEW_TABLES: (
        "The splits are taken as drawn anew from one table, and the verdicts are about new tables "
        "of this size."
    ),
    THESE_ROWS: (
        "The verdicts are about further splits and trials on these rows only; of new data there is "
        "no claim without splits and table sizes."
    ),
}


def method(judged: Judged) -> list[Block]:
    """Return what was assumed, in the words of what the file shows."""
    asked, family = judged.asked, judged.family
    told = ["All tests are t tests: they assume that a mean gap is nearly normal."]
    if not judged.view:
        for (kind, about), group in family.groupby(["design", "population"], sort=False):
            where = named(group["dataset"].unique().tolist(), "data set")
            told.append(f"{where}: {DESIGNS[str(kind)]} {POPULATIONS[str(about)]}")
        if asked.resplit:
            told.append("`--resplit`: each seed is a split of its own, the same for all methods.")
        if family["chanceless"].any():
            told.append("A method with one seed in all splits is taken as a fit without chance.")
        if asked.test_share is not None:
            told.append(f"A split tests {asked.test_share:g} of the rows, as `--test-share` says.")
    return [Heading("Method"), Bullets(told)]


def provenance(judged: Judged) -> list[Block]:
    """Return command, file and versions."""
    facts, of_file = judged.facts, judged.facts["judge"]
    rows = {
        "command": code(facts["command"]),
        "commit": literal(facts["commit"] or "not known"),
        "file": code(of_file["file"]),
        "sha256": literal(of_file["sha256"]),
        "versions": literal(", ".join(f"{n} {v}" for n, v in facts["versions"].items())),
    }
    frame = pd.DataFrame({"what": rows.keys(), "value": rows.values()})
    words = [TableColumn("what", words=True), TableColumn("value", words=True, marked=True)]
    return [
        Heading("Provenance"),
        Table(frame, words),
        Prose("Raw values: [tables/headline.csv](tables/headline.csv)."),
    ]
