"""The nets that are timed, and what is timed on them.

``one epoch`` is one call of ``model.fit`` and ``prediction of the test set`` one of
``model.predict``, as users call them: what Keras does around the compiled steps is part of it. The
further operations are the compiled functions alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bench.data import budget
from bench.timing import effort

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

    from bench.data import Dataset
    from bench.training.spec import Task

ACTIVATION = "adaact"  # of the nets by which trainers are compared

MANY_ROUNDS = 65
"""Of a few calls each: short samples are paired more closely than long ones. More rounds would
resolve the hundredth by which two nets that are alike differ, if one was made before the other."""

LAYER_ROWS = 4_000  # a layer's own work outweighs the call


def cell_task(dataset: Dataset, activation: str, epochs: int, patience: int | None = None) -> Task:
    """The task of a cell under the paper's protocol, with so many epochs."""
    from bench.data.splits import paper_split
    from bench.training import networks
    from bench.training.spec import Settings, Task

    recipe, name = networks.RECIPES[dataset.name], dataset.name
    build = partial(networks.build, name, activation, dataset.x.shape[1], dataset.classes)
    loss = networks.loss(dataset.classes)
    settings = Settings(recipe.optimizer, loss, recipe.batch_size, epochs, patience)
    return Task(build, dataset.x, dataset.y, paper_split(dataset), settings)


@dataclass(eq=False)
class Net:
    """A compiled Keras model of one cell, and its data.

    Attributes:
        model: The model.
        classes: Number of classes.
        batch_size: Rows per training step.
        train: Inputs and targets of the rows of an epoch.
        test: Inputs and targets of the test rows.
        first_call_seconds: By operation: its first call, which traces and compiles.
    """

    model: keras.Model
    classes: int
    batch_size: int
    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    first_call_seconds: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, dataset: Dataset, activation: str) -> Net:
        """Builds the net of a cell with the first weights of seed 0."""
        from bench.training.initial_values import seeded_model
        from bench.training.keras_trainer import targets

        task = cell_task(dataset, activation, epochs=1)
        split, settings = task.split(0), task.settings
        rows = split.train[: budget(dataset.name).timing.epoch_rows]
        model = seeded_model(task.build, 0)
        model.compile(settings.optimizer, loss=settings.loss, metrics=["accuracy"])
        train = task.inputs(0, rows), targets(task, rows)
        test = task.inputs(0, split.test), targets(task, split.test)
        return cls(model, dataset.classes, settings.batch_size, train, test)

    def scores(self) -> dict[str, float]:
        """Accuracy and F1 of the net on the test rows, as it stands."""
        # Not by predict: that would compile what is timed later.
        outputs = np.asarray(self.model(self.test[0], training=False))
        one_unit = outputs.shape[1] == 1
        return self.scores_of(outputs[:, 0] > 0.5 if one_unit else outputs.argmax(axis=1))

    def scores_of(self, predicted: np.ndarray) -> dict[str, float]:
        """Accuracy and F1 of predicted classes of the test rows."""
        from bench.training.metrics import METRICS

        truth = self.test[1].reshape(-1).astype(np.int64)
        return {
            name: metric.function(truth, predicted.astype(np.int64), self.classes)
            for name, metric in METRICS.items()
        }

    def ready(self, operation: str) -> Callable[[], object]:
        """An operation of this net, called once already, so that it is compiled."""
        run = OPERATIONS[operation].prepare(self)
        begin = perf_counter()
        run()
        self.first_call_seconds[operation] = perf_counter() - begin
        return run


@dataclass(frozen=True)
class Operation:
    """Something that is timed.

    Attributes:
        title: Its name in the tables.
        prepare: Returns what is called within the clock; sets up outside it.
        calls: Calls per sample.
        rounds: Samples; None: as many as the data set's budget has.
        scored: Whether accuracy and F1 of the net stand beside it.
    """

    title: str
    prepare: Callable[[Net], Callable[[], object]]
    calls: int = 1
    rounds: int | None = None
    scored: bool = False

    def rounds_on(self, dataset: str) -> int:
        """Samples on a data set."""
        return effort.rounds(self.rounds or budget(dataset).timing.rounds)

    def title_on(self, dataset: str) -> str:
        """The name in the tables, which says where not all rows are used."""
        rows = budget(dataset).timing.epoch_rows if self.prepare is _epoch else None
        return f"{self.title} of {rows:,} rows" if rows else self.title


def _epoch(net: Net) -> Callable[[], object]:
    return partial(net.model.fit, *net.train, batch_size=net.batch_size, verbose=0)


def _prediction(net: Net) -> Callable[[], object]:
    return partial(net.model.predict, net.test[0], verbose=0)


def _training_step(net: Net) -> Callable[[], object]:
    x, y = (values[: net.batch_size] for values in net.train)
    return partial(net.model.train_on_batch, x, y)


def _forward_pass(net: Net) -> Callable[[], object]:
    import tensorflow as tf

    forward = tf.function(partial(net.model, training=False), autograph=False)
    return partial(forward, tf.constant(net.train[0][: net.batch_size]))


def _layer(net: Net) -> Callable[[], object]:
    import tensorflow as tf

    layer = next(layer for layer in net.model.layers if layer.weights)
    x = np.resize(net.test[0], (LAYER_ROWS, *net.test[0].shape[1:]))  # its rows again and again
    return partial(tf.function(layer, autograph=False), tf.constant(x))


def _one_row(net: Net) -> Callable[[], object]:
    return partial(net.model.predict_on_batch, net.test[0][:1])


OPERATIONS = {
    "epoch": Operation("one epoch", _epoch, scored=True),
    "prediction": Operation("prediction of the test set", _prediction, rounds=11, scored=True),
    "step": Operation("one training step", _training_step, calls=2, rounds=MANY_ROUNDS),
    "forward": Operation("forward pass of a batch", _forward_pass, calls=10, rounds=MANY_ROUNDS),
    "row": Operation("prediction of one row", _one_row, calls=5, rounds=MANY_ROUNDS),
    "layer": Operation(f"first hidden layer on {LAYER_ROWS:,} rows", _layer, rounds=MANY_ROUNDS),
}
