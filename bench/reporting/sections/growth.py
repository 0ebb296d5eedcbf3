"""How does the cost of training many seeds grow?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.growth import exponents
from bench.reporting.columns import Column
from bench.reporting.document import Block, Picture, Prose, Table
from bench.reporting.looks import GREY, LOOKS
from bench.reporting.marks import Drawing, entitle, scatter
from bench.reporting.style import heading, logarithmic, panels, styled
from bench.reporting.wording import number, seconds, spread

if TYPE_CHECKING:
    from bench.reporting.view import View

NOTE = (
    "What an epoch of all seeds costs the many-seeds trainer as one thing grows and the others "
    "stay. The exponent is the slope of a line through the logarithms: 1 where twice as much costs "
    "twice the time, 0 where more is free, −1 where twice the workers take half of it. A small "
    "load is mostly overhead, so the last step, from the largest size but one, tells more of large "
    "ones."
)


def growth(view: View) -> list[Block]:
    """The fitted exponents and their figure; nothing where no load was measured."""
    fitted = exponents(view.scaling)
    if fitted.empty:
        return []
    return [Prose(NOTE), Table(fitted, COLUMNS), picture(view.scaling, fitted)]


COLUMNS = (
    Column("grows", ("axis",), words=True),
    Column("from ... to", ("smallest", "largest"), lambda low, high: f"{low:,.0f} to {high:,.0f}"),
    Column(
        "epoch of all seeds",
        ("seconds_smallest", "seconds_largest"),
        lambda low, high: f"{seconds(low)} to {seconds(high)}",
    ),
    Column("exponent [95 %]", ("exponent", "low", "high"), partial(spread, decimals=2)),
    Column("last step", ("last",), partial(number, decimals=2)),
)


@styled
def scaling_plot(points: pd.DataFrame, growth: pd.DataFrame) -> Drawing:
    """Cost against size on logarithmic axes, one panel per axis, with the fitted line.

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
    heading(figure, "What training many seeds costs")
    return figure


def picture(points: pd.DataFrame, growth: pd.DataFrame) -> Picture:
    """The figure of all axes."""
    names = ", ".join(growth["axis"])
    return Picture(
        "scaling.png",
        f"Seconds per epoch of all seeds against {names}, each with its fitted line",
        "Both axes are logarithmic; dashed: the fitted power of the size.",
        partial(scaling_plot, points, growth),
    )
