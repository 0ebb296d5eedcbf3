"""The figure of the headline comparison: gaps with their intervals and the margin."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from bench.data import title
from bench.reporting.document import Picture
from bench.reporting.looks import GREY, activation_looks
from bench.reporting.marks import Drawing, entitle, scatter
from bench.reporting.names import activation_title
from bench.reporting.style import heading, legend, panels, styled, wrapped
from bench.reporting.wording import signed_spread

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

WHAT = "Adaact's test accuracy minus the other activation's, on held-out data"


def gap_pictures(headline: pd.DataFrame) -> list[Picture]:
    """Return the picture of the headline comparison; none where nothing was measured."""
    measured = headline.dropna(subset=["estimate"])
    if measured.empty:
        return []
    alt = f"{WHAT}, by data set, with 95 % intervals and the margin"
    caption = (
        "A gap left of 0 means that Adaact scores lower. Grey: gaps within the margin, which make "
        "no practical difference."
    )
    return [Picture("gaps.png", alt, caption, partial(gap_figure, measured))]


@styled
def gap_figure(headline: pd.DataFrame) -> Drawing:
    """Draw the gap to each activation with its interval, one panel per data set.

    Args:
        headline: Measured rows of ``analysis.headline``.

    Returns:
        The figure; every panel has a scale of its own.
    """
    datasets = headline["dataset"].unique()
    names = [str(name) for name in headline["baseline"].unique()]
    labels = [wrapped(activation_title(name), 2.5) for name in names]
    lines = sum(label.count("\n") + 1 for label in labels)
    figure, axes = panels(1, len(datasets), height=1.7 + 0.36 * lines, sharey=True)
    for panel, dataset in zip(axes[0], datasets, strict=True):
        _panel(panel, headline[headline["dataset"] == dataset], names)
        panel.set_title(title(str(dataset)))
        panel.set_xlabel("gap in test accuracy [95 %]")
    axes[0][0].set_yticks(range(len(names)), labels)
    axes[0][0].set_ylim(len(names) - 0.5, -0.5)
    heading(figure, WHAT)
    legend(figure, *axes[0][0].get_legend_handles_labels())
    return figure


def _panel(panel: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    margin = float(rows["margin"].iloc[0])
    panel.axvspan(-margin, margin, color=GREY, alpha=0.25, linewidth=0, label="within the margin")
    panel.axvline(0, color=GREY, linewidth=1)
    looks = activation_looks(names)
    for row in rows.to_dict("records"):
        name, gap = str(row["baseline"]), signed_spread(row["estimate"], row["low"], row["high"])
        told = f"{title(str(row['dataset']))}, Adaact minus {activation_title(name)}: {gap}"
        place = rows.iloc[:1].assign(x=row["estimate"], y=names.index(name), title=told)
        if math.isfinite(row["low"]):
            line = panel.hlines(place["y"], row["low"], row["high"], looks[name].color)
            entitle(line, [told])
        scatter(panel, place, looks[name], s=40, zorder=3)
    panel.xaxis.set_major_locator(MaxNLocator(4))
