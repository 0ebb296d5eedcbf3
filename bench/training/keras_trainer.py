"""Trains one seed at a time with plain Keras ``fit``: the oracle, the peer, and the fallback."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from bench.training import seeding
from bench.training.spec import (
    PREFIX,
    Fit,
    Kept,
    Progress,
    Task,
    Weights,
    stack_history,
)
from bench.training.stopping import StoppingRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EVALUATION_ROWS = 1000  # rows per step where nothing is learned; Keras' 32 would only be slower


def fit_seeds(
    task: Task, seeds: Sequence[int], *, on_epoch: Progress = lambda _: None
) -> Iterator[Fit]:
    """Trains every seed with ``model.fit``, one after the other.

    The model is compiled once; each seed sets its first weights, its dropout stream and a fresh
    optimizer state.

    Args:
        task: What to train.
        seeds: Which seeds.
        on_epoch: Called after every epoch.

    Yields:
        One ``Fit`` per seed, in the order of ``seeds``.
    """
    model = task.build()
    model.compile(task.settings.optimizer, loss=task.settings.loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    fresh = [np.asarray(variable) for variable in model.optimizer.variables]
    for seed in seeds:
        for variable, value in zip(model.optimizer.variables, fresh, strict=True):
            variable.assign(value)
        yield _fit(model, task, seed, on_epoch)


def _fit(model: keras.Model, task: Task, seed: int, on_epoch: Progress) -> Fit:
    set_initial_values(model, seed)
    initial = model.get_weights()
    split = task.split(seed)
    watched = {
        part: (task.inputs(seed, getattr(split, part)), targets(task, getattr(split, part)))
        for part in task.settings.monitors
    }
    x, y, size = (
        task.inputs(seed, split.train),
        targets(task, split.train),
        task.settings.batch_size,
    )
    watch = Watch(task, watched, lambda epoch: on_epoch({seed: epoch}))
    model.fit(
        batches(x, y, seed, size),
        steps_per_epoch=-(-len(x) // size),
        epochs=task.settings.epochs,
        shuffle=False,
        callbacks=[watch],
        verbose=0,
    )
    return Fit(seed, initial, stack_history(watch.epochs), watch.kept())


def set_initial_values(model: keras.Model, seed: int) -> None:
    """Gives every variable of the model the first value that belongs to ``seed``."""
    for variable, value in zip(model.variables, seeding.initial_values(model, seed), strict=True):
        variable.assign(value)


def targets(task: Task, rows: np.ndarray) -> np.ndarray:
    """Classes as Keras' losses want them: a column of floats for one output unit, else integers."""
    y = task.y[rows]
    return y[:, None].astype(task.x.dtype) if task.settings.loss == "binary_crossentropy" else y


def batches(x: np.ndarray, y: np.ndarray, seed: int, batch_size: int) -> tf.data.Dataset:
    """Training batches without end, every epoch in an order of its own, by (seed, epoch).

    Keras' own shuffling would repeat one order in every epoch; a ``PyDataset`` that reshuffles in
    ``on_epoch_end`` is asked for batches too early.
    """

    def rows() -> Iterator[np.ndarray]:
        for epoch in count():
            order = seeding.batch_order(seed, epoch, len(x))
            for start in range(0, len(x), batch_size):
                yield order[start : start + batch_size]

    inputs, classes = tf.constant(x), tf.constant(y)
    numbers = tf.data.Dataset.from_generator(rows, output_signature=tf.TensorSpec([None], tf.int64))
    return numbers.map(lambda some: (tf.gather(inputs, some), tf.gather(classes, some)))


class Watch(keras.callbacks.Callback):
    """Evaluates the watched parts after every epoch, keeps the best weights, stops the training."""

    def __init__(
        self,
        task: Task,
        watched: dict[str, tuple[np.ndarray, np.ndarray]],
        on_epoch: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._task, self._watched, self._on_epoch = task, watched, on_epoch
        self._rules = {part: StoppingRule(task.settings.patience) for part in watched}
        self._weights: dict[str, Weights] = {}
        self.epochs: list[dict[str, np.ndarray | float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Watches one epoch; Keras gives its running means as ``logs``."""
        values: dict[str, np.ndarray | float] = dict(logs or {})
        for part, (x, y) in self._watched.items():
            scores = self.model.evaluate(
                x, y, batch_size=EVALUATION_ROWS, verbose=0, return_dict=True
            )
            values |= {PREFIX[part] + name: score for name, score in scores.items()}
            if self._rules[part].update(scores["loss"]):
                self._weights[part] = self.model.get_weights()
        weights = self.model.weights
        values |= {name: np.asarray(weights[i]) for name, i in self._task.track.items()}
        self.epochs.append(values)
        self._on_epoch(epoch + 1)
        self.model.stop_training = all(rule.fired for rule in self._rules.values())

    def kept(self) -> dict[str, Kept]:
        """What each stopping rule kept, once training has ended."""
        return {
            part: Kept(rule.epochs, rule.best_epoch, self._weights[part])
            for part, rule in self._rules.items()
        }
