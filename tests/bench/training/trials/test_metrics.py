"""Figures of merit, checked by hand."""

import numpy as np
import pytest
from sklearn.metrics import (
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    roc_auc_score,
)

from bench.training.trials.metrics import COMPARED, METRICS, with_test_scores
from tests import helpers


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_f1_has_the_bits_of_scikit_learn(classes):
    rng = np.random.default_rng(classes)
    average = "binary" if classes == 2 else "weighted"
    for _ in range(200):
        truth, predicted = rng.integers(0, classes, (2, rng.integers(2, 60)))
        expected = f1_score(truth, predicted, average=average, zero_division=0.0)
        assert METRICS["f1"].function(truth, predicted, classes) == expected


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_label_and_gives_one_for_right_and_nothing_for_wrong(name):
    metric, truth = METRICS[name], np.array([0, 1, 1, 0])
    right, wrong = metric.function(truth, truth, 2), metric.function(truth, 1 - truth, 2)
    assert (right, wrong) == (1.0, 0.0)
    assert metric.label


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_scores_of_probabilities_are_those_of_scikit_learn(classes):
    rng = np.random.default_rng(classes)
    for _ in range(50):
        truth = rng.permutation(np.r_[np.arange(classes), rng.integers(0, classes, 60)])
        said = rng.dirichlet(np.ones(classes), len(truth)).round(1 + classes % 2)  # with ties
        said = (said + 0.01) / (said + 0.01).sum(axis=1, keepdims=True)
        by_class = said[:, 1] if classes == 2 else said
        expected = {
            "test_balanced_accuracy": balanced_accuracy_score(truth, said.argmax(axis=1)),
            "test_roc_auc": roc_auc_score(truth, by_class, multi_class="ovr"),
            "test_brier": brier_score_loss(truth, by_class),
        }
        alone = said[:, 1:] if classes == 2 else said
        own, rows = helpers.trial(helpers.key("own table")), np.arange(len(truth))
        predicted = said.argmax(axis=1)
        scores = with_test_scores(own, truth, rows, predicted, alone, classes).scores
        assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-12)
        found = COMPARED["loss"].function(truth, said, classes)
        assert found == pytest.approx(log_loss(truth, said))
