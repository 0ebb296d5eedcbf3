"""The figure of train against test."""

import numpy as np
import pandas as pd
import pytest
from bench.reporting.train_test import train_against_test

from bench.reporting import marks
from tests import helpers


def trials(**scores):
    """Accuracies of train and test are the same, losses fall with them."""
    frame = helpers.trial_frame(scores)
    score = frame["test_accuracy"]
    return frame.assign(train_accuracy=score, train_loss=1.1 - score, test_loss=1.2 - score)


@pytest.fixture
def histories():
    rows = pd.DataFrame({"activation": "adaact", "seed": 0, "epoch": [1, 2], "loss": [1.0, 0.5]})
    rows = rows.assign(val_loss=[1.0, 0.6], accuracy=[0.5, 0.9], val_accuracy=[0.5, 0.8])
    return pd.concat([rows, rows.assign(activation="relu")])


def titles(figure, panel):
    ids = [artist.get_gid() for artist in figure.axes[panel].collections]
    return [title for one in ids for title in figure.titles.get(one, ())]


def test_train_stands_against_test_by_epoch_and_by_seed(histories):
    ends = trials(adaact=[0.9, 0.95], relu=[0.92, 0.9])
    figure = train_against_test(histories, ends, "Iris", "paper")
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes]
    loss, accuracy = "loss (nats per row)", "accuracy (share of rows)"
    assert labels == [(f"train {m}", f"test {m}") for m in (loss, accuracy)] * 2
    points = figure.axes[3].collections[0].get_offsets()
    np.testing.assert_allclose(points, [[0.9, 0.9], [0.95, 0.95]])
    below = train_against_test(histories, ends, "Iris", "held-out").axes[0]
    assert below.get_ylabel() == f"validation {loss}"


def test_a_mark_has_the_title_of_its_epoch_or_seed(histories):
    ends = trials(adaact=[0.9, 0.95], relu=[0.92, 0.9])
    figure = train_against_test(histories, ends, "Iris", "paper")
    assert titles(figure, 1) == [
        "Adaact, epoch 1: train accuracy 0.5000, test accuracy 0.5000",
        "Adaact, epoch 2: train accuracy 0.9000, test accuracy 0.8000",
        "relu, epoch 1: train accuracy 0.5000, test accuracy 0.5000",
        "relu, epoch 2: train accuracy 0.9000, test accuracy 0.8000",
    ]
    assert titles(figure, 3) == [
        "Adaact, seed 0: train accuracy 0.9000, test accuracy 0.9000",
        "Adaact, seed 1: train accuracy 0.9500, test accuracy 0.9500",
        "relu, seed 0: train accuracy 0.9200, test accuracy 0.9200",
        "relu, seed 1: train accuracy 0.9000, test accuracy 0.9000",
    ]


def test_a_row_without_a_number_has_no_mark(histories):
    ends = trials(adaact=[0.9, 0.95])
    ends.loc[1, "train_accuracy"] = np.nan
    ends.loc[0, "test_loss"] = 0.0  # has no place on a logarithmic axis
    figure = train_against_test(histories, ends, "Iris", "paper")
    assert [title.split(":")[0] for title in titles(figure, 3)] == ["Adaact, seed 0"]
    assert [title.split(":")[0] for title in titles(figure, 2)] == ["Adaact, seed 1"]


def test_very_many_seeds_are_drawn_in_bins_that_tell_how_many(histories):
    scores = np.random.default_rng(0).uniform(0.5, 1, (2, marks.MOST_MARKS))
    ends = trials(adaact=scores[0], relu=scores[1])
    figure = train_against_test(histories, ends, "Iris", "paper")
    told = titles(figure, 3)
    assert len(told) <= marks.MOST_MARKS
    counts = [int(title.split(", ")[1].split(" ")[0]) for title in told if "seeds:" in title]
    alone = sum(", 1 seed:" in title for title in told)
    assert sum(counts) + alone == len(ends)
    assert (
        figure.axes[3].get_title() == f"mark area: 1 to {max(counts)} seeds, placed at their mean"
    )
