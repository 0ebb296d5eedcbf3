"""Fit and score the models of scikit-learn that stand beside the networks, as trials.

Each is fitted on the training rows and inputs that the networks of its split see. Nothing here
imports TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from baselines import CLASSICAL
from baselines.sklearn_models import boosted_trees, converged, logistic_regression, majority_class
from bench.data import budget, load
from bench.records import SCIKIT_LEARN, Trial
from bench.training.protocols import PROTOCOLS
from bench.training.trainers.training_task import scaled, scaling
from bench.training.trials.metrics import accuracy, with_test_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.data import Dataset
    from bench.records import TrialKey
    from bench.training.trials.blocks import Block

PENALISED, UNPENALISED, BOOSTING, MAJORITY = CLASSICAL

SECONDS = 0.2  # of a fit on a small table; an estimate
LARGE_SECONDS = 20.0  # of one that is cut short


def models(dataset: str) -> tuple[str, ...]:
    """Return the names of the models that are fitted on a data set."""
    if budget(dataset).fit_each_split:
        return CLASSICAL
    return tuple(name for name in CLASSICAL if name != BOOSTING)


def seconds(dataset: str) -> float:
    """Estimate the seconds of one fit on one core."""
    return SECONDS if budget(dataset).fit_each_split else LARGE_SECONDS


def fit_all(block: Block) -> Iterator[Trial]:
    """Fit and score the models of a block, one after the other."""
    for key in block.keys:
        yield fit(load(key.dataset, block.data_dir), key)


def fit(dataset: Dataset, key: TrialKey) -> Trial:
    """Fit and score one model, in float64 and on one core.

    More cores would change the order of sums, and so the last bits, with the machine.

    Args:
        dataset: The table that ``key`` names.
        key: The trial.
    """
    from threadpoolctl import threadpool_limits

    protocol = PROTOCOLS[key.protocol]
    split = protocol.split(dataset, key.split)
    own = scaling(dataset.x[split.train]) if protocol.standardise else (0, 1)
    # Scaled in float32, as the networks' inputs are.
    train, test = (
        (scaled(dataset.x[rows], *own).astype(np.float64), dataset.y[rows])
        for rows in (split.train, split.test)
    )
    with threadpool_limits(1):
        estimator = _fitted(key, *train)
        scores = {
            "train_accuracy": accuracy(train[1], estimator.predict(train[0]), dataset.classes),
            "train_loss": mean_loss(_log_odds(estimator, train[0]), train[1]),
            "test_loss": mean_loss(_log_odds(estimator, test[0]), test[1]),
        }
        predicted, said = estimator.predict(test[0]), estimator.predict_proba(test[0])
    trial = Trial(
        key,
        SCIKIT_LEARN,
        "ok",
        reason=_note(estimator, key.activation),
        test_rows=len(split.test),
        other_rows=len(dataset.y) - len(split.test),
        scores=scores,
    )
    return with_test_scores(trial, dataset.y, split.test, predicted, said, dataset.classes)


def _fitted(key: TrialKey, x: np.ndarray, y: np.ndarray) -> Any:
    """Return the fitted estimator; scikit-learn's estimators share no typed base."""
    if key.activation == MAJORITY:
        return majority_class(x, y)
    if key.activation == BOOSTING:
        return boosted_trees(x, y, seed=key.split)
    most = budget(key.dataset).iterations
    return logistic_regression(x, y, penalised=key.activation == PENALISED, max_iter=most)


def _note(estimator: Any, model: str) -> str:
    if model not in {PENALISED, UNPENALISED} or converged(estimator):
        return ""
    return f"not converged in {int(np.max(estimator.n_iter_))} iterations"


def _log_odds(estimator: Any, x: np.ndarray) -> np.ndarray:
    """Return logits, or logarithms of probabilities, as ``mean_loss`` takes them."""
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(x)
    return np.asarray(estimator.predict_log_proba(x))


def mean_loss(logits: np.ndarray, y: np.ndarray) -> float:
    """Return the mean cross-entropy in nats.

    From logits: a probability can round to 0, whose logarithm is no number.

    Args:
        logits: float64, shape (rows, classes), or (rows,) of class 1 against class 0.
        y: Classes, int, shape (rows,).
    """
    from scipy.special import log_softmax

    if logits.ndim == 1:
        logits = np.stack([np.zeros_like(logits), logits], axis=1)
    return float(-log_softmax(logits, axis=1)[np.arange(len(y)), y].mean())
