"""The README's answer table: made from results, held between two markers, checked by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.claims import load_claims
from bench.errors import UserError
from bench.exports import load
from bench.reporting import sentences, tables
from bench.reporting.markup import prose
from bench.reporting.output import write_text
from bench.reporting.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from bench.exports import Results

BEGIN = "<!-- answers:begin -->"
END = "<!-- answers:end -->"


def answers(results: Results) -> str:
    """The verdicts on the paper's figures, and what they rest on, as Markdown."""
    view = View(results, load_claims())
    kinds = view.verdicts["kind"]
    parts = [
        tables.verdict_table(view.verdicts[kinds == "figure"], view.asked),
        prose(sentences.exact(view.verdicts[kinds == "exact"])),
        prose(sentences.produced(view.study, view.trials)),
    ]
    return "\n\n".join(parts)


def current(readme: Path, results_dir: Path) -> bool:
    """Whether the README's table is the one that these results give.

    Raises:
        UserError: The README has no markers, or the results can't be read.
    """
    text = readme.read_text(encoding="utf-8")
    return text == _replaced(text, answers(load(results_dir)), readme)


def update(readme: Path, results_dir: Path) -> None:
    """Writes the table that these results give into the README.

    Raises:
        UserError: As ``current``.
    """
    text = readme.read_text(encoding="utf-8")
    write_text(readme, _replaced(text, answers(load(results_dir)), readme))


def _replaced(text: str, table: str, readme: Path) -> str:
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UserError(f"{readme}: the markers {BEGIN} and {END} are missing. Put them back.")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"
