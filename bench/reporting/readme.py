"""Render the README's tables from results, each between two markers; a test holds them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from bench.analysis.timings import timing_frame
from bench.claims_file import load_claims
from bench.data import title
from bench.exports.reading import Results, load
from bench.reporting.columns import BY, TableColumn
from bench.reporting.document import Block, Prose, Table
from bench.reporting.markdown import render
from bench.reporting.names import ADAACT
from bench.reporting.output import filled, write_text
from bench.reporting.sections.adaact import QUESTION as WHAT
from bench.reporting.sections.adaact import fold
from bench.reporting.sections.comparison import verdict_sentence
from bench.reporting.sections.published import (
    REAL,
    TYPICAL,
    published_values,
    real,
    typical,
    value_table,
)
from bench.reporting.sections.times import MEDIAN, MISSING, RATIO, with_reference
from bench.reporting.sections.tuning import tuning_answer
from bench.reporting.view import View


def verdict(results: Results) -> str:
    """Return the answer to the first question, as Markdown."""
    return render([Prose(verdict_sentence(View(results, load_claims().claims).headline))])


def answers(results: Results) -> str:
    """Return the answers to the other questions and the published values, as Markdown."""
    view = View(results, load_claims().claims)
    values = published_values(view)
    return render(
        [
            *tuning_answer(view),
            Prose(real(values), REAL),
            Prose(typical(values), TYPICAL),
            Prose(fold(view.networks[view.networks["activation"] == ADAACT]), WHAT),
            value_table(values),
        ]
    )


def peers(results: Results) -> str:
    """Return the rank order of the trainers, as Markdown."""
    return render(ranking(timing_frame(results.timing)))


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


PARTS: dict[str, Callable[[Results], str]] = {
    "verdict": verdict,
    "answers": answers,
    "peers": peers,
}
"""Name between the markers -> what stands there."""


def current(readme: Path, results_dir: Path) -> bool:
    """Whether the README's tables are the ones that these results give.

    Raises:
        UserError: The README lacks a marker, or the results can't be read.
    """
    return readme.read_text(encoding="utf-8") == _made_again(readme, results_dir)


def update(readme: Path, results_dir: Path) -> None:
    """Writes the tables that these results give into the README.

    Raises:
        UserError: As ``current``.
    """
    write_text(readme, _made_again(readme, results_dir))


def _made_again(readme: Path, results_dir: Path) -> str:
    results = load(results_dir)
    return filled(readme, {name: make(results) for name, make in PARTS.items()})
