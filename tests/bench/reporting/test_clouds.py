"""Figures in which every seed is a point."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting import clouds
from tests import helpers


@given(st.lists(st.floats(0, 1), max_size=50))
def test_bars_are_a_histogram(values):
    edges = np.linspace(0.25, 0.75, 11)
    centres, heights = clouds.bars(np.array(values), edges)
    counts, _ = np.histogram(values, edges)
    inside = counts[counts > 0]
    np.testing.assert_allclose(heights, inside / inside.max() if len(inside) else [])
    assert len(centres) == len(heights)


def test_a_score_that_stands_alone_in_its_bin_has_its_bar_on_it():
    centres, heights = clouds.bars(np.array([0.11, 0.11, 0.51, 0.52]), np.linspace(0, 1, 11))
    np.testing.assert_allclose(centres, [0.11, 0.55])
    assert heights.tolist() == [1.0, 1.0]


def trials(**scores):
    """Accuracies of train and test are the same, losses fall with them."""
    frame = helpers.trial_frame(scores)
    score = frame["test_accuracy"]
    return frame.assign(train_accuracy=score, train_loss=1.1 - score, test_loss=1.2 - score)


def test_the_published_figure_is_marked_in_its_row():
    figure = clouds.distribution(trials(adaact=[0.9, 0.95], relu=[0.92]), {"adaact": 0.99}, "Iris")
    (panel,) = figure.axes
    marks = [line for line in panel.lines if line.get_label() == "published figure"]
    assert [line.get_xdata()[0] for line in marks] == [0.99]
    assert [text.get_text() for text in panel.get_yticklabels()] == ["Adaact", "relu"]
    low, high = panel.get_xlim()
    assert low < 0.9
    assert high > 0.99


def test_the_median_of_every_activation_is_marked():
    figure = clouds.distribution(trials(adaact=[0.9, 0.95, 0.97], relu=[0.92]), {}, "Iris")
    marks = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_label() == "median"]
    assert marks == [0.95, 0.92]


def test_every_score_has_a_mark_also_where_a_second_panel_looks_closer():
    values = [0.3, *np.linspace(0.95, 1.0, 20)]
    figure = clouds.distribution(trials(adaact=values), {}, "Iris")
    assert [axes.get_title() for axes in figure.axes] == ["all seeds", "where most seeds lie"]
    marks = figure.axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(np.sort(marks[:, 0]), np.unique(values))


def test_equal_scores_need_no_second_panel():
    figure = clouds.distribution(trials(adaact=[1.0, 1.0]), {}, "Iris")
    assert len(figure.axes) == 1


def test_train_stands_against_test_by_epoch_and_by_seed():
    ends = trials(adaact=[0.9, 0.95], relu=[0.92, 0.9])
    rows = pd.DataFrame({"activation": "adaact", "seed": 0, "epoch": [1, 2], "loss": [1.0, 0.5]})
    rows = rows.assign(val_loss=[1.0, 0.6], accuracy=[0.5, 0.9], val_accuracy=[0.5, 0.8])
    rows = pd.concat([rows, rows.assign(activation="relu")])
    figure = clouds.train_against_test(rows, ends, "Iris", "paper")
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes]
    loss, accuracy = "loss (nats per row)", "accuracy (share of rows)"
    assert labels == [(f"train {m}", f"test {m}") for m in (loss, accuracy)] * 2
    points = figure.axes[3].collections[0].get_offsets()
    np.testing.assert_allclose(points, [[0.9, 0.9], [0.95, 0.95]])
    below = clouds.train_against_test(rows, ends, "Iris", "held-out").axes[0]
    assert below.get_ylabel() == f"validation {loss}"
