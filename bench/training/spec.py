"""What a trainer is given and what it gives back, whichever trainer it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

    from bench.data.splits import Split

Weights = list[np.ndarray]
"""One array per variable, in the order of ``model.weights``."""

Progress = Callable[[Mapping[Any, int]], None]
"""Called after every epoch with ``{seed: epochs done}`` of the seeds in training.

Where a call trains several settings, the keys are ``(seed, number of the settings)``."""


@dataclass(frozen=True)
class Settings:
    """How a network is trained.

    Attributes:
        optimizer: Keras name of an optimizer, used with its defaults, or a Keras optimizer object.
        loss: Keras name of a loss, or a Keras loss function.
        batch_size: Rows per step; the last batch of an epoch may be shorter, as in Keras.
        epochs: The most epochs that a seed is trained.
        patience: Epochs without a lower monitored loss before a stopping rule fires; None: never.
        monitors: Parts of the split whose loss is watched after every epoch: ``validation``,
            ``test``. Each has a stopping rule and kept weights of its own; training ends when the
            last rule has fired.
        standardise: Whether inputs are shifted and scaled to mean 0 and SD 1 of the seed's own
            training rows.
        learning_rate: In place of the optimizer's own; None: the optimizer's own.
    """

    optimizer: str | keras.optimizers.Optimizer
    loss: str
    batch_size: int = 32
    epochs: int = 50
    patience: int | None = None
    monitors: tuple[str, ...] = ("validation",)
    standardise: bool = False
    learning_rate: float | None = None


@dataclass(frozen=True, eq=False)
class Task:
    """One network to be trained under many seeds.

    Attributes:
        build: Returns a fresh, uncompiled Keras model of one input and one output.
        x: Inputs, shape (rows, ...).
        y: Integer classes, shape (rows,).
        splits: Which rows each seed trains on and watches: one split for all, or a function of the
            seed.
        settings: How it is trained.
        track: Variables whose values are recorded after every epoch: history column -> position
            in ``model.weights``.
        ragged: Whether the parts of the split differ in size between seeds. Masking the shorter
            lanes takes about a tenth more time.
        one_unit: Whether the model has one output unit; so has one with binary cross-entropy.
    """

    build: Callable[[], keras.Model]
    x: np.ndarray
    y: np.ndarray
    splits: Split | Callable[[int], Split]
    settings: Settings
    track: Mapping[str, int] = field(default_factory=dict)
    ragged: bool = False
    one_unit: bool = False

    def split(self, seed: int) -> Split:
        """The rows that ``seed`` sees."""
        return self.splits(seed) if callable(self.splits) else self.splits

    def scaling(self, seed: int) -> tuple[np.ndarray, np.ndarray] | None:
        """``scaling`` of the seed's training rows; None where the inputs are used as they are."""
        return scaling(self.x[self.split(seed).train]) if self.settings.standardise else None

    def inputs(self, seed: int, rows: np.ndarray) -> np.ndarray:
        """The inputs of these rows as the network of this seed sees them."""
        scaling = self.scaling(seed)
        x = self.x[rows]
        return x if scaling is None else scaled(x, *scaling)


@lru_cache(maxsize=16)
def task_with(task: Task, settings: frozenset[tuple[str, Any]]) -> Task:
    """The task with these settings; one object for each, as what is compiled belongs to it."""
    return replace(task, settings=replace(task.settings, **dict(settings))) if settings else task


@dataclass(frozen=True, eq=False)
class Run:
    """What one lane trains.

    Attributes:
        seed: The seed.
        settings: In what its settings differ from the task's.
        name: What ``Progress`` calls it.
    """

    seed: int
    settings: Mapping[str, Any]
    name: Any

    @property
    def lane(self) -> tuple[int, float | None]:
        """Seed and learning rate; None: the task's own."""
        return self.seed, self.settings.get("learning_rate")


def scaling(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of every column, each of shape rows.shape[1:]; a constant column has SD 1.

    A missing value, NaN, stands at the mean of the others.
    """
    exact = rows.astype(np.float64)
    missing = np.isnan(exact)
    if missing.any():
        known = (~missing).sum(axis=0)
        exact = np.where(missing, np.where(missing, 0, exact).sum(axis=0) / known.clip(1), exact)
    deviation = exact.std(axis=0)
    deviation[deviation == 0] = 1.0
    return exact.mean(axis=0).astype(rows.dtype), deviation.astype(rows.dtype)


def scaled(x: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Rows shifted and scaled; missing values stand at the mean, which is then 0."""
    x = (x - mean) / deviation
    return np.where(np.isnan(x), x.dtype.type(0), x) if np.isnan(x).any() else x


@dataclass(frozen=True, eq=False)
class Kept:
    """What one stopping rule kept.

    Attributes:
        epochs: Epochs the rule ran before it fired, or all of them.
        best_epoch: The epoch, from 1, with the lowest monitored loss.
        weights: The weights after that epoch.
    """

    epochs: int
    best_epoch: int
    weights: Weights


@dataclass(frozen=True, eq=False)
class Fit:
    """One trained seed.

    Attributes:
        seed: The seed.
        initial: The weights before training.
        history: Per epoch ``loss`` and ``accuracy`` (running means over the epoch's batches, as
            Keras reports them), ``val_loss``, ``val_accuracy`` and, where watched, ``test_loss``,
            ``test_accuracy``, each of shape (epochs,); tracked variables, (epochs, *shape).
        kept: By monitor: what its stopping rule kept.
        settings: In what its settings differ from the task's, by field of ``Settings``.
    """

    seed: int
    initial: Weights
    history: Mapping[str, np.ndarray]
    kept: Mapping[str, Kept]
    settings: Mapping[str, Any] = field(default_factory=dict)


PREFIX = {"validation": "val_", "test": "test_"}
"""History columns of a monitored part are named as Keras names them."""


def stack_history(epochs: Sequence[Mapping[str, np.ndarray | float]]) -> dict[str, np.ndarray]:
    """Turns one mapping per epoch into one array per column."""
    return {
        column: np.stack([np.asarray(epoch[column]) for epoch in epochs]) for column in epochs[0]
    }
