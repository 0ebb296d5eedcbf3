"""Figures of merit of predicted classes."""

from __future__ import annotations

import numpy as np

from bench.records import Metric


def accuracy(truth: np.ndarray, predicted: np.ndarray, _classes: int) -> float:
    """Share of rows classified right, in [0, 1]."""
    return float(np.mean(truth == predicted))


def f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """F1 in [0, 1]: of class 1 where there are two classes, else weighted by class size.

    A class that is never predicted counts 0, without a warning.

    Source:
        The paper's notebook: binary F1 on Bank Note, weighted F1 on MNIST and Iris.
    """
    from sklearn.metrics import f1_score

    average = "binary" if classes == 2 else "weighted"
    return float(f1_score(truth, predicted, average=average, zero_division=0.0))


METRICS = {
    "accuracy": Metric("accuracy", accuracy),
    "f1": Metric("F1", f1),
}
"""Each becomes the column ``test_<name>`` of ``trials.csv``."""
