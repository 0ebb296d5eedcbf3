"""Anybody's scores: which method is better, what is missing, what was assumed."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from bench.analysis.across import OUTCOMES, across, sides
from bench.analysis.judging import NEW_TABLES, REPEATS, Asked
from bench.analysis.verdicts import measured
from bench.reporting import columns
from bench.reporting.columns import TableColumn, dagger, or_dash
from bench.reporting.document import Block, Bullets, Heading, Picture, Prose, Table, folded
from bench.reporting.inline import code, literal
from bench.reporting.names import activation_name, dataset_name
from bench.reporting.sections import comparison
from bench.reporting.view import View
from bench.reporting.wording import DAGGER, FEW, count, gap, joined, named

MOST_TOLD = 12  # sentences in a list
MOST_DRAWN = 90  # comparisons in a figure
"""More than that, and the figure shows the mean gaps across data sets alone."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A judged family.

    Attributes:
        family: As ``headline.headline`` or ``judging.compared`` returns it.
        facts: What provenance.json says: command, versions, file.
        asked: What was asked of a table of scores.
        cells: Trials, mean and spread by data set and method, of a table of scores.
        view: The results folder; None: a table of scores.
    """

    family: pd.DataFrame
    facts: Mapping[str, Any]
    asked: Asked = field(default_factory=Asked)
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    view: View | None = None

    @property
    def higher(self) -> bool:
        """Whether a higher score is better."""
        return self.view.higher if self.view else self.asked.higher


def answer(judged: Judged) -> list[Block]:
    """Title, verdicts, forest plot, and what was judged."""
    view = judged.view
    own = comparison.comparison_answer(view) if view else []
    told = own or [Bullets(verdicts(judged)), *picture(judged)]
    return [Heading(title(judged.family), 1), *told, Prose(subject(judged), "What was judged?")]


def title(family: pd.DataFrame) -> str:
    """Return the question: Are net and forest better than svm?"""
    methods, references = (
        named(family[side].unique().tolist(), "method") for side in ("method", "reference")
    )
    verb = "Is" if family["method"].nunique() == 1 else "Are"
    return f"{verb} {methods} better than {references}?"


def verdicts(judged: Judged) -> list[str]:
    """Return a sentence on each method: its verdicts by data set, and the mean gap across them."""
    family, told = judged.family, []
    for row in across(family).to_dict("records"):
        mine = (family["method"] == row["method"]) & (family["reference"] == row["reference"])
        text = joined(_outcomes(family[mine]))
        if pd.notna(row["estimate"]):
            mean = f"Mean gap over {row['splits']} data sets: {gap(row)}, **{_marked(row)}**"
            text = f"{text}. {mean}"
        names = activation_name(row["method"]), activation_name(row["reference"])
        told.append(f"**{names[0]}** against {names[1]}: {text}.")
    if len(told) > MOST_TOLD:
        told[MOST_TOLD - 1 :] = [f"{len(told) - MOST_TOLD + 1} more methods: see the tables."]
    return told


def _marked(row: Mapping[Hashable, Any] | pd.Series) -> str:
    return f"{row['verdict']}{dagger(row['capped'])}"


def _outcomes(mine: pd.DataFrame) -> list[str]:
    """Return the verdicts on one method: better on 2 of 3 data sets (a and b)."""
    if len(mine) == 1:
        row = mine.iloc[0]
        why = f" ({row['reason']})" if row["reason"] else f", gap {gap(row)}"
        return [f"**{_marked(row)}** on {dataset_name(row['dataset'])}{why}"]
    parts: list[str] = []
    for word in OUTCOMES:
        sets = mine.loc[mine["verdict"] == word, "dataset"]
        if len(sets):
            of = f" of {count(len(mine), 'data set')}" if not parts else ""
            some = f" ({named(sets.to_list(), 'data set')})" if len(mine) <= FEW else ""
            mark = DAGGER if mine.loc[sets.index, "capped"].any() else ""
            parts.append(f"{word}{mark} on {len(sets)}{of}{some}")
    return parts


MEAN = "mean over data sets"


def picture(judged: Judged) -> list[Picture]:
    """The forest plot; none where nothing was measured.

    A panel is a data set, or where there are more data sets than methods, a method; then the mean
    over data sets stands below them. Of very many comparisons the means alone are drawn.
    """
    shown, by = measured(judged.family), "dataset"
    means = across(judged.family).assign(dataset=MEAN)
    means = means[means["estimate"].notna()].assign(metric=judged.family["metric"].iloc[0])
    if len(means) and len(shown) > MOST_DRAWN:
        shown = means
    elif shown["dataset"].nunique() > shown[sides(judged.family)[0]].nunique():
        shown, by = pd.concat([shown, means]) if len(means) else shown, "comparison"
    if shown.empty:
        return []
    side = ", method minus reference" if judged.higher else ", reference minus method"
    return [comparison.picture(shown, by, side=side, higher=judged.higher)]


def subject(judged: Judged) -> str:
    """Return what was judged: file, counts, score, reference, missing trials."""
    file = code(judged.facts["judge"]["file"])
    if judged.view:
        return f"The headline of the results folder {file}, by its own trials and rows."
    asked, cells = judged.asked, judged.cells
    better = "higher" if asked.higher else "lower"
    metric = "" if asked.metric == "score" else f"The score is {literal(asked.metric)}. "
    return (
        f"{file}: {count(int(cells['trials'].sum()), 'score')} of "
        f"{count(cells['method'].nunique(), 'method')} on "
        f"{count(cells['dataset'].nunique(), 'data set')}. {metric}A {better} score is "
        f"better. The reference is {activation_name(asked.reference)}. {missing(cells)}"
    )


def missing(cells: pd.DataFrame) -> str:
    """Return how many trials are missing."""
    lost, expected = int(cells["missing"].sum()), int((cells["missing"] + cells["trials"]).sum())
    if not lost:
        return "No trial is missing."
    empty = int((cells["trials"] == 0).sum())
    none = f"; {count(empty, 'cell')} of data set and method have none" if empty else ""
    return f"{lost:,} of {count(expected, 'trial')} are missing{none}."


def comparisons(judged: Judged) -> list[Block]:
    """The tested family: numbers, what would decide the open ones."""
    family = judged.family
    if judged.view:
        return comparison.comparison(judged.view)
    undecided = family[family["verdict"] == "undecided"].to_dict("records")
    told = [comparison.would_decide(row) for row in undecided[:MOST_TOLD]]
    if len(undecided) > MOST_TOLD:
        told.append(f"{len(undecided) - MOST_TOLD} more are undecided.")
    rowwise = (family["population"] == NEW_TABLES).any()
    return [
        Heading("The comparison"),
        Prose(GAP.format(gap=HIGHER if judged.higher else LOWER)),
        Prose(margins(family)),
        folded("The comparisons", Table(family, table_columns(family))),
        Prose(ROWLESS if rowwise else ""),
        Bullets(told),
    ]


HIGHER = "the method's mean score minus the reference's"
LOWER = "the reference's mean score minus the method's, so that above zero the method is better"
GAP = f"All comparisons are one family. The gap is {{gap}}. {comparison.TESTS}"
ROWLESS = """
‡: without results by row. What the splits share is estimated from their spread alone, by random
effects with Satterthwaite's degrees of freedom."""


NO_MARGIN = """
No margin: the scores are no shares between 0 and 1, and none was given by `--margin`, so no
comparison can be *equivalent*."""


def margins(family: pd.DataFrame) -> str:
    """Return which margins there are; none is assumed of scores that are no shares."""
    known = family["margin"].dropna()
    if known.empty:
        return NO_MARGIN
    low, high = known.min(), known.max()
    return f"Margin: {low:g}." if low == high else f"Margins: {low:g} to {high:g}, by data set."


def _about(population: str) -> str:
    return f"{population} ‡" if population == NEW_TABLES else population


def table_columns(family: pd.DataFrame) -> list[TableColumn]:
    """Return the columns of the table; those of reasons and gaps only where there are any."""
    heading = "trials" if (family["design"] == REPEATS).all() else "splits × seeds"
    optional = TableColumn("missing"), TableColumn("why", ("reason",), or_dash, words=True)
    return [
        columns.DATASET,
        columns.METHOD,
        TableColumn(heading, ("splits", "seeds", "design"), comparison.size),
        *columns.GAP_AND_P,
        TableColumn("about", ("population",), _about, words=True),
        *(one for one in optional if family[one.first].astype(bool).any()),
        columns.MARKED_VERDICT,
    ]
