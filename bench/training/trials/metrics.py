"""Score predicted classes and probabilities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.csv_columns import score_name
from bench.data import DATASETS
from bench.records import Metric, Trial


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


def balanced_accuracy(truth: np.ndarray, probabilities: np.ndarray, classes: int) -> float:
    """Mean over the classes of the share of their rows that is classified right."""
    right = truth == probabilities.argmax(axis=1)
    rows = np.bincount(truth, minlength=classes)
    return float((np.bincount(truth, right, classes)[rows > 0] / rows[rows > 0]).mean())


def roc_auc(truth: np.ndarray, probabilities: np.ndarray, classes: int) -> float:
    """Area under the ROC curve: of class 1, or the mean over each class against the others."""
    from scipy.stats import rankdata

    areas = []
    for name in range(1 if classes == 2 else 0, classes):
        own = truth == name
        first, others = own.sum(), (~own).sum()
        above = rankdata(probabilities[:, name])[own].sum() - first * (first + 1) / 2
        areas.append(above / (first * others))
    return float(np.mean(areas))


def brier(truth: np.ndarray, probabilities: np.ndarray, classes: int) -> float:
    """Mean squared distance from the truth: of class 1, or summed over more classes."""
    squares = ((probabilities - np.eye(classes)[truth]) ** 2).sum(axis=1).mean()
    return float(squares / 2 if classes == 2 else squares)


def log_loss(truth: np.ndarray, probabilities: np.ndarray, _classes: int) -> float:
    """Mean negative logarithm of the probability of the true class."""
    return float(-np.log(probabilities[np.arange(len(truth)), truth]).mean())


METRICS = {
    "accuracy": Metric("accuracy", accuracy),
    "f1": Metric("F1", f1),
}
"""Each becomes the column ``test_<name>`` of ``trials.csv``."""

OF_PROBABILITIES = {
    "balanced_accuracy": Metric("balanced accuracy", balanced_accuracy),
    "roc_auc": Metric("ROC-AUC", roc_auc),
    # Chance scores 0.25 here and 0.5 in accuracy: half the margin.
    "brier": Metric("Brier score", brier, margin=0.0025, loss=True),
}
"""The same, on tables of somebody's own alone. As scikit-learn's, which take ten times as long."""

COMPARED = {
    **METRICS,
    **OF_PROBABILITIES,
    # One hundredth of what chance scores with two classes is 0.007.
    "loss": Metric("log-loss (nats)", log_loss, margin=0.01, loss=True),
}
"""Those that a comparison may be about; every trial has its log-loss as ``test_loss``."""


def with_test_scores(
    trial: Trial,
    y: np.ndarray,
    rows: np.ndarray,
    predicted: np.ndarray,
    probabilities: np.ndarray,
    classes: int,
) -> Trial:
    """Return a trial with its scores on the test rows, and which of them are classified right.

    Args:
        trial: The trial; on a table of somebody's own it gets ``OF_PROBABILITIES`` too.
        y: True classes of all rows, int.
        rows: Which are the test rows.
        predicted: Their predicted classes.
        probabilities: Shape (test rows, classes), or that of class 1 alone, shape (test rows, 1).
        classes: Number of classes.
    """
    truth = y[rows]
    scores = {name: one.function(truth, predicted, classes) for name, one in METRICS.items()}
    if trial.key.dataset not in DATASETS:
        whole = np.asarray(probabilities, np.float64)
        if whole.shape[1] == 1:
            whole = np.hstack([1 - whole, whole])
        for name, metric in OF_PROBABILITIES.items():
            scores[name] = metric.function(truth, whole, classes)
    outcomes = np.full(len(y), -1, np.int8)
    outcomes[rows] = predicted == truth
    return replace(
        trial,
        constant=bool(np.all(predicted == predicted[0])),
        scores={**trial.scores, **{score_name("test", name): s for name, s in scores.items()}},
        outcomes=outcomes,
    )
