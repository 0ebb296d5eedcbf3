"""Trains one seed at a time with plain Keras ``fit``: the oracle, the peer, and the fallback."""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from bench.training import seeding
from bench.training.initial_values import InitialValues, set_values
from bench.training.optimizers import FreshOptimizer
from bench.training.randomness import check_randomness
from bench.training.spec import (
    PREFIX,
    Fit,
    Kept,
    Progress,
    Run,
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

    Args:
        task: What to train.
        seeds: Which seeds.
        on_epoch: Called after every epoch.

    Yields:
        One ``Fit`` per seed, in the order of ``seeds``.
    """
    yield from fit_runs(task, [Run(seed, {}, seed) for seed in seeds], on_epoch=on_epoch)


def fit_runs(
    task: Task, runs: Sequence[Run], *, on_epoch: Progress = lambda _: None
) -> Iterator[Fit]:
    """Trains every run with ``model.fit``, one after the other.

    The model is compiled once; each run sets its first weights, its dropout stream and a fresh
    optimizer state.

    Args:
        task: What to train.
        runs: Seeds and learning rates.
        on_epoch: Called after every epoch.

    Yields:
        One ``Fit`` per run, in their order.
    """
    initial = InitialValues(task.build)
    model = initial.model
    check_randomness(model)
    fresh = FreshOptimizer(task.settings.optimizer, model.trainable_variables)
    model.compile(fresh.optimizer, loss=task.settings.loss, metrics=["accuracy"])
    feed = Feed(task)
    for run in runs:
        set_values(model.variables, initial.of(run.seed))
        trainable = [np.asarray(variable) for variable in model.trainable_variables]
        rate = run.settings.get("learning_rate", task.settings.learning_rate)
        set_values(fresh.optimizer.variables, fresh.first(trainable, rate))
        yield _fit(model, task, feed, run, on_epoch)


def _fit(model: keras.Model, task: Task, feed: Feed, run: Run, on_epoch: Progress) -> Fit:
    seed = run.seed
    initial = model.get_weights()
    split = task.split(seed)
    watched = {
        part: (task.inputs(seed, getattr(split, part)), targets(task, getattr(split, part)))
        for part in task.settings.monitors
    }
    watch = Watch(task, watched, lambda epoch: on_epoch({run.name: epoch}))
    model.fit(
        feed.start(seed),
        steps_per_epoch=feed.steps,
        epochs=task.settings.epochs,
        shuffle=False,
        callbacks=[watch],
        verbose=0,
    )
    return Fit(seed, initial, stack_history(watch.epochs), watch.kept(), run.settings)


def targets(task: Task, rows: np.ndarray) -> np.ndarray:
    """Classes as Keras' losses want them: a column of floats for one output unit, else integers."""
    y = task.y[rows]
    column = task.one_unit or task.settings.loss == "binary_crossentropy"
    return y[:, None].astype(task.x.dtype) if column else y


class Feed:
    """Training batches of the present seed, without end: every epoch in an order of its own.

    Keras' own shuffling would repeat one order in every epoch; a ``PyDataset`` that reshuffles in
    ``on_epoch_end`` is asked for batches too early. One feed serves all seeds, since TensorFlow
    never lets go of a generator, nor of the rows that it holds.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._seed = 0
        self._rows = np.empty(0, np.int64)

    def start(self, seed: int) -> tf.data.Dataset:
        """The batches of a seed."""
        self._seed, self._rows = seed, self._task.split(seed).train
        return self._dataset

    @property
    def steps(self) -> int:
        """Batches in an epoch; the last one may be shorter."""
        return -(-len(self._rows) // self._task.settings.batch_size)

    @cached_property
    def _dataset(self) -> tf.data.Dataset:
        x, y = self._task.inputs(self._seed, self._rows[:1]), targets(self._task, self._rows[:1])
        signature = tuple(tf.TensorSpec([None, *a.shape[1:]], a.dtype) for a in (x, y))
        return tf.data.Dataset.from_generator(self._batches, output_signature=signature)

    def _batches(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        x, y = self._task.inputs(self._seed, self._rows), targets(self._task, self._rows)
        for epoch in count():
            order = seeding.batch_order(self._seed, epoch, len(x))
            for start in range(0, len(x), self._task.settings.batch_size):
                rows = order[start : start + self._task.settings.batch_size]
                yield x[rows], y[rows]


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
