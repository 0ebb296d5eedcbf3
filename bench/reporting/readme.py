"""The README's tables: made from results, each held between two markers, checked by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.claims import load_claims
from bench.exports import load
from bench.reporting import sentences, tables
from bench.reporting.answers import NO_RUNS, beats, collapse
from bench.reporting.markers import filled
from bench.reporting.markup import prose
from bench.reporting.names import ARM
from bench.reporting.output import write_text
from bench.reporting.peers import ranking
from bench.reporting.timings import timing_frame
from bench.reporting.view import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.exports import Results


def answers(results: Results) -> str:
    """The verdicts on the paper's figures, and what they rest on, as Markdown."""
    view = View(results, load_claims())
    kinds = view.verdicts["kind"]
    headline, claims = view.headline, view.verdicts[kinds == "comparison"]
    nets = view.scored[view.scored["activation"] == ARM]
    parts = [
        prose(f"**Does Adaact beat fixed activations?** {beats(headline, claims, NO_RUNS)}"),
        prose(f"**What is Adaact, really?** {collapse(nets)}"),
        tables.verdict_table(view.verdicts[kinds == "figure"], view.asked),
        prose(f"{sentences.EXPLAINED} {sentences.exact(view.verdicts[kinds == 'exact'])}"),
    ]
    return "\n\n".join(parts)


def peers(results: Results) -> str:
    """The rank order of the trainers, as Markdown."""
    return ranking(timing_frame(results.timing))


PARTS: dict[str, Callable[[Results], str]] = {"answers": answers, "peers": peers}
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
