"""Trains one seed at a time with plain Keras ``fit``: the oracle, the peer, and the fallback."""

from __future__ import annotations

import copy
from itertools import count
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from bench.training.trainers import seeding
from bench.training.trainers.checks import checked
from bench.training.trainers.initial_values import set_values
from bench.training.trainers.optimizers import FreshOptimizer
from bench.training.trainers.training_task import taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.training.trainers.training_task import Fit, Progress, Run, Task

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
    for run in runs:
        set_values(model.variables, initial.of(run.seed))
        trainable = [np.asarray(variable) for variable in model.trainable_variables]
        set_values(fresh.optimizer.variables, fresh.first(trainable, run.rate))
        yield _fit(model, task, run, on_epoch)


def _fit(model: keras.Model, task: Task, run: Run, on_epoch: Progress) -> Fit:
    initial = model.get_weights()
    callbacks = copy.deepcopy(list(task.callbacks))
    watch = Watch(task, run.seed, lambda epoch: on_epoch({run.number: epoch}))
    size = run.settings.get("batch_size", task.batch_size)
    history = model.fit(
        batches(task, run.seed, size),
        steps_per_epoch=-(-len(task.parts(run.seed)["train"]) // size),
        epochs=task.epochs,
        shuffle=False,
        callbacks=[watch, *callbacks],
        verbose=0,
    )
    return task.fit(run, "keras", history.history, model.get_weights(), initial, callbacks)


def batches(task: Task, seed: int, size: int) -> Iterator[tuple[Any, ...]]:
    """Training batches without end: every epoch in an order of its own.

    Keras' own shuffling would repeat one order in every epoch; a ``PyDataset`` that reshuffles in
    ``on_epoch_end`` is asked for batches too early.
    """
    rows = task.parts(seed)["train"]
    whole = keras.tree.map_structure(_float, task.batch(seed, rows, training=True))
    whole = keras.tree.lists_to_tuples(whole)  # lists would be taken for tensors
    for epoch in count():
        order = seeding.batch_order(seed, epoch, len(rows))
        for start in range(0, len(order), size):
            yield taken(whole, order[start : start + size])


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
