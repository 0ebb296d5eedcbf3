"""Define the records that all packages of the suite share: a trial, a metric, a claim."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Status = Literal["ok", "diverged", "failed"]

LEARNING_RATE = 0.001
"""The default of all optimizers that the suite's networks are trained with."""

NO_RATE = 0.0
"""In place of a learning rate where none is set: models of scikit-learn and of the user's own."""

SHAPE_AT = tuple(place / 4 for place in range(-16, 17))
"""Where the shape of a learned activation is kept."""

ACCURACY = "test_accuracy"
"""The score that comparisons are about unless another one is asked for."""

SCIKIT_LEARN = "scikit-learn"
"""In place of a trainer's name for scikit-learn's models."""


class Done(NamedTuple):
    """What the plan of a study knows of a trial that was tried.

    Attributes:
        status: Its status.
        validation_loss: Its validation loss, which a choice of the learning rate takes; NaN where
            it has none or none is asked for.
    """

    status: Status
    validation_loss: float = math.nan

    @classmethod
    def of(cls, status: Status, scores: Mapping[str, float]) -> Done:
        """Return what is known of a trial with these scores."""
        return cls(status, scores.get("validation_loss", math.nan))


class TrialKey(NamedTuple):
    """Identifies a trial within a study.

    Attributes:
        dataset: Name of the data set.
        protocol: Name of the protocol.
        activation: Name of the activation, its import string, or the name of a model of
            scikit-learn's.
        split: Number of the split, from 0; 0 under protocols with one split.
        seed: Number of the seed within its split, from 0.
        learning_rate: The optimizer's; ``NO_RATE`` where none is set.
    """

    dataset: str
    protocol: str
    activation: str
    split: int
    seed: int
    learning_rate: float

    @property
    def place(self) -> tuple[int, int, float]:
        """Split, seed and learning rate: what identifies the trial within its cell."""
        return self[3:]


@dataclass(frozen=True, eq=False)
class Trial:
    """One network trained once, or one model of scikit-learn's fitted once.

    Where ``status`` is not ``ok`` the scores stay empty.

    Attributes:
        key: What identifies it.
        trainer: ``many-seeds``, ``keras`` or ``scikit-learn``.
        status: ``ok``; ``diverged`` (the loss left the finite numbers); ``failed``.
        reason: Why a trial has no scores, or a note on the fit, in one line.
        constant: Whether the network predicts one class for all test rows.
        epochs: How many epochs the protocol's stopping rule ran.
        best_epoch: The epoch, from 1, whose weights were kept.
        test_rows: Rows of the test part of its split; 0 where it failed.
        other_rows: Rows of all other parts together; 0 where it failed.
        scores: Values of the kept weights by column name (``bench.csv_columns``): scores, losses
            and distances from the fold.
        parameters: Counts of weights by column name.
        coefficients: Learned scalars by column name. Empty for fixed activations.
        history: One tuple per column of ``columns.HISTORY``, one value per epoch; learned scalars
            are those after the epoch.
        vectors: Of the kept weights: ``fold_1, fold_2, ...``: the weights of each logit and its
            bias, of an affine network with few of them; ``g_1, ...``: what hidden layer 1 makes
            of ``SHAPE_AT``, the mean over its units, of another learned activation.
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
    test_rows: int = 0
    other_rows: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)
    coefficients: Mapping[str, float] = field(default_factory=dict)
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)
    outcomes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int8))


@dataclass(frozen=True)
class Metric:
    """A figure of merit of predictions.

    Attributes:
        label: Name with unit, as a table's head shows it.
        function: ``(true classes, predicted, number of classes) -> float``; true classes are int,
            shape (rows,). Predicted are classes, too, or probabilities, shape (rows, classes).
        margin: Gap that is too small to matter.
        loss: Whether less is better.
    """

    label: str
    function: Callable[[np.ndarray, np.ndarray, int], float]
    margin: float = 0.005
    loss: bool = False


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
