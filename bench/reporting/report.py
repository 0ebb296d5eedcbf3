"""The report: from the exported files of a results folder to report.md and what it links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jinja2

from bench.analysis.claims import PAPER_CLAIMS
from bench.analysis.growth import exponents
from bench.errors import UserError
from bench.reporting import (
    answers,
    drifts,
    markup,
    own_table,
    provenance,
    replays,
    scaling,
    sentences,
    tables,
    timings,
)
from bench.reporting.html import page
from bench.reporting.method import method
from bench.reporting.names import ARM
from bench.reporting.output import write_csv, write_text
from bench.reporting.sections import PAPER, accuracies, fine_print, sections
from bench.reporting.summary import END_OF_FIRST_SCREEN, append_summary
from bench.reporting.view import View, cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_report(
    results_dir: Path,
    claims: Path = PAPER_CLAIMS,
    *,
    html: bool = False,
) -> Path:
    """Makes claims.csv, tables, figures and report.md again from the exported files.

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
            be written; or what the page needs is not installed.
    """
    if html:
        page.require()
    view = View.of(results_dir, claims)
    try:
        files = _write_tables(view, results_dir)
        text = render(view, results_dir / "figures", files)
        path = write_text(results_dir / "report.md", text)
        append_summary(text, results_dir.resolve().name)
        if html:
            page.write_page(view, text, results_dir)
        else:
            path.with_suffix(".html").unlink(missing_ok=True)  # it would tell of earlier trials
    except OSError as error:
        raise UserError(
            f"{results_dir}: the report cannot be written ({error}). Allow writing to the folder, "
            "free some disk space, or name another folder with --results."
        ) from error
    return path


def _write_tables(view: View, results_dir: Path) -> list[str]:
    """Writes the CSV files; returns their paths within the folder. Empty tables have no file."""
    named = {
        "claims": view.verdicts,
        "tables/scores": view.spreads,
        "tables/pairs": view.pairs,
        "tables/coefficients": view.coefficients,
        "tables/distances": view.distances,
        "tables/leak": view.leaks,
        "tables/headline": view.headline if view.held_out else view.headline[:0],
        "tables/contest": view.contest,
        "tables/timing": view.timings,
        "tables/replay": view.replay,
        "tables/drift": view.drift,
        "tables/scaling": view.scaling,
    }
    written = []
    for name, table in named.items():
        path = results_dir / f"{name}.csv"
        if table.empty:
            path.unlink(missing_ok=True)  # of an earlier study: it would contradict this one
        else:
            write_csv(path, table)
            written.append(f"{name}.csv")
    return written


def render(view: View, figures: Path, files: Sequence[str]) -> str:
    """The text of the report; draws its figures.

    Args:
        view: The study.
        figures: Where the figures go.
        files: CSV files to link, relative to the report.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("bench.reporting", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Markdown, not HTML)
    )
    for name in ("prose", "items", "nested", "numbered"):
        environment.filters[name] = getattr(markup, name)
    facts = {
        **_first_screen(view),
        **_tables(view),
        **replays.section(view),
        **drifts.section(view),
        **_growth(view, figures),
        **_fine_print(view, files),
    }
    text = environment.get_template("report.md.j2").render(
        **facts, sections=sections(view, figures), end_of_first_screen=END_OF_FIRST_SCREEN
    )
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _first_screen(view: View) -> dict[str, object]:
    kinds = {kind: view.verdicts[view.verdicts["kind"] == kind] for kind in _KINDS}
    figures = kinds["figure"]
    described = [] if view.held_out else _described(view)
    leaks = view.leaks[view.leaks["activation"] == ARM]
    unmeasured = answers.unmeasured(view.study["activations"], held_out=view.held_out)
    return {
        "produced": sentences.produced(view.study, view.trials),
        "not_measured": sentences.not_measured(view.results.provenance["not_measured"]),
        "verdicts": tables.verdict_table(figures, view.asked) if len(figures) else "",
        "exact": sentences.exact(kinds["exact"]),
        "explained": sentences.EXPLAINED if len(figures) else "",
        "adaact": ARM in view.study["activations"],
        "paper": not view.own,
        "table": own_table.described(view.results.provenance.get("table")),
        "reproduced": sentences.reproduced(figures)
        + sentences.against_held_out(figures)
        + replays.claims_replayed(figures),
        "beats": answers.beats(view.headline, kinds["comparison"], unmeasured),
        "contest": answers.contest(view.contest),
        "described_lead": answers.DESCRIBED if described else "",
        "described": described,
        "leak": answers.LEAK if len(leaks) else unmeasured,
        "leaks": [answers.leak(row, view.test_rows[row["dataset"]]) for _, row in leaks.iterrows()],
        "collapse": answers.collapse(view.scored[view.scored["activation"] == ARM]),
    }


_KINDS = ("figure", "exact", "comparison")


def _described(view: View) -> list[str]:
    """Adaact against the best fixed activation under the paper's protocol, one line a set."""
    return [
        answers.described(
            accuracies(view, name, PAPER), cell(view.pairs, name, PAPER), view.test_rows[name]
        )
        for name in view.study["datasets"]
        if len(cell(view.scored, name, PAPER))
    ]


def _tables(view: View) -> dict[str, object]:
    timed = len(view.timings) > 0
    compared = view.held_out and ARM in view.study["activations"]
    return {
        "contest_table": tables.contest_table(view.contest) if len(view.contest) else "",
        "headline": tables.headline_table(view.headline, view.asked) if compared else "",
        "leak_table": tables.leak_table(view.leaks, view.asked) if len(view.leaks) else "",
        "times": timings.timing_table(view.timings) if timed else "",
        "times_note": timings.note(view.results.timing),
        "times_missing": "" if timed else "Times are not measured.",
    }


def _growth(view: View, figures: Path) -> dict[str, object]:
    """How the trainer's cost grows; draws its figure."""
    growth = exponents(view.scaling)
    if growth.empty:
        return {"scaling": "", "scaling_note": "", "scaling_picture": None}
    return {
        "scaling": scaling.scaling_table(growth),
        "scaling_note": scaling.NOTE,
        "scaling_picture": scaling.picture(view.scaling, growth, figures),
    }


def _fine_print(view: View, files: Sequence[str]) -> dict[str, object]:
    facts = view.results.provenance
    return {
        "points": fine_print(view),
        "method": method(view.study),
        "provenance": provenance.provenance_table(facts),
        "retries": provenance.retries(facts["attempts"]),
        "failures": provenance.failures(view.trials, view.study),
        "wall": provenance.wall_times(facts["wall"]),
        "files": f"Raw values: {', '.join(f'[{name}]({name})' for name in files)}.",
    }
