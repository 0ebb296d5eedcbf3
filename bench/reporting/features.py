"""The scatter matrix of a data set's features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.reporting.style import WIDTH, Look, looks, panels, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS = 24  # of a histogram in a panel of 250 pixels


@styled
def scatter_matrix(features: pd.DataFrame, classes: pd.Series, title: str) -> Figure:
    """Every feature against every other, by class, with histograms on the diagonal.

    Args:
        features: One column per feature, one row per example.
        classes: Class names, one per example.
        title: The data set's name as readers know it.

    Returns:
        The figure, square.
    """
    names = list(features.columns)
    by_class = looks(sorted(classes.unique()))
    figure, axes = panels(len(names), len(names), height=WIDTH / len(names), sharex="col")
    for i, vertical in enumerate(names):
        for j, horizontal in enumerate(names):
            for label, look in by_class.items():
                mine = features[(classes == label).to_numpy()]
                if i == j:
                    _histogram(axes[i][j], mine[vertical], features[vertical], label, look)
                else:
                    _pair(axes[i][j], mine[horizontal], mine[vertical], look)
        axes[i][0].set_ylabel(vertical)
        axes[-1][i].set_xlabel(vertical)
    figure.suptitle(f"{title}: features by class (no units; on the diagonal, number of rows)")
    handles = axes[0][0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=len(by_class))
    return figure


def _histogram(panel: Axes, mine: pd.Series, both: pd.Series, label: str, look: Look) -> None:
    edges = np.linspace(both.min(), both.max(), BINS + 1)
    panel.hist(mine, bins=edges.tolist(), color=look.color, alpha=0.55, label=label)
    panel.tick_params(labelleft=False, left=False)  # its heights are counts, its label is not


def _pair(panel: Axes, horizontal: pd.Series, vertical: pd.Series, look: Look) -> None:
    panel.scatter(
        horizontal, vertical, s=5, marker=look.marker, color=look.color, alpha=0.35, linewidths=0
    )
