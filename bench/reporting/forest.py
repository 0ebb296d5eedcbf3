"""The forest plot: every gap of the headline with its interval, margin and verdict."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from bench.data import title
from bench.reporting.columns import dagger
from bench.reporting.marks import Drawing, entitle
from bench.reporting.names import compared_title, operands, subtraction
from bench.reporting.series_styles import GREY, LOOKS
from bench.reporting.style import WIDTH, note, panels, styled, wrapped
from bench.reporting.wording import gap, signed

ACROSS = 3  # panels side by side
COLORS = {"better": LOOKS[2].color, "worse": LOOKS[0].color, "equivalent": LOOKS[1].color}
"""Of a verdict; one without a color is drawn hollow and grey."""


APART = 0.22  # of a row, between the untuned and the tuned gap and its middle


@styled
def forest(family: pd.DataFrame, by: str = "dataset", *, higher: bool = True) -> Drawing:
    """Draw one panel per data set and one row per comparison on it, or the other way round.

    The mark is the mean gap, the line its 95 % interval, the band the margin around zero. The
    verdict stands above the mark. Every panel has its own scale.

    Args:
        family: As ``analysis.headline`` has it, the measured rows alone; at least one. A column
            ``tuned`` tells comparisons at tuned learning rates from the others: they stand below
            those, as diamonds.
        by: ``dataset`` or ``comparison``: what a panel is.
        higher: Whether a higher score is better; else a gap is the reference minus the method.
    """
    pairs = (family[side] for side in operands(higher=higher))
    family = family.assign(comparison=list(map(subtraction, *pairs)))
    (across_rows,) = {"dataset", "comparison"} - {by}
    names, places = (list(dict.fromkeys(family[each])) for each in (by, across_rows))
    across = min(ACROSS, len(names))
    down = -(-len(names) // across)
    height = 0.75 if "tuned" in family else 0.42
    figure, axes = panels(down, across, height=1.0 + height * len(places), sharey=True)
    for panel in axes.ravel()[len(names) :]:
        panel.set_axis_off()
    for panel, name in zip(axes.ravel(), names, strict=False):
        rows = family[family[by] == name]
        place = rows[across_rows].map(places.index)
        if "tuned" in rows:
            place += rows["tuned"].map({False: -APART, True: APART})
        _panel(panel, rows.to_dict("records"), place)
        panel.set_title(wrapped(title(str(name)), WIDTH / across - 0.4))
        _limits(panel, rows.to_dict("records"))
    labels = [wrapped(title(str(place)), 2.4) for place in places]
    axes[0][0].set_yticks(range(len(places)), labels)
    axes[0][0].set_ylim(len(places) - 0.4, -0.8)
    return figure


def _panel(panel: Axes, rows: Sequence[Mapping[Hashable, Any]], places: Iterable[float]) -> None:
    margin = _band(rows)
    if margin:
        panel.axvspan(-margin, margin, color=GREY, alpha=0.18, linewidth=0)
    panel.axvline(0, color=GREY, linewidth=1)
    for row, place in zip(rows, places, strict=True):
        color = COLORS.get(row["verdict"], GREY)
        (line,) = panel.plot([row["low"], row["high"]], [place, place], color=color, linewidth=2)
        face = color if row["verdict"] in COLORS else "white"
        marker = "D" if row.get("tuned") else "o"
        mark = panel.scatter(
            [row["estimate"]], [place], s=49, c=face, edgecolors=color, marker=marker, zorder=3
        )
        for artist in (line, mark):
            entitle(artist, [_told(row)])
        word = f"{row['verdict']}{dagger(row['capped'])}"
        note(panel, word, (row["estimate"], place), 6, fontsize=9)
    metric = compared_title(rows[0]["metric"])
    panel.set_xlabel(f"gap in {metric}" + (f" (band: ±{margin:g})" if margin else ""))


def _band(rows: Sequence[Mapping[Hashable, Any]]) -> float:
    """Return the largest margin of a panel; 0 without any."""
    return max((row["margin"] for row in rows if row["margin"] > 0), default=0.0)


def _limits(panel: Axes, rows: Sequence[Mapping[Hashable, Any]]) -> None:
    """Show every interval and the whole margin, with room for the verdict words."""
    ends = [value for row in rows for value in (row["low"], row["high"], row["estimate"])]
    ends = [value for value in ends if not math.isnan(value)]  # one split has no interval
    margin = _band(rows)
    low, high = min(*ends, -margin), max(*ends, margin)
    room = 0.12 * (high - low) or 0.01  # without a margin all may be 0
    panel.set_xlim(low - room, high + room)
    panel.locator_params(axis="x", nbins=5)


def _told(row: Mapping[Hashable, Any]) -> str:
    margin = f" (margin {signed(row['margin'])[1:]})" if row["margin"] > 0 else ""
    begins = "tuned, " if row.get("tuned") else ""
    return (
        f"{begins}{title(row['dataset'])}, {row['comparison'].replace('−', 'minus')}: "
        f"{gap(row)}, {row['verdict']}{dagger(row['capped'])}{margin}"
    )
