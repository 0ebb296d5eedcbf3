"""Marks with titles, and the bins of points that are too many."""

import numpy as np
import pandas as pd

from bench.reporting import marks


def points(n):
    places = np.random.default_rng(n).lognormal(size=(n, 2))
    return pd.DataFrame(places, columns=["x", "y"])


def test_bins_hold_every_point_once_and_their_place_is_the_mean():
    rows = points(5_000)
    made = marks.grouped(rows)
    assert len(made) <= marks.MOST_MARKS
    sums = made[["x", "y"]].mul(made["count"], axis=0).sum()
    np.testing.assert_allclose(sums, rows.sum())
    assert made["count"].sum() == 5_000


def test_equal_points_share_one_bin():
    made = marks.grouped(pd.DataFrame({"x": 1.0, "y": [2.0] * 301}))
    assert made.to_numpy().tolist() == [[1.0, 2.0, 301]]
