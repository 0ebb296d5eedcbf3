"""The growth of cost as the report shows it."""

import pandas as pd
import pytest
from matplotlib.image import imread

from bench.analysis.growth import exponents
from bench.reporting import figures
from bench.reporting.document import Table
from bench.reporting.markdown import markdown
from bench.reporting.sections import growth


@pytest.fixture
def points():
    rows = [("rows", 10, 0.002), ("rows", 1000, 0.2), ("workers", 1, 4.0), ("workers", 2, 2.0)]
    return pd.DataFrame(rows, columns=["axis", "size", "median_seconds"])


def test_every_axis_is_a_row_with_its_exponent(points):
    lines = markdown(Table(exponents(points), growth.COLUMNS)).splitlines()[-2:]
    assert [[cell.strip() for cell in line.strip("|").split("|")] for line in lines] == [
        ["rows", "10 to 1,000", "2 ms to 200 ms", "1.00", "1.00"],
        ["workers", "1 to 2", "4 s to 2 s", "−1.00", "−1.00"],
    ]


def test_every_axis_is_a_panel(points, tmp_path):
    figure = growth.growth_plot(points, exponents(points))
    assert [panel.get_title() for panel in figure.axes] == [
        "rows: exponent 1.00",
        "workers: exponent −1.00",
    ]
    (marks,), (line,) = figure.axes[0].collections, figure.axes[0].lines
    assert marks.get_offsets()[:, 1].tolist() == [0.002, 0.2]
    assert list(line.get_ydata()) == pytest.approx([0.002, 0.2])


def test_the_picture_is_drawn_where_it_is_linked(points, tmp_path):
    picture = growth.picture(points, exponents(points))
    figures.draw([picture], tmp_path)
    assert imread(tmp_path / picture.file).std() > 0
    assert "rows, workers" in picture.alt
