"""How Iris reached 1.0: the sentences."""

from types import SimpleNamespace

import pandas as pd

from bench.reporting.sections import perfect_score
from tests import helpers


def test_the_papers_seeds_and_their_neighbours_are_told():
    seeds = pd.DataFrame({"seed": [42, 43, 45], "test_accuracy": [34 / 38, 1.0, 1.0]})
    assert perfect_score.chosen(seeds) == (
        "The paper uses seed 42 for the other data sets and seed 45 for Iris. In the old "
        "TensorFlow the seeds from 42 to 45 score 0.895 (42), 1.000 (43) and 1.000 (45) on the "
        "test rows: 2 of 3 reach 1.0."
    )


def test_the_epochs_before_the_end_are_told_with_the_kept_one():
    tested = [0.5, 0.6, *[1.0, 0.974, 0.947, 0.895, 1.0, 0.947, 0.974, 0.974]]
    assert perfect_score.epochs(tested, 7) == (
        "In the paper's own run the test rows choose the epoch: after epochs 3 to 10 the test "
        "accuracy is 1.000, 0.974, 0.947, 0.895, 1.000 (kept), 0.947, 0.974 and 0.974."
    )
    assert "after epochs 1 to 2 the" in perfect_score.epochs([0.5, 1.0], 2)


def view(scores, curves, models=()):
    frame = helpers.trial_frame({"adaact": scores})
    epochs = helpers.epoch_frame(curves, "val_accuracy").assign(activation="adaact")
    fits = helpers.trial_frame(dict(models), trainer="scikit-learn")
    return SimpleNamespace(networks=frame, histories=lambda *_: epochs, classical=fits)


def test_trials_that_keep_end_with_or_pass_through_1_are_counted():
    made = view([1.0, 0.9, 1.0], [[0.5, 1.0], [1.0, 0.9], [1.0, 0.9]], {"majority-class": [0.3]})
    assert perfect_score.ours(made) == (
        "Of our 3 trials under the paper's protocol, 2 have 1.0 at the kept epoch, 1 at the last "
        "and 3 at some epoch."
    )
    assert perfect_score.regression(made) == ""


def test_the_better_of_the_logistic_regressions_is_told():
    models = {"logistic-regression": [0.974], "logistic-regression-unpenalised": [1.0]}
    made = view([1.0], [[1.0]], models)
    assert perfect_score.regression(made) == (
        "Logistic regression scores 1.000 on the same test rows."
    )
