"""Figures of merit, checked by hand."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bench.training.metrics import METRICS


def test_accuracy_is_the_share_of_rows_classified_right():
    assert METRICS["accuracy"].function(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2]), 3) == 0.75


def test_f1_of_two_classes_is_that_of_class_1():
    # Class 1: two found, one missed, one wrongly: precision 2/3, recall 2/3.
    truth, predicted = np.array([1, 1, 1, 0, 0]), np.array([1, 1, 0, 1, 0])
    assert METRICS["f1"].function(truth, predicted, 2) == pytest.approx(2 / 3)


def test_f1_of_more_classes_is_weighted_by_their_size():
    # Precision and recall: class 0 1 and 2/3, class 1 1/2 and 1, class 2 1 and 1.
    truth, predicted = np.array([0, 0, 0, 1, 2]), np.array([0, 0, 1, 1, 2])
    by_class = {0: 2 * 1 * (2 / 3) / (1 + 2 / 3), 1: 2 * 0.5 * 1 / 1.5, 2: 1.0}
    expected = (3 * by_class[0] + by_class[1] + by_class[2]) / 5
    assert METRICS["f1"].function(truth, predicted, 3) == pytest.approx(expected)


@pytest.mark.parametrize(("classes", "expected"), [(2, 0.0), (3, 0.5 * 2 / 3)])
def test_a_class_that_is_never_predicted_counts_nothing_without_a_warning(classes, expected):
    truth, predicted = np.array([0, 0, 1, 1]), np.zeros(4, int)
    assert METRICS["f1"].function(truth, predicted, classes) == pytest.approx(expected)


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
