"""Style of every figure: sizes, fonts, axes, wrapped names, reproducible bytes."""

import functools
import io
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.reporting.marks import Drawing
from bench.reporting.output import write_bytes
from bench.reporting.series_styles import GREY

WIDTH = 10.0  # inches: 1,500 pixels, so that a page of 1,000 shows the 10 pt text at 14 pixels
DPI = 150

_STYLE = {
    "figure.dpi": DPI,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],  # the page's readers may lack the first
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
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
F = TypeVar("F", bound=Figure)


@contextmanager
def context() -> Iterator[None]:
    """Draw with the suite's settings, without the user's matplotlibrc, and in silence.

    A sign that the font lacks is drawn as a box; the report has it as text.
    """
    with matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def styled(draw: Callable[P, F]) -> Callable[P, F]:
    """Decorate a function that makes a figure, so that it has the suite's style."""

    @functools.wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> F:
        with context():
            return draw(*args, **kwargs)

    return wrapper


def save(figure: Figure, path: Path) -> Path:
    """Write a PNG without version and date, so that the same figure has the same bytes."""
    content = io.BytesIO()
    with context():
        figure.savefig(content, format="png", metadata={"Software": None})
    return write_bytes(path, content.getvalue())


def panels(rows: int, columns: int, *, height: float, **options: Any) -> tuple[Drawing, Any]:
    """Make a figure with a grid of axes.

    Args:
        rows: Rows of panels.
        columns: Columns of panels.
        height: Inches per row, titles included.
        **options: Go to ``Figure.subplots``.

    Returns:
        The figure, and an object array of axes of shape (rows, columns).
    """
    figure = Drawing(figsize=(WIDTH, height * rows))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


LETTER = 0.095  # inches: a wide letter at 11 points


def wrapped(text: str, inches: float = WIDTH - 1, letter: float = LETTER) -> str:
    """Break a text into lines of that width: between words, and within names at their signs."""
    width = max(int(inches / letter), 1)
    if len(text) <= width:
        return text
    signs = re.sub(r"(?<=[^\W\d])([._:/-])(?=\w)", "\\1\u200b ", text)
    lines = textwrap.wrap(signs, width)
    return "\n".join(lines).replace("\u200b ", "").replace("\u200b", "")


def heading(figure: Figure, text: str) -> None:
    """Write a figure's title, on several lines where it is long."""
    figure.suptitle(wrapped(text, WIDTH - 0.5, letter=0.108))  # 13 points, bold


def legend(figure: Figure, panel: Axes) -> None:
    """Put a panel's legend below all, in as many columns as its longest name leaves room for."""
    handles, labels = panel.get_legend_handles_labels()
    unique = {wrapped(label): handle for label, handle in zip(labels, handles, strict=True)}
    longest = max((len(line) for name in unique for line in name.split("\n")), default=0)
    columns = int(WIDTH / (LETTER * longest + 0.6))  # with the line beside it
    columns = max(1, min(columns, len(unique), 6))
    figure.legend(unique.values(), unique.keys(), loc="outside lower center", ncols=columns)


def note(axes: Axes, text: str, place: tuple[float, float], points: float, **options: Any) -> None:
    """Write a text that many points above a place."""
    axes.annotate(
        text, place, xytext=(0, points), textcoords="offset points", ha="center", **options
    )


def diagonal(axes: Axes) -> None:
    """Draw the line on which both axes have the same value."""
    low = max(axes.get_xlim()[0], axes.get_ylim()[0])
    high = min(axes.get_xlim()[1], axes.get_ylim()[1])
    if low >= high:
        return
    ends = [low, high]
    axes.plot(
        ends, ends, color=GREY, linewidth=1, linestyle=":", zorder=0, scalex=False, scaley=False
    )
