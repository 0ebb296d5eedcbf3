"""How the cost of training many seeds grows: a table with fitted exponents, and a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.reporting.figures import Picture
from bench.reporting.style import GREY, LOOKS, logarithmic, panels, save, styled
from bench.reporting.tables import markdown
from bench.reporting.wording import number, seconds, spread

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

FILE = "scaling.png"
NOTE = (
    "What an epoch of all seeds costs the many-seeds trainer as one thing grows and the others "
    "stay. The exponent is the slope of a line through the logarithms: 1 where twice as much costs "
    "twice the time, 0 where more is free, −1 where twice the workers take half of it. A small "
    "load is mostly overhead, so the last step, from the largest size but one, tells more of large "
    "ones."
)


def scaling_table(growth: pd.DataFrame) -> str:
    """One row per axis, as ``exponents`` has them."""
    ends = growth[["smallest", "largest"]].itertuples(index=False)
    times = growth[["seconds_smallest", "seconds_largest"]].itertuples(index=False)
    fitted = zip(growth["exponent"], growth["low"], growth["high"], strict=True)
    table = pd.DataFrame(
        {
            "grows": list(growth["axis"]),
            "from ... to": [f"{low:,.0f} to {high:,.0f}" for low, high in ends],
            "epoch of all seeds": [f"{seconds(a)} to {seconds(b)}" for a, b in times],
            "exponent [95 %]": [spread(*row, 2) for row in fitted],
            "last step": [number(last, 2) for last in growth["last"]],
        }
    )
    return markdown(table, ["grows"])


@styled
def scaling_plot(points: pd.DataFrame, growth: pd.DataFrame) -> Figure:
    """Cost against size on logarithmic axes, one panel per axis, with the fitted line.

    Args:
        points: As ``growth.scaling_frame`` has them.
        growth: Their ``exponents``.
    """
    figure, axes = panels(1, len(growth), height=3.2, sharey=True)
    for panel, row in zip(axes[0], growth.to_dict("records"), strict=True):
        mine = points[points["axis"] == row["axis"]].sort_values("size")
        sizes = mine["size"].to_numpy(float)
        panel.plot(sizes, mine["median_seconds"], **{**LOOKS[0].line(), "linestyle": "none"})
        panel.plot(sizes, row["constant"] * sizes ** row["exponent"], color=GREY, linestyle="--")
        logarithmic(panel)
        panel.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
        panel.set_title(f"{row['axis']}: exponent {number(row['exponent'], 2)}")
        panel.set_xlabel(row["axis"])
    axes[0][0].set_ylabel("seconds per epoch of all seeds")
    figure.suptitle("What training many seeds costs")
    return figure


def picture(points: pd.DataFrame, growth: pd.DataFrame, folder: Path) -> Picture:
    """Draws the figure into the folder of figures."""
    save(scaling_plot(points, growth), folder / FILE)
    names = ", ".join(growth["axis"])
    return Picture(
        FILE,
        f"Seconds per epoch of all seeds against {names}, each with its fitted line",
        "Both axes are logarithmic; dashed: the fitted power of the size.",
    )
