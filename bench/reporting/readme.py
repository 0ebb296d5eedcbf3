"""Render the README's tables from results, each between two markers; a test holds them."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from bench.claims_file import load_claims
from bench.data import title
from bench.exports.reading import Results, load
from bench.reporting.columns import BY, TableColumn
from bench.reporting.document import Block, Prose, Table
from bench.reporting.markdown import render
from bench.reporting.output import filled
from bench.reporting.sections.adaact import adaact_answer
from bench.reporting.sections.comparison import verdict_sentence
from bench.reporting.sections.published import published_answer, published_values, value_table
from bench.reporting.sections.times import MEDIAN, MISSING, RATIO, with_reference
from bench.reporting.sections.tuning import tuning_answer
from bench.reporting.view import View


def parts(results: Results) -> dict[str, str]:
    """Return the Markdown between the markers of each name."""
    view = View(results, load_claims().claims)
    values = value_table(published_values(view))
    made: dict[str, list[Block]] = {
        "verdict": [Prose(verdict_sentence(view.headline))],
        "answers": [*tuning_answer(view), *published_answer(view), *adaact_answer(view), values],
        "peers": ranking(view.timings),
    }
    return {name: render(blocks) for name, blocks in made.items()}


def ranking(timings: pd.DataFrame) -> list[Block]:
    """Return every task of paired trainers as one table, the fastest of each first.

    Args:
        timings: As ``timing_frame`` has them.
    """
    tasks = list(_tasks(with_reference(timings)))
    if not tasks:
        return [Prose(MISSING)]
    columns = [TableColumn("task", words=True), TableColumn("rank"), BY, MEDIAN, RATIO]
    return [Prose(LEAD), Table(pd.concat(tasks), columns)]


LEAD = (
    "One thread each, interleaved round by round; ratios are times over those of the reference, "
    "whose ratio is 1."
)


def _tasks(timings: pd.DataFrame) -> Iterator[pd.DataFrame]:
    trainers = timings[timings["competitor"] != timings["activation"]]
    for (dataset, operation), rows in trainers.groupby(["dataset", "operation"], sort=False):
        if rows["ratio_low"].isna().all():
            continue  # not measured in the same rounds
        ordered = rows.sort_values("median_seconds")
        task = f"{title(str(dataset))}, {operation}"
        yield ordered.assign(task=task, rank=range(1, len(ordered) + 1))


def updated(readme: Path, results_dir: Path) -> str:
    """Return the README with the tables that these results give.

    Raises:
        UserError: The README lacks a marker, or the results can't be read.
    """
    return filled(readme, parts(load(results_dir)))
