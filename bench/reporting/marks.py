"""Marks with titles: what a mark stands for, in words, as a tooltip of the page."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from bench.reporting.series_styles import Look

MOST_MARKS = 300  # of a panel, in which more hide one another; then bins are drawn
FINEST = 40  # bins along an axis
SMALLEST, LARGEST = 8, 120  # square points


class Drawing(Figure):
    """A figure that knows what its marks stand for.

    Attributes:
        titles: By the id of an artist: one title for each of its marks.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what a figure takes."""
        super().__init__(*args, **kwargs)
        self.titles: dict[str, tuple[str, ...]] = {}


def entitle(artist: Artist, titles: Iterable[str]) -> None:
    """Give an artist of a ``Drawing`` one title for each of its marks."""
    figure = artist.get_figure()
    assert isinstance(figure, Drawing)
    artist.set_gid(f"marks-{len(figure.titles)}")
    figure.titles[f"marks-{len(figure.titles)}"] = tuple(titles)


def scatter(panel: Axes, rows: pd.DataFrame, look: Look, **options: Any) -> PathCollection:
    """Draw one mark for each row.

    Args:
        panel: The axes.
        rows: Columns x, y, title and, where areas differ, area.
        look: Colour and marker.
        **options: Go to ``Axes.scatter``.
    """
    if "area" in rows:
        options["s"] = rows["area"]
    made = panel.scatter(rows["x"], rows["y"], color=look.color, marker=look.marker, **options)
    entitle(made, rows["title"])
    return made


def grouped(points: pd.DataFrame) -> pd.DataFrame:
    """Return points as they are, or where they are too many for a panel, one row per bin.

    Args:
        points: Finite numbers in x and y.

    Returns:
        Columns x and y (means of a bin) and count.
    """
    if len(points) <= MOST_MARKS:
        return points.assign(count=1)
    places = points[["x", "y"]].to_numpy(float)
    extent = np.ptp(places, axis=0)
    shares = (places - places.min(axis=0)) / np.where(extent > 0, extent, 1)
    for bins in range(FINEST, 0, -1):
        column, row = np.minimum(shares * bins, bins - 1).astype(int).T
        groups = points.groupby([column, row], sort=False)
        if groups.ngroups <= MOST_MARKS:
            break
    return groups[["x", "y"]].mean().assign(count=groups.size())


def areas(counts: pd.Series) -> pd.Series:
    """Return the area of every mark: it grows by the same amount with every trial."""
    most = max(int(counts.max()), 2)
    return SMALLEST + (LARGEST - SMALLEST) * (counts - 1) / (most - 1)
