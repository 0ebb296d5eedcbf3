"""The figure of the headline comparison."""

import pandas as pd
from matplotlib.collections import PathCollection

from bench.reporting.gaps import gap_figure, gap_pictures
from bench.reporting.svg import svg

COLUMNS = ["dataset", "baseline", "estimate", "low", "high", "margin"]
ROWS = pd.DataFrame(
    [
        ("iris", "relu", -0.05, -0.2, 0.1, 0.026),
        ("iris", "tanh", 0.01, float("nan"), float("nan"), 0.026),
        ("mnist", "relu", -0.05, -0.054, -0.046, 0.005),
        ("mnist", "tanh", float("nan"), float("nan"), float("nan"), 0.005),
    ],
    columns=COLUMNS,
)


def test_every_measured_gap_has_a_mark_where_it_lies():
    (picture,) = gap_pictures(ROWS)
    iris, mnist = picture.draw().axes
    marks = [
        [
            one.get_offsets().tolist()[0]
            for one in axes.collections
            if isinstance(one, PathCollection)
        ]
        for axes in (iris, mnist)
    ]
    assert marks == [[[-0.05, 0], [0.01, 1]], [[-0.05, 0]]]
    assert iris.get_xlim()[0] < -0.2
    assert [iris.get_title(), mnist.get_title()] == ["Iris", "MNIST"]


def test_a_gap_without_an_interval_is_a_mark_alone():
    assert svg(gap_figure(ROWS.iloc[1:2]), "gaps").count("</title>") == 1


def test_a_gap_and_its_interval_have_one_title():
    figure = gap_figure(ROWS.iloc[:1])
    told = ("Iris, Adaact minus relu: −0.0500 [−0.2000, +0.1000]",)
    assert list(figure.titles.values()) == [told, told]


def test_where_nothing_was_measured_there_is_no_picture():
    assert gap_pictures(ROWS.iloc[3:]) == []
