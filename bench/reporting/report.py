"""The report: from the exported files of a results folder to report.md and what it links."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.claims_file import PAPER_CLAIMS
from bench.errors import UserError, unwritable
from bench.reporting import markdown
from bench.reporting.csv_files import write_csv_files
from bench.reporting.document import Block, Picture, Report, without_empty
from bench.reporting.html import page
from bench.reporting.output import write_text
from bench.reporting.sections.across import across_tables
from bench.reporting.sections.adaact import adaact
from bench.reporting.sections.answer import answer
from bench.reporting.sections.best_fixed import best_fixed
from bench.reporting.sections.claims_in_words import claims_in_words
from bench.reporting.sections.comparison import comparison
from bench.reporting.sections.datasets import datasets
from bench.reporting.sections.drift import drift
from bench.reporting.sections.failed_training import failed_training
from bench.reporting.sections.method import method
from bench.reporting.sections.own_table import own_columns
from bench.reporting.sections.perfect_score import perfect_score
from bench.reporting.sections.provenance import provenance
from bench.reporting.sections.published import published
from bench.reporting.sections.selection_bias import selection_bias
from bench.reporting.sections.times import times
from bench.reporting.sections.tuning import tuning
from bench.reporting.style import save
from bench.reporting.summary import append_summary
from bench.reporting.view import View

SECTIONS: Sequence[Callable[[View], list[Block]]] = (
    answer,  # the first screen
    claims_in_words,
    comparison,
    across_tables,
    best_fixed,
    tuning,
    failed_training,
    published,
    perfect_score,
    selection_bias,
    adaact,
    datasets,
    drift,
    times,
    own_columns,
    method,
    provenance,
)
"""In reading order; all renderers show the same ones."""


def write_report(results_dir: Path, claims: Path = PAPER_CLAIMS, *, html: bool = False) -> Path:
    """Make claims.csv, tables, figures and report.md from the exported files.

    The same files give the same bytes. Where $GITHUB_STEP_SUMMARY is set, first screen and tables
    go there too.

    Args:
        results_dir: Results folder that holds what ``bench.exports`` wrote.
        claims: A claims file; by default the paper's.
        html: Whether to write report.html too.

    Returns:
        The path of report.md.

    Raises:
        UserError: An exported file or the claims file is missing or malformed, or the folder can't
            be written.
    """
    view = View.of(results_dir, claims)
    with writable(results_dir):
        write_csv_files(view, results_dir)
        return write_pages(report(view), results_dir, html=html)


@contextmanager
def writable(results_dir: Path) -> Iterator[None]:
    """Raise a UserError where the report can't be written, or would be elsewhere."""
    for folder in (results_dir / "figures", results_dir / "tables"):
        if folder.is_symlink():
            raise UserError(f"{folder} is a link, and leads elsewhere. Remove it.")
    try:
        yield
    except OSError as error:
        raise unwritable(results_dir, "report", error) from error


def write_pages(made: Report, results_dir: Path, *, html: bool) -> Path:
    """Write figures, report.md and, where asked, report.html; return the path of report.md."""
    draw(made.blocks, results_dir / "figures")
    path = write_text(results_dir / "report.md", markdown.page(made))
    append_summary(made, results_dir.resolve().name)
    if html:
        write_text(path.with_suffix(".html"), page.page(made.blocks))
    else:
        path.with_suffix(".html").unlink(missing_ok=True)  # it would tell of earlier trials
    return path


def draw(blocks: Iterable[Block], folder: Path) -> None:
    """Draw the pictures among the blocks into a folder."""
    for block in blocks:
        if isinstance(block, Picture):
            save(block.draw(), folder / block.file)


def report_text(results_dir: Path, claims: Path = PAPER_CLAIMS) -> str:
    """Return what ``write_report`` writes to report.md; write nothing."""
    return markdown.page(report(View.of(results_dir, claims)))


def report(view: View) -> Report:
    """Return what all renderers show."""
    first, *others = (without_empty(section(view)) for section in SECTIONS)
    return Report(first, [block for section in others for block in section])
