"""The figure of test accuracy over trials: marks, bars, medians and the published value."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bench.reporting.curves import by_activation
from bench.reporting.marks import MOST_MARKS, Drawing, entitle, scatter
from bench.reporting.names import activation_title
from bench.reporting.series_styles import MEDIAN, PUBLISHED, Look, activation_looks
from bench.reporting.style import heading, legend, panels, styled, wrapped
from bench.reporting.wording import count, number

BINS = 80  # across a panel: wide enough to see one, narrow enough to part two test rows
_TALL = 0.66  # of a row's height, for the bin with the most trials
_BASE = 0.36  # below a row's middle, where its bars stand
Range = tuple[float, float]
PANELS = ("all trials", "where most trials lie")


@styled
def distribution(trials: pd.DataFrame, published: Mapping[str, Range], title: str) -> Drawing:
    """Draw test accuracy over trials, one row per activation, with median and published value.

    A mark for every score that a trial has, a bar for how many have it. Where a few trials lie far
    from the rest, a second panel shows the rest by itself. A panel with too many scores has bars
    alone.

    Args:
        trials: trials.csv of one data set and protocol, numbers only.
        published: By activation: the values that round to the published one; may be empty.
        title: Data set and protocol as readers know them.

    Returns:
        The figure.
    """
    rows = by_activation(trials)
    values = trials["test_accuracy"].to_numpy(float)
    limits = spans(np.concatenate([values, *published.values()]))
    coarse = _edges(rows, limits[0])
    tallest = {n: bars(mine["test_accuracy"], coarse)["count"].max() for n, mine in rows.items()}
    labels = [
        f"{wrapped(activation_title(name), 3)}\nhighest bar: {tallest[name]} of {len(mine)}"
        for name, mine in rows.items()
    ]
    tall = max(0.62, *(0.2 * len(label.split("\n")) for label in labels))
    figure, axes = panels(1, len(limits), height=1.6 + tall * len(rows), sharey=True)
    for panel, span, name in zip(axes[0], limits, PANELS, strict=False):
        _panel(panel, rows, published, span, tallest)
        if len(limits) > 1:
            panel.set_title(name)
    axes[0][0].set_yticks(range(len(rows)), labels)
    axes[0][0].set_ylim(len(rows) - 0.4, -0.5)
    heading(figure, f"{title}: test accuracy of every trial")
    legend(figure, axes[0][0])
    return figure


def _panel(
    panel: Axes,
    rows: Mapping[str, pd.DataFrame],
    published: Mapping[str, Range],
    span: Range,
    tallest: Mapping[str, int],
) -> None:
    """Draw the scores within a span."""
    inside = {name: mine[mine["test_accuracy"].between(*span)] for name, mine in rows.items()}
    edges = _edges(inside, span)
    scores = sum(mine["test_accuracy"].nunique() for mine in inside.values())
    looks = activation_looks(rows)
    for row, (name, mine) in enumerate(rows.items()):
        ends = (row + _BASE, row + _BASE - 1.15 * _TALL)
        if name in published:
            _published(panel, published[name], ends, name)
        made = bars(inside[name]["test_accuracy"], edges)
        _bars(panel, made, row, name, looks[name].color, tallest[name])
        if scores <= MOST_MARKS:
            _scores(panel, inside[name], row, name, looks[name])
        median = mine["test_accuracy"].median()
        (line,) = panel.plot([median] * 2, ends, color=MEDIAN, linewidth=2.2, label="median")
        entitle(line, [_title(name, "median", number(median))])
    panel.set(xlim=span, xlabel="test accuracy (share of rows)")


def spans(values: np.ndarray) -> list[Range]:
    """Limits of the panels: all values, and the bulk where it fills less than a quarter of them."""
    low, high = float(values.min()), float(values.max())
    inner = float(np.quantile(values, 0.1))
    spans = [(low, high)]
    if high - inner < (high - low) / 4:
        spans.append((inner, high))
    return [(a - max(0.05 * (b - a), 0.002), b + max(0.05 * (b - a), 0.002)) for a, b in spans]


def bars(values: pd.Series, edges: np.ndarray) -> pd.DataFrame:
    """Return a histogram's bars, one row per bin that holds a value.

    Args:
        values: Those outside the edges count nowhere.
        edges: Evenly spaced, shape (bins + 1,).

    Returns:
        Columns count, low, high (smallest and largest value of the bin), centre, width. A bin that
        holds one score alone, if many times, has its centre on that score.
    """
    inside = values[values.between(edges[0], edges[-1])].astype(float)
    bins = np.digitize(inside, edges[1:-1])
    made = inside.groupby(bins).agg(["size", "min", "max"])
    made = made.set_axis(["count", "low", "high"], axis="columns")
    middles = ((edges[:-1] + edges[1:]) / 2)[made.index.to_numpy(int)]
    centres = np.where(made["low"] == made["high"], made["low"], middles)
    return made.assign(centre=centres, width=edges[1] - edges[0])


def _edges(rows: Mapping[str, pd.DataFrame], span: Range) -> np.ndarray:
    """Return the edges of as many bins as leave a panel no more bars than it has room for."""
    values = [mine["test_accuracy"] for mine in rows.values()]
    for bins in range(BINS, 0, -4):
        edges = np.linspace(*span, bins + 1)
        if sum(len(bars(mine, edges)) for mine in values) <= MOST_MARKS:
            break
    return edges


def _bars(panel: Axes, made: pd.DataFrame, row: int, name: str, color: str, tallest: int) -> None:
    """Draw upwards from a row's base how many trials have which score."""
    heights = -_TALL * (made["count"] / tallest)
    places = made["centre"], heights, made["width"]
    drawn = panel.bar(*places, bottom=row + _BASE, color=color, alpha=0.4)
    rows = made[["count", "low", "high"]].itertuples(index=False)
    for patch, (n, low, high) in zip(drawn, rows, strict=True):
        scores = number(low) if low == high else f"{number(low)} to {number(high)}"
        entitle(patch, [_title(name, count(int(n), "trial"), scores)])


def _scores(panel: Axes, rows: pd.DataFrame, row: int, name: str, look: Look) -> None:
    """Draw a mark for every score that occurs."""
    scores = rows.groupby("test_accuracy").agg(
        n=("seed", "size"), split=("split", "first"), seed=("seed", "first")
    )
    several = rows["split"].nunique() > 1
    titles = []
    for score, n, split, seed in scores.itertuples():
        who = f"split {split}, seed {seed}" if several else f"seed {seed}"
        titles.append(_title(name, who if n == 1 else count(int(n), "trial"), number(score)))
    marks = pd.DataFrame({"x": scores.index, "y": row + _BASE, "title": titles})
    scatter(panel, marks, look, s=26, edgecolors="white", linewidths=0.5, zorder=3)


def _title(name: str, who: str, score: str) -> str:
    return f"{activation_title(name)}, {who}: test accuracy {score}"


def _published(panel: Axes, values: Range, ends: Range, name: str) -> None:
    """Draw the interval of the values that round to the published one."""
    (low, high), (bottom, top) = values, ends
    label = "published value (all values that round to it)"
    band = Rectangle((low, bottom), high - low, top - bottom, label=label, color=PUBLISHED, lw=0.5)
    panel.add_patch(band)
    entitle(band, [_title(name, "published", f"{low:.6g} to {high:.6g}")])
