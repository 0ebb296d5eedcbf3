"""Hold the nets that are timed, and what is timed on them.

``one epoch`` is one call of ``model.fit`` and ``prediction of the test set`` one of
``model.predict``, as users call them: what Keras does around the compiled steps is part of it. The
further operations are the compiled functions alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.data import budget
from bench.timing import interleave
from bench.timing.tasks import epoch_rows, scores, timed_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.data import Dataset

MANY_ROUNDS = 65
"""Of a few calls each: short samples are paired more closely than long ones. More rounds would
resolve the hundredth by which two nets that are alike differ, if one was made before the other."""

LAYER_ROWS = 4_000  # a layer's own work outweighs the call


class Net:
    """A compiled Keras model of one cell, and its data.

    Attributes:
        model: The model, with the first weights of seed 0.
        train: Inputs and targets of the rows of an epoch.
        test: Inputs and targets of the test rows.
    """

    def __init__(self, dataset: Dataset, activation: str) -> None:
        from bench.training.trainers.initial_values import seeded_model
        from bench.training.trials.cells import targets

        task = timed_task(dataset, activation, rows=epoch_rows(dataset.name))
        split = task.split(0)
        self.model = seeded_model(task.build, 0)
        self.classes, self.batch_size = dataset.classes, task.batch_size
        self.train = task.x[split.train], targets(task.y[split.train], self.classes)
        self.test = task.x[split.test], targets(task.y[split.test], self.classes)

    def scores(self) -> dict[str, float]:
        """Return accuracy and F1 of the net on the test rows, as it stands."""
        # Not by predict: that would compile what is timed later.
        outputs = np.asarray(self.model(self.test[0], training=False))
        one_unit = outputs.shape[1] == 1
        predicted = outputs[:, 0] > 0.5 if one_unit else outputs.argmax(axis=1)
        return scores(self.test[1], predicted, self.classes)


@dataclass(frozen=True)
class Operation:
    """Something that is timed.

    Attributes:
        title: Its name in the tables.
        prepare: Returns what is called within the clock; sets up outside it.
        calls: Calls per sample.
        rounds: Samples; None: as many as the data set's budget has.
    """

    title: str
    prepare: Callable[[Net], Callable[[], object]]
    calls: int = 1
    rounds: int | None = None

    def rounds_on(self, dataset: str) -> int:
        """Return the number of samples on a data set."""
        return interleave.rounds(self.rounds or budget(dataset).timing.rounds)

    def title_on(self, dataset: str) -> str:
        """Return the name in the tables, which says where not all rows are used."""
        rows = epoch_rows(dataset) if self.prepare is _epoch else None
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
    "epoch": Operation("one epoch", _epoch),
    "prediction": Operation("prediction of the test set", _prediction, rounds=11),
    "step": Operation("one training step", _training_step, calls=2, rounds=MANY_ROUNDS),
    "forward": Operation("forward pass of a batch", _forward_pass, calls=10, rounds=MANY_ROUNDS),
    "row": Operation("prediction of one row", _one_row, calls=5, rounds=MANY_ROUNDS),
    "layer": Operation(f"first hidden layer on {LAYER_ROWS:,} rows", _layer, rounds=MANY_ROUNDS),
}
