"""The figure of learning curves, and the names of the learned scalars among the columns."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bench.csv_columns import of
from bench.reporting.marks import Drawing, entitle
from bench.reporting.names import activation_title
from bench.reporting.series_styles import TRAIN, VALIDATION, Look
from bench.reporting.style import LETTER, WIDTH, heading, legend, panels, styled, wrapped
from bench.reporting.wording import number

BAND = (0.1, 0.9)  # quantiles of the trials between which the band lies
ACROSS = 5  # panels side by side that stay legible on a page of 1,000 pixels
UNITS = {metric: of(metric).axis for metric in ("loss", "accuracy")}


def bands(histories: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return median and band over all trials, at every epoch.

    Trials stop at different epochs. One that stopped keeps its last value, because the few that
    train longest are not a sample of all.

    Args:
        histories: One activation's rows of histories.csv.gz: split, seed, epoch and ``column``.
        column: The column to summarise.

    Returns:
        A frame with the columns epoch, low, median, high; one row per epoch.
    """
    known = histories[["split", "seed", "epoch", column]].dropna()
    # By hand: a pivot table sorts and averages what is in order and there once.
    rows, epochs = pd.factorize(known["epoch"].to_numpy(), sort=True)
    split, seed = known["split"].to_numpy(np.int64), known["seed"].to_numpy(np.int64)
    columns, trials = pd.factorize((split << 32) + seed)  # seeds are nested in splits
    grid = np.full((len(epochs), len(trials)), np.nan)
    grid[rows, columns] = known[column].to_numpy(dtype=float)
    by_trial = pd.DataFrame(grid, pd.Index(epochs, name="epoch")).ffill()
    table = by_trial.quantile([BAND[0], 0.5, BAND[1]], axis="columns").T
    return table.set_axis(["low", "median", "high"], axis="columns").reset_index()


def by_activation(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of every activation, in the order of their first rows."""
    names = rows["activation"]
    return {str(name): rows[names == name] for name in names.unique()}


def scalar_names(columns: Sequence[str]) -> list[tuple[str, int]]:
    """Return the learned scalars among column names, as (name, layer): k0_1 gives ("k0", 1)."""
    found = [re.fullmatch(r"([A-Za-z]\w*?)_(\d+)", column) for column in columns]
    return sorted((m[1], int(m[2])) for m in found if m)


def validation_name(protocol: str) -> str:
    """Return the name of the rows that early stopping uses; the paper uses the test set."""
    return "test (used for early stopping)" if protocol == "paper" else "validation"


def two_parts(metric: str, protocol: str) -> tuple[tuple[str, str, Look], ...]:
    """Return column, name and look of a metric on the training rows, and on the others."""
    second = validation_name(protocol)
    return (metric, "train", TRAIN), (f"val_{metric}", second, VALIDATION)


@styled
def learning_curves(histories: pd.DataFrame, title: str, protocol: str) -> Drawing:
    """Accuracy and loss per epoch, train and validation, one column of panels per activation.

    Args:
        histories: histories.csv.gz of one data set and protocol.
        title: The data set's name as readers know it.
        protocol: Names the second curve.

    Returns:
        The figure; the line is the median over trials, the band BAND.
    """
    by_name = by_activation(histories)
    titles = [activation_title(name) for name in by_name]
    across = _across(titles)
    figure, axes = panels(2 * -(-len(titles) // across), across, height=2.9, sharex=True)
    for metric, above in (("accuracy", axes[0::2]), ("loss", axes[1::2])):
        limits = _limits(histories, metric)
        for panel in above.ravel()[len(titles) :]:
            panel.set_axis_off()
        for panel, name in zip(above.ravel(), by_name, strict=False):
            for column, part, look in two_parts(metric, protocol):
                band = bands(by_name[name], column)
                for mark in _curve(panel, band, part, look):
                    entitle(mark, [_title(name, part, metric, band)])
            panel.set(ylim=limits, title=wrapped(activation_title(name), WIDTH / across - 0.4))
            panel.set_xlabel("epoch")
            panel.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            panel.tick_params(labelleft=panel in above[:, 0])
        for panel in above[:, 0]:
            panel.set_ylabel(UNITS[metric])
    heading(figure, f"{title}: learning curves, median and 10th to 90th percentile")
    legend(figure, axes[0][0])
    return figure


def _limits(histories: pd.DataFrame, metric: str) -> tuple[float, float]:
    """Return the limits of a metric's axis; a few diverging trials do not set them."""
    values = histories[[metric, f"val_{metric}"]].to_numpy(float)
    low, high = np.nanquantile(values, [0.005, 0.995])
    margin = 0.04 * (high - low) or 0.01
    return low - margin, min(high + margin, 1.01) if metric == "accuracy" else high + margin


def _across(titles: Sequence[str]) -> int:
    """Return how many panels stand side by side, so that their titles have room."""
    room = int(WIDTH / (LETTER * max(map(len, titles)) + 0.4))
    return max(1, min(ACROSS, len(titles), room))


def _title(name: str, part: str, metric: str, band: pd.DataFrame) -> str:
    last = band.iloc[-1] if len(band) else pd.Series(np.nan, ["epoch", "median", "low", "high"])
    return (
        f"{activation_title(name)}, {part}: median {metric} {number(last['median'])} at epoch "
        f"{last['epoch']:.0f}, 10th to 90th percentile {number(last['low'])} to "
        f"{number(last['high'])}"
    )


def _curve(panel: Axes, band: pd.DataFrame, label: str, look: Look) -> list[Artist]:
    area = panel.fill_between(
        band["epoch"], band["low"], band["high"], color=look.color, alpha=0.22, linewidth=0
    )
    (line,) = panel.plot(
        band["epoch"], band["median"], color=look.color, linestyle=look.linestyle, label=label
    )
    return [area, line]
