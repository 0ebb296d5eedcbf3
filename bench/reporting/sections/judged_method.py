"""Anybody's scores: what is missing, what is enough, what was assumed, where it comes from."""

import pandas as pd

from bench.analysis.across import FEWEST_SETS, fewest_sets
from bench.analysis.judging import CROSSED, NESTED, NEW_TABLES, REPEATS, THESE_ROWS
from bench.analysis.verdicts import FEWEST_SPLITS
from bench.reporting.columns import DATASET, METHOD, TableColumn
from bench.reporting.document import Block, Bullets, Heading, Prose, Table
from bench.reporting.inline import code, literal
from bench.reporting.sections.judged import Judged, missing
from bench.reporting.sections.provenance import facts_table, versions
from bench.reporting.wording import count, named, number, seconds


def sizes(judged: Judged) -> list[Block]:
    """Minimum sample sizes, what is missing, and the scores of every cell."""
    if judged.view:
        return []
    family, cells = judged.family, judged.cells
    columns = CELLS if "seconds" in cells else CELLS[:-1]
    return [
        Heading("What is missing, and what is enough"),
        Prose(f"{missing(cells)} {SPLITS}"),
        minimum(family),
        Table(cells, columns, "The scores of every cell"),
    ]


SPLITS = """
A split's mean is that of the trials that are there; a split that one of the two lacks is not
counted."""
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
    frame = pd.DataFrame(rows, columns=["what", "needed", "there"])
    columns = TableColumn("what", words=True), TableColumn("needed"), TableColumn("there")
    return Table(frame, columns)


REPEATED = """
no column `split`, or one split. The trials are repeats on the same rows. Intervals are Welch's: a
seed's number pairs nothing."""
PAIRED = "methods are paired by split; each split has seeds of its own."
SHARED = """
methods are paired by split. The same seeds occur in several splits, so the two are crossed, and the
variance between seeds divided by their number is added."""
OF_TABLES = """
The splits are taken as drawn anew from one table, and the verdicts are about new tables of this
size."""
OF_ROWS = """
The verdicts are about further splits and trials on these rows only; of new data there is no claim
without splits and table sizes."""
DESIGNS = {REPEATS: REPEATED, NESTED: PAIRED, CROSSED: SHARED}
POPULATIONS = {NEW_TABLES: OF_TABLES, THESE_ROWS: OF_ROWS}


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
        "versions": literal(versions(facts)),
    }
    return [
        Heading("Provenance"),
        facts_table(rows),
        Prose("Raw values: [tables/headline.csv](tables/headline.csv)."),
    ]
