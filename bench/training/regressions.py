"""Logistic regressions beside the networks: what an affine net could reach on its training rows.

Each is fitted on the rows and inputs that the networks of its split see; beside tables of
somebody's own stand boosted trees too. Nothing here imports TensorFlow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from baselines.classical import boosted_trees, converged, logistic_ceiling
from bench.data import DATASETS, budget
from bench.records import Ceiling, CeilingKey
from bench.training.metrics import accuracy, f1
from bench.training.protocols import PROTOCOLS
from bench.training.spec import scaled, scaling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.data import Dataset

PENALTIES = ("l2", "none")
BOOSTING = "boosting"  # in place of a penalty: no logistic regression, but boosted trees
ALL_SEEDS = -1  # in place of a seed where one split serves all of them


def keys(dataset: str, protocol: str, seeds: Iterable[int]) -> list[CeilingKey]:
    """The fits that the trials of one data set and protocol are held against.

    None where every seed has a split of its own and the data set's budget allows one fit only.
    """
    if PROTOCOLS[protocol].one_split:
        seeds = (ALL_SEEDS,)
    elif not budget(dataset).fit_each_split:
        seeds = ()
    kinds = PENALTIES if dataset in DATASETS else (*PENALTIES, BOOSTING)
    return [CeilingKey(dataset, protocol, seed, kind) for seed in seeds for kind in kinds]


def seconds(dataset: str) -> float:
    """Estimate the seconds of one fit on one core."""
    return 0.05 if budget(dataset).fit_each_split else 30.0


def fit(dataset: Dataset, key: CeilingKey) -> Ceiling:
    """Fits and scores one logistic regression, in float64 and on one core.

    More cores would change the order of sums, and so the last bits, with the machine.

    Args:
        dataset: The table that ``key`` names.
        key: Protocol, split and penalty.
    """
    from threadpoolctl import threadpool_limits

    protocol = PROTOCOLS[key.protocol]
    split = protocol.split(dataset, key.seed)
    own = scaling(dataset.x[split.train]) if protocol.standardise else (0, 1)
    # Scaled in float32, as the networks' inputs are.
    train, test = (
        (scaled(dataset.x[rows], *own).astype(np.float64), dataset.y[rows])
        for rows in (split.train, split.test)
    )
    with threadpool_limits(1):
        if key.penalty == BOOSTING:
            estimator = boosted_trees(*train, seed=key.seed)
        else:
            most = budget(dataset.name).iterations
            estimator = logistic_ceiling(*train, penalised=key.penalty == "l2", max_iter=most)
        predicted = estimator.predict(test[0])
        return Ceiling(
            key,
            train_accuracy=accuracy(train[1], estimator.predict(train[0]), dataset.classes),
            test_accuracy=accuracy(test[1], predicted, dataset.classes),
            test_f1=f1(test[1], predicted, dataset.classes),
            train_loss=mean_loss(estimator.decision_function(train[0]), train[1]),
            test_loss=mean_loss(estimator.decision_function(test[0]), test[1]),
            iterations=int(np.max(estimator.n_iter_)),
            converged=key.penalty == BOOSTING or converged(estimator),
        )


def mean_loss(logits: np.ndarray, y: np.ndarray) -> float:
    """Mean cross-entropy in nats.

    From logits: a probability can round to 0, whose logarithm is no number.

    Args:
        logits: float64, shape (rows, classes), or (rows,) of class 1 against class 0.
        y: Classes, int, shape (rows,).
    """
    from scipy.special import log_softmax

    if logits.ndim == 1:
        logits = np.stack([np.zeros_like(logits), logits], axis=1)
    return float(-log_softmax(logits, axis=1)[np.arange(len(y)), y].mean())
