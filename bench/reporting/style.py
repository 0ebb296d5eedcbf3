"""How every figure looks: colours, markers, sizes, and bytes that repeat."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec

import matplotlib.style
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from bench.reporting.output import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from matplotlib.axes import Axes

WIDTH = 10.0  # inches: 1,500 pixels, so that a page of 1,000 shows the 10 pt text at 14 pixels
DPI = 150

_STYLE = {
    "figure.dpi": DPI,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}


P = ParamSpec("P")


class Look(NamedTuple):
    """What tells one series from another, without colour too."""

    color: str
    marker: str
    linestyle: Any

    def line(self) -> dict[str, Any]:
        """Arguments of a line that markers keep apart from another where they cross."""
        return {
            "color": self.color,
            "linestyle": self.linestyle,
            "marker": self.marker,
            "markersize": 4,
        }


# Okabe & Ito 2008, "Color Universal Design": eight colours that colour-blind readers tell apart.
# Yellow stands last, since thin yellow lines fade on white.
LOOKS = (
    Look("#D55E00", "o", "-"),
    Look("#0072B2", "s", "--"),
    Look("#009E73", "^", "-."),
    Look("#CC79A7", "D", ":"),
    Look("#000000", "v", (0, (5, 1))),
    Look("#56B4E9", "P", (0, (3, 1, 1, 1))),
    Look("#E69F00", "X", (0, (1, 1))),
    Look("#F0E442", "*", (0, (7, 2))),
)
TRAIN, VALIDATION = LOOKS[1], LOOKS[0]
GREY = "#888888"


def looks(names: Sequence[str]) -> dict[str, Look]:
    """One look per name, by position; the ninth has the first one's colour, but not its shapes."""
    return {name: _look(*divmod(i, len(LOOKS))) for i, name in enumerate(names)}


def _look(turn: int, place: int) -> Look:
    shapes = LOOKS[(place + turn) % len(LOOKS)]
    return shapes._replace(color=LOOKS[place].color)


def context() -> AbstractContextManager[None]:
    """The suite's settings on matplotlib's defaults, whatever the user's own matplotlibrc says."""
    return matplotlib.style.context(["default", _STYLE])


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Lets a function that makes a figure make it in the suite's style."""

    @functools.wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with context():
            return draw(*args, **kwargs)

    return wrapper


def save(figure: Figure, path: Path) -> Path:
    """Writes a PNG that holds no version and no date: the same figure has the same bytes."""
    content = io.BytesIO()
    with context():
        figure.savefig(content, format="png", metadata={"Software": None})
    return write_bytes(path, content.getvalue())


def panels(rows: int, columns: int, *, height: float, **options: Any) -> tuple[Figure, Any]:
    """A figure with a grid of axes.

    Args:
        rows: Rows of panels.
        columns: Columns of panels.
        height: Inches per row, titles included.
        **options: Go to ``Figure.subplots``.

    Returns:
        The figure, and an object array of axes of shape (rows, columns).
    """
    figure = Figure(figsize=(WIDTH, height * rows))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def blank(axes: Axes) -> None:
    """Hides a panel that nothing falls into."""
    axes.set_axis_off()


def diagonal(axes: Axes) -> None:
    """Draws where both axes show the same value, as far as both show it."""
    low = max(axes.get_xlim()[0], axes.get_ylim()[0])
    high = min(axes.get_xlim()[1], axes.get_ylim()[1])
    if low >= high:
        return
    ends = [low, high]
    axes.plot(
        ends, ends, color=GREY, linewidth=1, linestyle=":", zorder=0, scalex=False, scaley=False
    )


def logarithmic(axes: Axes) -> None:
    """Makes both axes logarithmic, with plain numbers; few powers of ten are divided at 2 and 5."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 100 else (1,)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())
