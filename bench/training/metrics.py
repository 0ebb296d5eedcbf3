"""Score predicted classes."""

from __future__ import annotations

import numpy as np

from bench.records import Metric


def accuracy(truth: np.ndarray, predicted: np.ndarray, _classes: int) -> float:
    """Share of rows classified right, in [0, 1]."""
    return float(np.mean(truth == predicted))


def f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """F1 in [0, 1]: of class 1 where there are two classes, else weighted by class size.

    A class that is never predicted counts 0. scikit-learn's ``f1_score`` gives the same bits, but
    takes most of the time of a trial on a small table.

    Source:
        The paper's notebook: binary F1 on Bank Note, weighted F1 on MNIST and Iris.
    """
    shape = classes, classes
    counts = np.bincount(truth * classes + predicted, minlength=classes**2).reshape(shape)
    right, of_class, said = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    with np.errstate(invalid="ignore"):
        scores = np.nan_to_num(2 * right / (of_class + said), nan=0.0)
    if classes == 2:
        return float(scores[1])
    return float(np.average(scores, weights=of_class))


METRICS = {
    "accuracy": Metric("accuracy", accuracy),
    "f1": Metric("F1", f1),
}
"""Each becomes the column ``test_<name>`` of ``trials.csv``."""
