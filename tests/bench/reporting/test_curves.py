"""Figures over epochs."""

import numpy as np
import pandas as pd
import pytest

from bench.reporting import curves
from tests import helpers


def test_a_seed_that_stopped_counts_with_its_last_value():
    band = curves.bands(helpers.epoch_frame([[4.0, 2.0], [6.0, 4.0, 1.0], [8.0]]), "loss")
    assert band["epoch"].tolist() == [1, 2, 3]
    assert band["median"].tolist() == [6.0, 4.0, 2.0]


def test_the_band_lies_between_the_quantiles_of_the_seeds():
    values = np.random.default_rng(0).normal(size=(50, 1))
    band = curves.bands(helpers.epoch_frame(values.tolist()), "loss").iloc[0]
    assert [band["low"], band["high"]] == pytest.approx(np.quantile(values, curves.BAND))


def test_missing_epochs_are_left_out():
    band = curves.bands(helpers.epoch_frame([[1.0, np.nan]]), "loss")
    assert band["epoch"].tolist() == [1]


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


def test_a_trace_begins_with_the_initial_value():
    rows = helpers.epoch_frame([[2.0, 3.0]], "k0_1")
    trials = pd.DataFrame({"seed": [0], "k0_1_initial": [1.0]})
    traced = curves.with_start(rows, trials, "k0_1")
    assert traced["epoch"].tolist() == [0, 1, 2]
    assert traced["k0_1"].tolist() == [1.0, 2.0, 3.0]
    assert curves.with_start(rows, trials[["seed"]], "k0_1")["epoch"].tolist() == [1, 2]


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


def test_of_very_many_seeds_some_lines_are_drawn_and_the_legend_says_how_many(monkeypatch):
    monkeypatch.setattr(curves, "MOST_MARKS", 3)
    rows = helpers.epoch_frame([[float(seed), 9.0 - seed] for seed in range(8)], "k0_1")
    figure = curves.scalar_traces(rows, pd.DataFrame({"seed": range(8)}), "Iris")
    (panel,) = figure.axes
    starts = [line[0][1] for line in panel.collections[0].get_segments()]
    assert starts == [0.0, 3.0, 6.0]
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["one seed (3 of 8 are drawn)", "median over seeds"]
    median = next(line for line in panel.lines if line.get_label() == legend[1])
    assert median.get_ydata().tolist() == [3.5, 5.5]  # of all eight


def test_in_the_papers_protocol_validation_is_called_test():
    assert curves.validation_name("paper").startswith("test")
    assert curves.validation_name("held-out") == "validation"


def test_scalars_have_a_row_of_panels_per_layer():
    rows = helpers.epoch_frame([[1.0, 2.0], [1.0, 2.0]], "k0_1")
    rows = rows.assign(k1_1=rows["k0_1"], k0_2=rows["k0_1"], k1_2=np.nan)
    figure = curves.scalar_traces(rows, pd.DataFrame({"seed": [0, 1]}), "Iris")
    titles = [axes.get_title() for axes in figure.axes if axes.axison]
    assert titles == ["k0 of layer 1", "k1 of layer 1", "k0 of layer 2"]
    lines = figure.axes[0].collections[0].get_segments()
    assert len(lines) == 2
