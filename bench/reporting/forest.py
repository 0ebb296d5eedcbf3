"""The forest plot: every gap of the headline with its interval, margin and verdict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.data import title
from bench.reporting.columns import DAGGER
from bench.reporting.looks import GREY, LOOKS
from bench.reporting.marks import Drawing, entitle
from bench.reporting.names import activation_title
from bench.reporting.style import WIDTH, blank, panels, styled, wrapped
from bench.reporting.wording import signed, signed_spread

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import Any

    import pandas as pd
    from matplotlib.axes import Axes

ACROSS = 3  # panels side by side
COLORS = {"better": LOOKS[2].color, "worse": LOOKS[0].color, "equivalent": LOOKS[1].color}
"""Of a verdict; one without a color is drawn hollow and grey."""


@styled
def forest(headline: pd.DataFrame) -> Drawing:
    """Draw one panel per data set and one row per reference.

    The mark is the mean gap, the line its 95 % interval, the band the margin around zero. The
    verdict stands above the mark. Every panel has its own scale.

    Args:
        headline: As ``analysis.headline`` has it, the measured rows alone; at least one.
    """
    sets = list(dict.fromkeys(headline["dataset"]))
    references = list(dict.fromkeys(headline["reference"]))
    across = min(ACROSS, len(sets))
    down = -(-len(sets) // across)
    figure, axes = panels(down, across, height=1.0 + 0.42 * len(references), sharey=True)
    for panel in axes.ravel()[len(sets) :]:
        blank(panel)
    for panel, name in zip(axes.ravel(), sets, strict=False):
        rows = headline[headline["dataset"] == name].to_dict("records")
        _panel(panel, rows, references)
        panel.set_title(wrapped(title(str(name)), WIDTH / across - 0.4))
        _limits(panel, rows)
    axes[0][0].set_yticks(range(len(references)), _labels(headline, references))
    axes[0][0].set_ylim(len(references) - 0.4, -0.8)
    return figure


def _labels(headline: pd.DataFrame, references: Sequence[str]) -> list[str]:
    methods = {activation_title(str(name)) for name in headline["method"]}
    method = methods.pop() if len(methods) == 1 else "method"
    return [wrapped(f"{method} − {activation_title(name)}", 2.4) for name in references]


def _panel(panel: Axes, rows: Sequence[Mapping[Hashable, Any]], references: Sequence[str]) -> None:
    margin = max(row["margin"] for row in rows)
    panel.axvspan(-margin, margin, color=GREY, alpha=0.18, linewidth=0)
    panel.axvline(0, color=GREY, linewidth=1)
    for row in rows:
        place = references.index(row["reference"])
        color = COLORS.get(row["verdict"], GREY)
        hollow = row["verdict"] not in COLORS
        (line,) = panel.plot([row["low"], row["high"]], [place, place], color=color, linewidth=2)
        face = "white" if hollow else color
        mark = panel.scatter([row["estimate"]], [place], s=49, c=face, edgecolors=color, zorder=3)
        told = _told(row)
        entitle(line, [told])
        entitle(mark, [told])
        panel.annotate(
            f"{row['verdict']}{DAGGER if row['capped'] else ''}",
            (row["estimate"], place),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    panel.set_xlabel(f"gap in {_metric(rows)} (band: ±{margin:g})")


def _metric(rows: Sequence[Mapping[Hashable, Any]]) -> str:
    return str(rows[0]["metric"]).replace("_", " ")


def _limits(panel: Axes, rows: Sequence[Mapping[Hashable, Any]]) -> None:
    """Show every interval and the whole margin, with room for the verdict words."""
    ends = [value for row in rows for value in (row["low"], row["high"], row["estimate"])]
    ends = [value for value in ends if not math.isnan(value)]  # one split has no interval
    low, high = min(*ends, -rows[0]["margin"]), max(*ends, rows[0]["margin"])
    room = 0.12 * (high - low)
    panel.set_xlim(low - room, high + room)
    panel.locator_params(axis="x", nbins=5)


def _told(row: Mapping[Hashable, Any]) -> str:
    return (
        f"{title(row['dataset'])}, {activation_title(row['method'])} minus "
        f"{activation_title(row['reference'])}: "
        f"{signed_spread(row['estimate'], row['low'], row['high'])}, {row['verdict']} "
        f"(margin {signed(row['margin'])[1:]})"
    )
