"""Trains one seed at a time with plain Keras ``fit``: the oracle, the peer, and the fallback."""

from __future__ import annotations

import copy
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from bench.training import seeding
from bench.training.checks import checked
from bench.training.initial_values import set_values
from bench.training.optimizers import FreshOptimizer
from bench.training.spec import Fit, Progress, Run, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EVALUATION_ROWS = 1000  # rows per step where nothing is learned; Keras' 32 would only be slower


def fit_runs(
    task: Task, runs: Sequence[Run], *, on_epoch: Progress = lambda _: None
) -> Iterator[Fit]:
    """Trains every run with ``model.fit``, one after the other.

    The model is compiled once for each batch size; each run sets its first weights, its dropout
    stream and a fresh optimizer state.

    Args:
        task: What to train.
        runs: Seeds and learning rates.
        on_epoch: Called after every epoch.

    Yields:
        One ``Fit`` per run, in their order.
    """
    initial, task = checked(task)
    model = initial.model
    fresh = FreshOptimizer(model.optimizer, model.trainable_variables)
    model.optimizer = fresh.optimizer
    feed = Feed(task)
    for run in runs:
        set_values(model.variables, initial.of(run.seed))
        trainable = [np.asarray(variable) for variable in model.trainable_variables]
        rate = run.settings.get("learning_rate")
        set_values(fresh.optimizer.variables, fresh.first(trainable, rate))
        yield _fit(model, task, feed, run, on_epoch)


def _fit(model: keras.Model, task: Task, feed: Feed, run: Run, on_epoch: Progress) -> Fit:
    initial = model.get_weights()
    callbacks = copy.deepcopy(list(task.callbacks))
    watch = Watch(task, run.seed, lambda epoch: on_epoch({run.number: epoch}))
    history = model.fit(
        feed.start(run),
        steps_per_epoch=feed.steps,
        epochs=task.epochs,
        shuffle=False,
        callbacks=[watch, *callbacks],
        verbose=0,
    )
    return Fit(
        run.seed,
        run.settings,
        "keras",
        history.history,
        model.get_weights(),
        initial,
        callbacks,
        run.number,
        task.make,
        task.standard(run.seed),
    )


class Feed:
    """Training batches of the present run, without end: every epoch in an order of its own.

    Keras' own shuffling would repeat one order in every epoch; a ``PyDataset`` that reshuffles in
    ``on_epoch_end`` is asked for batches too early. One feed serves all seeds, since TensorFlow
    never lets go of a generator, nor of the rows that it holds.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._run = Run(0, 0)
        self._rows = np.empty(0, np.int64)

    def start(self, run: Run) -> tf.data.Dataset:
        """The batches of a run."""
        self._run, self._rows = run, self._task.parts(run.seed)["train"]
        return self._dataset

    @property
    def steps(self) -> int:
        """Batches in an epoch; the last one may be shorter."""
        return -(-len(self._rows) // self._size)

    @property
    def _size(self) -> int:
        return self._run.settings.get("batch_size", self._task.batch_size)

    @cached_property
    def _dataset(self) -> tf.data.Dataset:
        signature = keras.tree.map_structure(
            lambda a: tf.TensorSpec([None, *a.shape[1:]], a.dtype), self._batch(self._rows[:1])
        )
        return tf.data.Dataset.from_generator(self._batches, output_signature=signature)

    def _batch(self, rows: np.ndarray) -> tuple[Any, ...]:
        batch = self._task.batch(self._run.seed, rows, training=True)
        # Lists would be taken for tensors.
        return keras.tree.lists_to_tuples(keras.tree.map_structure(_float, batch))

    def _batches(self) -> Iterator[tuple[Any, ...]]:
        for epoch in count():
            order = seeding.batch_order(self._run.seed, epoch, len(self._rows))
            for start in range(0, len(order), self._size):
                yield self._batch(self._rows[order[start : start + self._size]])


def _float(array: np.ndarray) -> np.ndarray:
    """As ``fit`` does with arrays: all floats become Keras' own."""
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


class Watch(keras.callbacks.Callback):
    """Adds loss and metrics of the watched parts to what the callbacks after it are told."""

    def __init__(self, task: Task, seed: int, on_epoch: Callable[[int], None]) -> None:
        super().__init__()
        self._on_epoch = on_epoch
        self._watched = {
            part: task.batch(seed, rows, training=False)
            for part, rows in task.parts(seed).items()
            if part != "train"
        }

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Evaluates; Keras gives its running means as ``logs``."""
        for part, batch in self._watched.items():
            scores = self.model.evaluate(
                *batch[:2],
                sample_weight=batch[2] if len(batch) > 2 else None,
                batch_size=EVALUATION_ROWS,
                verbose=0,
                return_dict=True,
            )
            if logs is not None:
                logs |= {f"{part}_{name}": score for name, score in scores.items()}
        self._on_epoch(epoch + 1)
