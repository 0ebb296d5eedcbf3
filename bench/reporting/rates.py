"""The figure of accuracy against learning rate, and against the number of rates tried."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullLocator

from bench.analysis.tuning import RATE, VALIDATION
from bench.data import title
from bench.records import LEARNING_RATE
from bench.reporting.curves import by_activation
from bench.reporting.marks import Drawing, entitle
from bench.reporting.names import activation_title
from bench.reporting.series_styles import GREY, Look, activation_looks
from bench.reporting.style import WIDTH, legend, panels, styled, wrapped
from bench.reporting.wording import count, number

ERRORS = 2  # standard errors on each side: about 95 %
LOWEST = 0.25  # of accuracy below the best that a panel shows; training has failed there


@styled
def accuracy_by_rate(
    rates: pd.DataFrame, expected: pd.DataFrame, margins: Mapping[str, float]
) -> Drawing:
    """Draw validation accuracy: a column of panels per data set, a line per activation.

    Args:
        rates: As ``analysis.tuning.by_rate`` has it; at least one row.
        expected: As ``analysis.tuning.expected`` has it.
        margins: By data set: the gap in accuracy that is too small to matter.
    """
    sets = list(rates["dataset"].unique())
    looks = activation_looks(rates["activation"].unique())
    figure, axes = panels(2, len(sets), height=3.1)
    for (above, below), name in zip(axes.T, sets, strict=True):
        own = rates[rates["dataset"] == name]
        for activation, rows in by_activation(own).items():
            _by_rate(above, rows.sort_values(RATE), activation, looks[activation], margins[name])
        _rate_axis(above, sorted(own[RATE].unique()))
        tried = expected[expected["dataset"] == name]
        for activation, rows in by_activation(tried).items():
            _by_size(below, rows.sort_values("rates"), activation, looks[activation])
        below.set_xlabel("rates tried")
        below.xaxis.set_major_locator(MaxNLocator(integer=True))
        _cut(above, own)
        _cut(below, tried)
        above.set_title(wrapped(title(str(name)), WIDTH / len(sets) - 0.4))
    for panel in axes[:, 0]:
        panel.set_ylabel("validation accuracy")
    legend(figure, axes[1][0])
    return figure


def _cut(panel: Axes, shown: pd.DataFrame) -> None:
    lowest = float(shown[VALIDATION].max()) - LOWEST
    panel.set_ylim(bottom=max(panel.get_ylim()[0], lowest))


def _rate_axis(panel: Axes, grid: list[float]) -> None:
    panel.axvline(LEARNING_RATE, color=GREY, linewidth=1, linestyle=":")
    panel.set_xscale("log")
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xticks(grid, [f"{rate:g}" for rate in grid], fontsize=9)
    panel.set_xlabel("learning rate (dotted: the default)")


def _by_rate(panel: Axes, rows: pd.DataFrame, activation: str, look: Look, margin: float) -> None:
    rate, mean = rows[RATE].to_numpy(), rows[VALIDATION].to_numpy()
    reach = ERRORS * rows["error"].fillna(0).to_numpy()
    panel.plot(rate, mean, color=look.color, linestyle=look.linestyle)
    panel.fill_between(rate, mean - reach, mean + reach, color=look.color, alpha=0.2, linewidth=0)
    faces = [look.color if near else "white" for near in mean >= mean.max() - margin]
    marks = panel.scatter(
        rate, mean, s=22, c=faces, edgecolors=look.color, marker=look.marker, zorder=3
    )
    told = (
        f"{activation_title(activation)} at {row[RATE]:g}: {number(row[VALIDATION])} in "
        f"{count(row['trials'], 'tuning trial')}, {row['diverged']} diverged"
        for row in rows.to_dict("records")
    )
    entitle(marks, told)


def _by_size(panel: Axes, rows: pd.DataFrame, activation: str, look: Look) -> None:
    name, tried, reached = activation_title(activation), rows["rates"], rows[VALIDATION]
    panel.plot(tried, reached, **look.line(), label=name)
    marks = panel.scatter(tried, reached, s=16, color=look.color, marker=look.marker)
    told = (
        f"{name}, best of {count(row['rates'], 'rate')}: {number(row[VALIDATION])}"
        for row in rows.to_dict("records")
    )
    entitle(marks, told)
