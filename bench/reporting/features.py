"""The scatter matrix of a data set's features."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.data import Dataset, title
from bench.reporting.series_styles import Look, looks
from bench.reporting.style import WIDTH, heading, legend, panels, save, styled

BINS = 24  # of a histogram in a panel of 250 pixels
MOST_FEATURES = 10  # in a row of panels; more are too small to read


def write_scatter_matrix(data: Dataset, path: Path) -> list[Path]:
    """Draw a data set of at most ``MOST_FEATURES`` features; of a larger one, nothing.

    Args:
        data: The data set.
        path: The PNG file; its folder is made where it is missing.

    Returns:
        The files written: this one or none.
    """
    return [save(scatter_matrix(data), path)] if data.x.shape[1] <= MOST_FEATURES else []


@styled
def scatter_matrix(data: Dataset) -> Figure:
    """Draw every feature against every other, by class, with histograms on the diagonal."""
    names = data.feature_names
    by_class = looks(data.class_names)
    figure, axes = panels(len(names), len(names), height=WIDTH / len(names), sharex="col")
    for i, vertical in enumerate(data.x.T):
        for j, horizontal in enumerate(data.x.T):
            for label, look in enumerate(by_class.values()):
                mine = data.y == label
                if i == j:
                    _histogram(axes[i][j], vertical, mine, data.class_names[label], look)
                else:
                    _pair(axes[i][j], horizontal[mine], vertical[mine], look)
        axes[i][0].set_ylabel(names[i])
        axes[-1][i].set_xlabel(names[i])
    name = title(data.name)
    heading(figure, f"{name}: features by class (no units; on the diagonal, number of rows)")
    legend(figure, axes[0][0])
    return figure


def _histogram(panel: Axes, values: np.ndarray, mine: np.ndarray, label: str, look: Look) -> None:
    edges = np.linspace(values.min(), values.max(), BINS + 1)
    panel.hist(values[mine], bins=edges.tolist(), color=look.color, alpha=0.55, label=label)
    panel.tick_params(labelleft=False, left=False)  # its heights are counts, its label is not


def _pair(panel: Axes, horizontal: np.ndarray, vertical: np.ndarray, look: Look) -> None:
    panel.scatter(
        horizontal, vertical, s=5, marker=look.marker, color=look.color, alpha=0.35, linewidths=0
    )
