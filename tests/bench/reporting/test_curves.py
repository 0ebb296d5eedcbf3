"""Figures over epochs."""

import numpy as np
import pandas as pd
import pytest

from bench.reporting import curves
from tests import helpers


@pytest.mark.parametrize(
    ("curves_of_trials", "medians"),
    [
        ([[4.0, 2.0], [6.0, 4.0, 1.0], [8.0]], [6.0, 4.0, 2.0]),  # the last value of one that ended
        ([[1.0, np.nan]], [1.0]),
    ],
)
def test_a_trial_that_stopped_counts_with_its_last_value(curves_of_trials, medians):
    band = curves.bands(helpers.epoch_frame(curves_of_trials), "loss")
    assert band["epoch"].tolist() == list(range(1, len(medians) + 1))
    assert band["median"].tolist() == medians


def test_trials_of_two_splits_are_told_apart():
    rows = helpers.epoch_frame([[4.0], [6.0]])
    both = pd.concat([rows, rows.assign(split=1, loss=[10.0, 12.0])])
    assert curves.bands(both, "loss")["median"].tolist() == [8.0]


def test_the_band_lies_between_the_quantiles_of_the_trials():
    values = np.random.default_rng(0).normal(size=(50, 1))
    band = curves.bands(helpers.epoch_frame(values.tolist()), "loss").iloc[0]
    assert [band["low"], band["high"]] == pytest.approx(np.quantile(values, curves.BAND))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["loss", "val_loss", "k0_1", "k1_1", "k0_2"], [("k0", 1), ("k0", 2), ("k1", 1)]),
        (["k0_1_initial", "epoch"], []),
        (["my_slope_12"], [("my_slope", 12)]),
    ],
)
def test_learned_scalars_are_told_from_other_columns(columns, expected):
    assert curves.scalar_names(columns) == expected


def test_each_activation_has_a_panel_for_accuracy_and_one_for_loss():
    names = [f"activation{i}" for i in range(7)]
    rows = helpers.epoch_frame([[1.0, 0.5], [1.0, 0.6, 0.4]])
    rows = rows.assign(val_loss=1.0, accuracy=0.5, val_accuracy=0.5)
    rows = pd.concat(rows.assign(activation=name) for name in names)
    figure = curves.learning_curves(rows, "Iris", "held-out")
    shown = [axes for axes in figure.axes if axes.axison]
    assert sorted(axes.get_title() for axes in shown) == sorted(names * 2)
    assert {axes.get_xlabel() for axes in shown} == {"epoch"}
    units = {axes.get_ylabel() for axes in shown} - {""}
    assert units == {"accuracy (share of rows)", "loss (nats per row)"}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["train", "validation"]
