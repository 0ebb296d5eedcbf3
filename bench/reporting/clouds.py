"""Figures in which every seed is a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.reporting.curves import UNITS, bands, validation_name
from bench.reporting.names import activation_title
from bench.reporting.style import LOOKS, Look, diagonal, logarithmic, looks, panels, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS = 80  # across a panel: wide enough to see one, narrow enough to part two test rows
_TALL = 0.66  # of a row's height, for the bin with the most seeds
_BASE = 0.36  # below a row's middle, where its bars stand


def bars(values: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres and heights of a histogram's bars, the tallest of height 1.

    Args:
        values: Shape (n,); those outside the edges count nowhere.
        edges: Evenly spaced, shape (bins + 1,).

    Returns:
        Two arrays of shape (bars,), one entry per bin that holds a value. A bin that holds one
        score alone, if many times, has its bar on that score.
    """
    values = values[(edges[0] <= values) & (values <= edges[-1])]
    bins = np.digitize(values, edges[1:-1])
    taken, counts = np.unique(bins, return_counts=True)
    members = [np.unique(values[bins == b]) for b in taken]
    middles = (edges[:-1] + edges[1:])[taken] / 2
    centres = [m[0] if len(m) == 1 else middle for m, middle in zip(members, middles, strict=True)]
    return np.array(centres), counts / max(counts, default=1)


@styled
def distribution(trials: pd.DataFrame, published: Mapping[str, float], title: str) -> Figure:
    """Test accuracy over seeds, one row per activation, with median and published figure.

    A mark for every score that a seed has, a bar for how many have it. Where a few seeds lie far
    from the rest, a second panel shows the rest by itself.

    Args:
        trials: trials.csv of one data set and protocol, numbers only.
        published: Published test accuracy by activation; may be empty.
        title: Data set and protocol as readers know them.

    Returns:
        The figure.
    """
    names = list(trials["activation"].unique())
    values = trials["test_accuracy"].to_numpy(float)
    limits = spans(np.concatenate([values, list(published.values())]))
    figure, axes = panels(1, len(limits), height=1.6 + 0.62 * len(names), sharey=True)
    for panel, (low, high) in zip(axes[0], limits, strict=True):
        for row, (name, look) in enumerate(looks(names).items()):
            mine = values[trials["activation"].to_numpy() == name]
            _row(panel, mine, row, look, np.linspace(low, high, BINS + 1))
            if name in published:
                _line(panel, published[name], row, "published figure", LOOKS[6], (0, (2, 1)))
        panel.set_xlim(low, high)
        panel.set_xlabel("test accuracy (share of rows)")
        if len(limits) > 1:
            panel.set_title("all seeds" if (low, high) == limits[0] else "where most seeds lie")
    axes[0][0].set_yticks(range(len(names)), [activation_title(name) for name in names])
    axes[0][0].set_ylim(len(names) - 0.4, -0.5)
    figure.suptitle(f"{title}: test accuracy of every seed")
    handles, labels = axes[0][0].get_legend_handles_labels()
    unique = dict(zip(labels, handles, strict=True))
    figure.legend(unique.values(), unique.keys(), loc="outside lower center", ncols=3)
    return figure


def spans(values: np.ndarray) -> list[tuple[float, float]]:
    """Limits of the panels: all values, and the bulk where it fills less than a quarter of them."""
    low, high = float(values.min()), float(values.max())
    inner = float(np.quantile(values, 0.1))
    spans = [(low, high)]
    if high - inner < (high - low) / 4:
        spans.append((inner, high))
    return [(a - max(0.05 * (b - a), 0.002), b + max(0.05 * (b - a), 0.002)) for a, b in spans]


def _row(panel: Axes, values: np.ndarray, row: int, look: Look, edges: np.ndarray) -> None:
    """One activation: bars upwards from a line of marks, and the median."""
    centres, heights = bars(values, edges)
    panel.bar(
        centres,
        -_TALL * heights,
        edges[1] - edges[0],
        bottom=row + _BASE,
        color=look.color,
        alpha=0.4,
    )
    seen = np.unique(values)
    panel.scatter(
        seen,
        np.full(len(seen), row + _BASE),
        s=26,
        marker=look.marker,
        color=look.color,
        edgecolors="white",
        linewidths=0.5,
        zorder=3,
    )
    _line(panel, float(np.median(values)), row, "median", LOOKS[4], "-")


def _line(panel: Axes, value: float, row: int, label: str, look: Look, style: Any) -> None:
    panel.plot(
        [value, value],
        [row + _BASE, row + _BASE - 1.15 * _TALL],
        color=look.color,
        linestyle=style,
        linewidth=2.2,
        label=label,
    )


@styled
def train_against_test(
    histories: pd.DataFrame, trials: pd.DataFrame, title: str, protocol: str
) -> Figure:
    """Train against held-back loss and accuracy: the medians over epochs, and every seed's end.

    Args:
        histories: histories.csv.gz of one data set and protocol.
        trials: trials.csv of the same, numbers only.
        title: The data set's name as readers know it.
        protocol: Names what the upper panels' second axis is measured on.

    Returns:
        The figure: epochs above, seeds below; losses left, accuracies right.
    """
    names = list(trials["activation"].unique())
    figure, axes = panels(2, 2, height=4.0)
    for name, look in looks(names).items():
        over_epochs = histories[histories["activation"] == name]
        ends = trials[trials["activation"] == name]
        for column, metric in enumerate(("loss", "accuracy")):
            _way(axes[0][column], over_epochs, metric, look)
            axes[1][column].scatter(
                ends[f"train_{metric}"],
                ends[f"test_{metric}"],
                s=20,
                marker=look.marker,
                color=look.color,
                alpha=0.6,
                linewidths=0,
                label=activation_title(name),
            )
    second = validation_name(protocol).split(maxsplit=1)[0]
    held_back = "test" if second == "test" else f"{second} and test"
    for column, metric in enumerate((UNITS["loss"], UNITS["accuracy"])):
        _frame(axes[0][column], metric, second, "medians over seeds, one point per epoch")
        _frame(axes[1][column], metric, "test", "one point per seed, weights kept")
    figure.suptitle(f"{title}: train against {held_back}")
    handles = axes[1][0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=min(len(names), 6))
    return figure


def _way(panel: Axes, rows: pd.DataFrame, metric: str, look: Look) -> None:
    train, held_back = bands(rows, metric), bands(rows, f"val_{metric}")
    panel.plot(
        train["median"],
        held_back["median"],
        color=look.color,
        marker=look.marker,
        markersize=4,
        linewidth=0.8,
        linestyle="-",
    )


def _frame(panel: Axes, metric: str, second: str, title: str) -> None:
    panel.set_xlabel(f"train {metric}")
    panel.set_ylabel(f"{second} {metric}")
    panel.set_title(title)
    if metric.startswith("loss"):
        logarithmic(panel)
    diagonal(panel)
