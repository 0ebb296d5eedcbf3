"""Marks with titles, and the bins of points that are too many."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from bench.reporting import marks, style
from bench.reporting.looks import LOOKS


def points(n):
    places = np.random.default_rng(n).lognormal(size=(n, 2))
    names = np.where(np.arange(n) % 3, "relu", "adaact")
    return pd.DataFrame(places, columns=["x", "y"]).assign(activation=names, seed=range(n))


@pytest.mark.parametrize("log", [False, True])
def test_bins_hold_every_point_once_and_their_place_is_the_mean(log):
    rows = points(5_000)
    made = marks.grouped(rows, "activation", log=log)
    assert len(made) <= marks.MOST_MARKS
    sums = made.assign(x=made["x"] * made["count"], y=made["y"] * made["count"])
    for column in ("x", "y", "count"):
        got = sums.groupby("activation")[column].sum()
        expected = rows.assign(count=1).groupby("activation")[column].sum()
        np.testing.assert_allclose(got, expected)


def test_few_points_are_left_as_they_are():
    rows = points(marks.MOST_MARKS)
    pd.testing.assert_frame_equal(
        marks.grouped(rows, "activation", log=False), rows.assign(count=1)
    )


def test_equal_points_share_one_bin():
    rows = pd.DataFrame({"x": 1.0, "y": 2.0, "activation": ["relu"] * 301})
    made = marks.grouped(rows, "activation", log=False)
    assert made[["x", "y", "count"]].to_numpy().tolist() == [[1.0, 2.0, 301]]


def test_a_mark_without_a_place_is_refused():
    _, axes = style.panels(1, 1, height=3)
    rows = pd.DataFrame({"x": [1.0, np.nan], "y": [1.0, 1.0], "title": ["one", "two"]})
    with pytest.raises(ValueError, match="a mark without a place"):
        marks.scatter(axes[0][0], rows, LOOKS[0])


def test_only_a_drawing_keeps_titles():
    with pytest.raises(TypeError):
        marks.entitle(Figure().subplots().plot([0, 1])[0], ["a line"])
