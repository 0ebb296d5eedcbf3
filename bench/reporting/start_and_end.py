"""The figure of learned scalars: their final values against their initial ones."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.coefficients import coefficient_names
from bench.columns import INITIAL
from bench.data import title
from bench.reporting.marks import MOST_MARKS, Drawing, areas, grouped, scatter
from bench.reporting.series_styles import looks
from bench.reporting.style import diagonal, heading, panels, styled
from bench.reporting.wording import count, number


@styled
def start_and_end(trials: pd.DataFrame) -> Drawing:
    """Draw a row of panels per data set and a panel per scalar; dotted: unchanged by training.

    Args:
        trials: Rows of trials.csv of one activation, scored ones only, with at least one scalar.
    """
    sets = list(dict.fromkeys(trials["dataset"]))
    scalars = [name for name in coefficient_names(trials) if trials[name].notna().any()]
    figure, axes = panels(len(sets), len(scalars), height=2.5)
    for row, dataset in enumerate(sets):
        for panel, name in zip(axes[row], scalars, strict=True):
            points = _points(trials[trials["dataset"] == dataset], name)
            if points.empty:
                panel.set_axis_off()
            else:
                _panel(panel, points, name)
                panel.set_title(f"{title(str(dataset))}, {name}")
    heading(figure, "Learned scalars: final value against initial value")
    return figure


def _points(trials: pd.DataFrame, name: str) -> pd.DataFrame:
    both = trials[[f"{name}{INITIAL}", name]].set_axis(["x", "y"], axis=1)
    points = both.dropna()
    return points[np.isfinite(points[["x", "y"]].to_numpy(float)).all(axis=1)]


def _panel(panel: Axes, points: pd.DataFrame, name: str) -> None:
    marks = grouped(points)
    marks = marks.assign(area=areas(marks["count"]), title=_titles(marks, name))
    scatter(panel, marks, looks([name])[name], alpha=0.6, linewidths=0)
    panel.set(xlabel="initial", ylabel="final")
    diagonal(panel)


def _titles(marks: pd.DataFrame, name: str) -> list[str]:
    return [
        f"{name}, {count(int(n), 'trial')}: {number(x, 2)} at first, {number(y, 2)} at last"
        for x, y, n in zip(marks["x"], marks["y"], marks["count"], strict=True)
    ]


CAPTION = (
    f"Dotted: unchanged by training. More than {MOST_MARKS} trials are binned; the area of a mark "
    "is their number."
)
