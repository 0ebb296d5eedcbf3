"""The records that cross the rooms of the suite: a trial, a ceiling, a metric, a claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Status = Literal["ok", "diverged", "failed"]


class TrialKey(NamedTuple):
    """What identifies a trial within a study."""

    dataset: str
    protocol: str
    activation: str
    seed: int


@dataclass(frozen=True, eq=False)
class Trial:
    """One network trained once.

    A trial without a number never gets one: where ``status`` is not ``ok`` the scores stay empty.

    Attributes:
        key: Data set, protocol, activation and seed.
        trainer: ``replicate`` or ``keras``.
        status: ``ok``; ``diverged`` (the loss left the finite numbers); ``failed``.
        reason: Why a trial has no number, in one line; empty where it has.
        constant: Whether the network predicts one class for all test rows.
        epochs: How many epochs the protocol's stopping rule ran.
        best_epoch: The epoch, from 1, whose weights were kept.
        scores: Figures of the kept weights by column name (``bench.columns``): scores, losses and
            distances from the fold.
        parameters: Counts of weights by column name.
        coefficients: Learned scalars by column name. Empty for fixed activations.
        history: One tuple per column of ``columns.HISTORY``, one value per epoch; learned scalars
            are those after the epoch.
        outcomes: int8, one entry per row of the data set: 1 classified right, 0 wrong,
            -1 not a test row.
    """

    key: TrialKey
    trainer: str
    status: Status
    reason: str = ""
    constant: bool = False
    epochs: int = 0
    best_epoch: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    coefficients: Mapping[str, float] = field(default_factory=dict)
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    outcomes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int8))


class CeilingKey(NamedTuple):
    """What identifies a model that is no network within a study: a logistic regression, mostly.

    Attributes:
        dataset: Name of the data set.
        protocol: Name of the protocol whose training rows it is fitted on.
        seed: The seed of the split; -1 where one split serves all seeds.
        penalty: ``l2`` (scikit-learn's default, C=1) or ``none``; ``boosting``, beside a table of
            one's own, for boosted trees, which are no ceiling.
    """

    dataset: str
    protocol: str
    seed: int
    penalty: str


@dataclass(frozen=True)
class Ceiling:
    """A model that is no network, fitted on the rows that those of a split are trained on.

    Logistic regression without a penalty is the ceiling of training likelihood for every affine
    network.

    Attributes:
        key: Data set, protocol, split and penalty.
        train_accuracy: In [0, 1]; so are ``test_accuracy`` and ``test_f1``.
        test_accuracy: See above.
        test_f1: See above.
        train_loss: Mean over the rows, in nats; so is ``test_loss``. No penalty is in it.
        test_loss: See above.
        iterations: Of the solver.
        converged: Whether the solver ended before its cap; if not, the fit is no ceiling yet.
    """

    key: CeilingKey
    train_accuracy: float
    test_accuracy: float
    test_f1: float
    train_loss: float
    test_loss: float
    iterations: int
    converged: bool


@dataclass(frozen=True)
class Metric:
    """A figure of merit of predicted classes.

    Attributes:
        label: Name with unit, as a table's head shows it.
        function: ``(true classes, predicted classes, number of classes) -> float``; the class
            arrays are int, shape (rows,).
    """

    label: str
    function: Callable[[np.ndarray, np.ndarray, int], float]


@dataclass(frozen=True)
class Claim:
    """A statement of a paper that the suite can check.

    Attributes:
        kind: ``figure`` (a score to be reproduced), ``exact`` (a count of parameters), or
            ``comparison`` (not worse than the best fixed activation).
        dataset: The data set's name, or ``all`` for a comparison over all of them.
        metric: Column of ``trials.csv``.
        activation: Whose figure it is.
        protocol: The protocol under which the paper obtained it.
        value: The published value; NaN for a comparison.
        decimals: Digits after the point as published.
        place: Where the paper says it.
        text: The claim in words.
    """

    kind: Literal["figure", "exact", "comparison"]
    dataset: str
    metric: str
    activation: str
    protocol: str
    value: float
    decimals: int
    place: str
    text: str = ""
