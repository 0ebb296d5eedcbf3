"""What a trainer is given and what it gives back, whichever trainer it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import UserError

if TYPE_CHECKING:
    import keras

Weights = list[np.ndarray]
"""One array per variable, in the order of ``model.weights``."""

Progress = Callable[[Mapping[int, int]], None]
"""Called after every epoch with ``{number of the run: epochs done}`` of the runs in training."""

Parts = Mapping[str, np.ndarray]
"""Row numbers: those of ``train``, and those of each part that is evaluated after every epoch."""


@dataclass(frozen=True, eq=False)
class Task:
    """What is trained under many seeds; the arguments of ``fit_many``, checked.

    Attributes:
        build: Returns a fresh, compiled Keras model.
        x: Inputs: an array of shape (rows, ...), or a list or dict of them.
        y: Targets, in the structure of the model's outputs.
        parts: The rows of a seed.
        epochs: The most epochs that a seed is trained.
        batch_size: Rows per step; the last batch of an epoch may be shorter, as in Keras.
        callbacks: Copied for every run.
        weights: Weights of the rows in training and in evaluation, each of shape (rows,) or None.
        standardise: Whether inputs are shifted and scaled to mean 0 and SD 1 of the seed's own
            training rows.
        offset: What was subtracted from the inputs, so that float32 can hold them.
        ragged: Whether the parts differ in size between seeds.
    """

    build: Callable[[], keras.Model]
    x: Any
    y: Any
    parts: Callable[[int], Parts]
    epochs: int = 1
    batch_size: int = 32
    callbacks: Sequence[keras.callbacks.Callback] = ()
    weights: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
    standardise: bool = False
    offset: np.ndarray | float = 0.0
    ragged: bool = False

    def make(self) -> keras.Model:
        """Return a model whose weights are there.

        Raises:
            UserError: It is not compiled.
        """
        model = self.build()
        if not model.compiled or model.optimizer is None or model._compile_loss is None:
            raise UserError(
                "Expected the build function to return a compiled model. Received: one without "
                "loss and optimizer. Call model.compile(optimizer, loss) in it."
            )
        if not model.built:
            model(taken(self.x, np.arange(1)))
        return model

    def scaling(self, seed: int) -> tuple[np.ndarray, np.ndarray] | None:
        """``scaling`` of the seed's training rows; None where the inputs are used as they are."""
        return scaling(self.x[self.parts(seed)["train"]]) if self.standardise else None

    def fit(self, run: Run, trainer: str, *results: Any) -> Fit:
        """Return what a run has come to; ``results``: ``history`` to ``callbacks`` of ``Fit``."""
        own = self.scaling(run.seed)
        # Of the inputs as the user gave them.
        scaling = None if own is None else (own[0].astype(np.float64) + self.offset, own[1])
        first = Fit(run.seed, run.settings, trainer, *results)
        return replace(first, number=run.number, build=self.make, scaling=scaling)

    def one_row(self) -> tuple[Any, ...]:
        """Return what ``batch`` does, of the first row as it is: an example of its shapes."""
        return replace(self, standardise=False).batch(0, np.arange(1), training=True)

    def batch(self, seed: int, rows: np.ndarray, *, training: bool) -> tuple[Any, ...]:
        """Return inputs and targets of rows, and their weights where there are any."""
        own, x = self.scaling(seed), taken(self.x, rows)
        weights = self.weights[not training]
        batch = x if own is None else scaled(x, *own), taken(self.y, rows)
        return batch if weights is None else (*batch, weights[rows])


@dataclass(frozen=True, eq=False)
class Run:
    """What one lane trains.

    Attributes:
        number: Its place among the runs that were asked for.
        seed: The seed.
        settings: ``learning_rate`` and ``batch_size``, where they are not the task's.
    """

    number: int
    seed: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rate(self) -> float | None:
        """The learning rate; None: the optimizer's own."""
        return self.settings.get("learning_rate")


@dataclass(frozen=True, eq=False)
class Fit:
    """One trained network.

    Attributes:
        seed: The seed.
        settings: In what its settings differ from the model's.
        trainer: What trained it: ``many-seeds``, or ``keras`` where it could not be mapped.
        history: As ``History.history`` of Keras: per column one value an epoch.
        weights: After training, in the order of ``model.weights``; those that a callback restored.
        initial: The weights before training.
        callbacks: The run's own copies.
        number: Its place among the runs that were asked for.
        build: Returns a fresh, compiled model.
        scaling: Mean and SD of the inputs; None where they are used as they are.
    """

    seed: int
    settings: Mapping[str, Any]
    trainer: str
    history: Mapping[str, list[Any]]
    weights: Weights
    initial: Weights
    callbacks: Sequence[Any] = ()
    number: int = 0
    build: Callable[[], keras.Model] = field(repr=False, default=lambda: None)
    scaling: tuple[np.ndarray, np.ndarray] | None = None

    def model(self) -> keras.Model:
        """Return a compiled model with the weights; its inputs are standardised ones, if any."""
        model = self.build()
        model.set_weights(self.weights)
        return model

    def predict(self, x: Any, batch_size: int = 1000) -> Any:
        """Return the outputs for inputs of shape (rows, ...): ``model().predict``."""
        return predict_many([self], x, batch_size)


def predict_many(fits: Sequence[Fit], x: Any, batch_size: int = 1000) -> Any:
    """Return the mean of the outputs of trained networks: their ensemble.

    Args:
        fits: Results of one call of ``fit_many``.
        x: Inputs as ``fit_many`` takes them, shape (rows, ...).
        batch_size: Rows at once.

    Returns:
        An array of the shape of one network's outputs, (rows, ...); a list or dict where there are
        several outputs.
    """
    import keras

    if not fits:
        raise UserError("predict_many: expected at least one result of fit_many. Received: none.")
    model, total = fits[0].build(), None
    for fit in fits:
        model.set_weights(fit.weights)
        inputs = x if fit.scaling is None else scaled(np.asarray(x, np.float64), *fit.scaling)
        outputs = model.predict(inputs, batch_size=batch_size, verbose=0)
        total = outputs if total is None else keras.tree.map_structure(np.add, total, outputs)
    return keras.tree.map_structure(lambda values: values / len(fits), total)


def taken(arrays: Any, rows: np.ndarray) -> Any:
    """Return some rows of an array, or of each array of a list or dict."""
    if isinstance(arrays, np.ndarray):
        return arrays[rows]
    import keras

    return keras.tree.map_structure(lambda array: array[rows], arrays)


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
