"""How does the cost of training many seeds grow?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.growth import exponents
from bench.reporting.columns import TableColumn
from bench.reporting.document import Block, Picture, Prose, Table
from bench.reporting.looks import GREY, LOOKS
from bench.reporting.marks import Drawing, entitle, scatter
from bench.reporting.style import heading, logarithmic, panels, styled
from bench.reporting.wording import number, seconds, spread

if TYPE_CHECKING:
    from bench.reporting.view import View

NOTE = (
    "Time of one epoch of all seeds with the many-seeds trainer, as one size grows and the others "
    "stay the same. The exponent is the slope of a line through the logarithms: 1 if twice the "
    "size takes twice the time, 0 if it takes the same time, −1 if it takes half. Small sizes are "
    "mostly overhead; *last step* is the slope between the two largest sizes."
)


def growth(view: View) -> list[Block]:
    """Return the fitted exponents and their figure; nothing where no size was measured."""
    fitted = exponents(view.cost_growth)
    if fitted.empty:
        return []
    return [Prose(NOTE), Table(fitted, COLUMNS), picture(view.cost_growth, fitted)]


COLUMNS = (
    TableColumn("what grows", ("axis",), words=True),
    TableColumn(
        "from ... to", ("smallest", "largest"), lambda low, high: f"{low:,.0f} to {high:,.0f}"
    ),
    TableColumn(
        "epoch of all seeds",
        ("seconds_smallest", "seconds_largest"),
        lambda low, high: f"{seconds(low)} to {seconds(high)}",
    ),
    TableColumn("exponent [95 %]", ("exponent", "low", "high"), partial(spread, decimals=2)),
    TableColumn("last step", ("last",), partial(number, decimals=2)),
)


@styled
def growth_plot(points: pd.DataFrame, growth: pd.DataFrame) -> Drawing:
    """Draw time against size on logarithmic axes, one panel per axis, with the fitted line.

    Args:
        points: As ``growth.scaling_frame`` has them.
        growth: Their ``exponents``.
    """
    figure, axes = panels(1, len(growth), height=3.2, sharey=True)
    for panel, row in zip(axes[0], growth.to_dict("records"), strict=True):
        mine = points[points["axis"] == row["axis"]].sort_values("size")
        sizes = mine["size"].to_numpy(float)
        titles = [
            f"{row['axis']} {size:,.0f}: {seconds(cost)} per epoch of all seeds"
            for size, cost in zip(sizes, mine["median_seconds"], strict=True)
        ]
        marks = pd.DataFrame({"x": sizes, "y": mine["median_seconds"], "title": titles})
        scatter(panel, marks, LOOKS[0], s=16)
        fitted = row["constant"] * sizes ** row["exponent"]
        (line,) = panel.plot(sizes, fitted, color=GREY, linestyle="--")
        entitle(line, [f"{row['axis']}: exponent {number(row['exponent'], 2)}"])
        logarithmic(panel)
        panel.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
        panel.set_title(f"{row['axis']}: exponent {number(row['exponent'], 2)}")
        panel.set_xlabel(row["axis"])
    axes[0][0].set_ylabel("seconds per epoch of all seeds")
    heading(figure, "Cost growth of the many-seeds trainer")
    return figure


def picture(points: pd.DataFrame, growth: pd.DataFrame) -> Picture:
    """Return the figure of all axes."""
    names = ", ".join(growth["axis"])
    return Picture(
        "cost-growth.png",
        f"Seconds per epoch of all seeds against {names}, each with its fitted line",
        "Both axes are logarithmic. Dashed line: the fitted power of the size.",
        partial(growth_plot, points, growth),
    )
