"""The compiled half of the many-seeds trainer: one training step of one seed, mapped and looped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from bench.training.initial_values import InitialValues
from bench.training.lanes import over_lanes
from bench.training.optimizers import StatelessOptimizer
from bench.training.randomness import check_randomness
from bench.training.state import State, where_lanes
from bench.training.unmappable import UNMAPPABLE, NotMappableError, culprit, unlogged
from bench.training.xla import add_in_one_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.training.spec import Task, Weights
    from bench.training.state import Fields, Inputs

add_in_one_order()

EVALUATION_ROWS = 1000  # rows per step where nothing is learned: large enough for fast products
Scaling = tuple[tf.Tensor, tf.Tensor]  # shift and scale of the inputs
CALL_SECONDS = 0.5  # one compiled call; Ctrl-C and progress bars wait no longer than that


class Compiled:
    """A Keras model, its loss and its optimizer as functions of a ``State``."""

    def __init__(self, task: Task) -> None:
        self.initial = InitialValues(task.build)
        self.model = self.initial.model
        check_randomness(self.model)
        self.compile_seconds = 0.0
        self._optimizer = StatelessOptimizer(
            task.settings.optimizer, self.model.trainable_variables
        )
        self._batch_size = task.settings.batch_size
        self._ragged = task.ragged
        self._learning_rate = task.settings.learning_rate
        loss = keras.losses.get(task.settings.loss)
        self._loss = loss.call if isinstance(loss, keras.losses.Loss) else loss
        self._dtype = self.model.variable_dtype
        self._x = _constant(_ById(task.x), self.model.compute_dtype)
        self._gaps = bool(np.isnan(task.x).any())  # they stand at the mean
        self._binary = self.model.output_shape[-1] == 1
        self._y = tf.constant(task.y[:, None] if self._binary else task.y, self._y_dtype())
        self._steps = tf.function(self._train_steps, jit_compile=True, autograph=False)
        self._sums = tf.function(self._evaluate_batches, jit_compile=True, autograph=False)
        self._chunk: int | None = None
        self._trainable = [id(v) for v in self.model.trainable_variables]
        self._other = [id(v) for v in self.model.non_trainable_variables]

    def _y_dtype(self) -> str:
        return self.model.compute_dtype if self._binary else "int32"

    # State in and out

    def state(self, lanes: Sequence[tuple[int, float | None]]) -> State:
        """The state before training.

        Args:
            lanes: Per lane its seed and its learning rate; None: the task's.
        """
        places = {id(v): place for place, v in enumerate(self.model.variables)}
        model, optimizer = [], []
        for seed, rate in lanes:
            values = self.initial.of(seed)
            model.append(values)
            trainable = [values[places[v]] for v in self._trainable]
            own = self._learning_rate if rate is None else rate
            optimizer.append(self._optimizer.first(trainable, own))
        by_id = dict(zip(places, _stacked(model), strict=True))
        return State(
            [by_id[v] for v in self._trainable],
            [by_id[v] for v in self._other],
            _stacked(optimizer),
        )

    def weights(self, state: State, positions: Iterable[int] | None = None) -> Weights:
        """The weights of all lanes, shape (lanes, ...), in the order of ``model.weights``.

        Args:
            state: The lanes.
            positions: Which ones of ``model.weights``; None: all.
        """
        values = [*state.trainable, *state.other]
        by_id = dict(zip(self._trainable + self._other, values, strict=True))
        chosen = range(len(self.model.weights)) if positions is None else positions
        return [by_id[id(self.model.weights[i])].numpy() for i in chosen]

    # Training

    def warm_up(self, state: State, train: Inputs, watched: Sequence[Inputs]) -> None:
        """Compiles for these lanes: the training loop by running none of its steps.

        Raises:
            NotMappableError: The model can't be mapped over seeds; names the layer.
        """
        start = perf_counter()
        with unlogged():
            try:
                for batches in self._batches(train):
                    self._steps(state.fields(), _no_sums(train), *batches, *_bounds(0, 0))
                for inputs in watched:
                    self.evaluate(state, inputs)
            except UNMAPPABLE as error:
                raise NotMappableError(culprit(self.model, error)) from error
        self.compile_seconds = max(self.compile_seconds, perf_counter() - start)

    def train_epoch(self, state: State, inputs: Inputs) -> tuple[State, dict[str, np.ndarray]]:
        """Trains all lanes for one epoch.

        Args:
            state: The lanes.
            inputs: Training rows in the order in which each lane sees them.

        Returns:
            The lanes afterwards, and ``loss`` and ``accuracy``, running means of shape (lanes,).
        """
        fields, sums = state.fields(), _no_sums(inputs)
        for batches in self._batches(inputs):
            steps, start = batches[0].shape[0], 0
            while start < steps:
                stop = min(steps, start + (self._chunk or max(1, steps // 20)))
                begin = perf_counter()
                fields, sums = self._steps(fields, sums, *batches, *_bounds(start, stop))
                if steps > 1 and self._chunk is None:
                    per_step = (perf_counter() - begin) / (stop - start)
                    self._chunk = max(1, int(CALL_SECONDS / per_step))
                start = stop
        loss, accuracy = sums.numpy().T / inputs.counts
        return State(*fields), {"loss": loss, "accuracy": accuracy}

    def _batches(self, inputs: Inputs) -> list[tuple[tf.Tensor, ...]]:
        """The full batches, (steps, lanes, batch), and the short last one, as Keras has it.

        Beside them the number of steps that each lane takes, and its scaling. All lanes have a last
        batch of the same size.
        """
        lanes, size = len(inputs.rows), self._batch_size
        steps = inputs.counts // size
        full, short = int(steps.max()) * size, int(inputs.counts[0] % size)
        last = (steps * size)[:, None] + np.arange(short)
        parts = [
            (inputs.rows[:, :full].reshape(lanes, full // size, size), steps),
            (np.take_along_axis(inputs.rows, last, 1)[:, None], np.ones_like(steps)),
        ]
        scaling = self._scaling(inputs)
        return [
            (tf.constant(part.swapaxes(0, 1), tf.int32), tf.constant(taken, tf.int32), scaling)
            for part, taken in parts
            if part.size
        ]

    def _scaling(self, inputs: Inputs) -> Scaling:
        dtype = self._x.dtype
        return tf.constant(inputs.shift, dtype), tf.constant(inputs.scale, dtype)

    def _gather(self, rows: tf.Tensor, scaling: Scaling) -> tf.Tensor:
        x, (shift, scale) = tf.gather(self._x, rows), scaling
        if shift.shape.rank == 0:
            return x
        x = (x - tf.expand_dims(shift, 1)) / tf.expand_dims(scale, 1)
        return tf.where(tf.math.is_nan(x), tf.zeros_like(x), x) if self._gaps else x

    def _train_steps(
        self,
        fields: Fields,
        sums: tf.Tensor,
        order: tf.Tensor,
        steps: tf.Tensor,
        scaling: Scaling,
        start: tf.Tensor,
        stop: tf.Tensor,
    ) -> tuple[Fields, tf.Tensor]:
        def body(i: tf.Tensor, fields: Fields, sums: tf.Tensor) -> Fields:
            rows = order[i]
            lane = (*fields, self._gather(rows, scaling), tf.gather(self._y, rows))
            after, losses = over_lanes(lambda one: self._train_step(*one), lane)
            losses = tf.cast(losses, sums.dtype)
            if self._ragged:  # a lane that has taken all of its steps stays as it is
                after, losses = where_lanes(
                    i < steps, (after, losses), (fields, tf.zeros_like(losses))
                )
            return i + 1, after, sums + losses

        _, fields, sums = tf.while_loop(lambda i, *_: i < stop, body, (start, fields, sums))
        return fields, sums

    def _train_step(
        self,
        trainable: list[tf.Tensor],
        other: list[tf.Tensor],
        optimizer: list[tf.Tensor],
        x: tf.Tensor,
        y: tf.Tensor,
    ) -> tuple[Fields, tf.Tensor]:
        """One step of one lane: forward, backward, update."""
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            loss, hits, other = self._forward(trainable, other, x, y, training=True)
            mean = tf.reduce_mean(loss)
        gradients = tape.gradient(mean, trainable)
        trainable, optimizer = self._optimizer.apply(optimizer, gradients, trainable)
        sums = tf.stack([tf.reduce_sum(loss), tf.reduce_sum(hits)])
        return (trainable, other, optimizer), sums

    # Evaluation

    def evaluate(self, state: State, inputs: Inputs) -> dict[str, np.ndarray]:
        """Mean loss and accuracy of every lane on its rows, each of shape (lanes,)."""
        lanes, rows = inputs.rows.shape
        # Of rows that depend on companions, a fixed number: it may decide the order of sums.
        size = EVALUATION_ROWS if self._ragged else min(EVALUATION_ROWS, rows)
        padded = np.pad(inputs.rows, ((0, 0), (0, -rows % size)))
        positions = np.arange(padded.shape[1]).reshape(-1, 1, size)
        counted = positions < inputs.counts[:, None] if self._ragged else positions[:, 0] < rows
        batches = tf.constant(padded.reshape(lanes, -1, size).swapaxes(0, 1), tf.int32)
        sums = self._sums(
            state.trainable, state.other, batches, tf.constant(counted), self._scaling(inputs)
        )
        loss, accuracy = np.asarray(sums, np.float64).T / inputs.counts
        return {"loss": loss, "accuracy": accuracy}

    def _evaluate_batches(
        self,
        trainable: list[tf.Tensor],
        other: list[tf.Tensor],
        batches: tf.Tensor,
        counted: tf.Tensor,
        scaling: Scaling,
    ) -> tf.Tensor:
        def body(i: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows, weight = batches[i], tf.cast(counted[i], self._dtype)

            def one(lane: tuple[tf.Tensor, ...], weight: tf.Tensor = weight) -> tf.Tensor:
                loss, hits, _ = self._forward(*lane, training=False)
                return tf.stack([tf.reduce_sum(loss * weight), tf.reduce_sum(hits * weight)])

            lanes = (trainable, other, self._gather(rows, scaling), tf.gather(self._y, rows))
            scores = (
                over_lanes(lambda both: one(*both), (lanes, weight))
                if self._ragged
                else over_lanes(one, lanes)
            )
            return i + 1, sums + scores

        sums = tf.zeros([batches.shape[1], 2], self._dtype)
        return tf.while_loop(lambda i, _: i < batches.shape[0], body, (0, sums))[1]

    def _forward(
        self,
        trainable: list[tf.Tensor],
        other: list[tf.Tensor],
        x: tf.Tensor,
        y: tf.Tensor,
        *,
        training: bool,
    ) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        """Loss and correctness of each row of one lane, each of shape (rows,)."""
        predicted, other, penalties = self.model.stateless_call(
            trainable, other, x, training=training, return_losses=True
        )
        loss = self._loss(y, predicted) + sum(penalties)
        if self._binary:
            hits = tf.equal(predicted > 0.5, y > 0.5)[..., 0]
        else:
            hits = tf.equal(tf.argmax(predicted, axis=-1, output_type=y.dtype), y)
        return tf.cast(loss, self._dtype), tf.cast(hits, self._dtype), other


def _stacked(lanes: Sequence[Sequence[np.ndarray]]) -> list[tf.Tensor]:
    """One tensor per variable, the lanes on its first axis."""
    return [tf.constant(np.stack(values)) for values in zip(*lanes, strict=True)]


def _no_sums(inputs: Inputs) -> tf.Tensor:
    """Sums of loss and hits before an epoch, shape (lanes, 2).

    They go through all calls of an epoch: added up per call, they would depend on where the clock
    cuts the epoch into calls.
    """
    return tf.zeros([inputs.rows.shape[0], 2], tf.float64)


def _bounds(start: int, stop: int) -> tuple[tf.Tensor, tf.Tensor]:
    """As tensors: a Python number would be compiled in."""
    return tf.constant(start), tf.constant(stop)


@dataclass(frozen=True, eq=False)
class _ById:
    """An array that is itself alone, whatever its content."""

    array: np.ndarray

    def __hash__(self) -> int:
        return id(self.array)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and self.array is other.array


@lru_cache(maxsize=1)
def _constant(table: _ById, dtype: str) -> tf.Tensor:
    """The table as a tensor: once per process, whatever tasks share it."""
    return tf.constant(table.array, dtype)


@lru_cache(maxsize=2)
def compiled(task: Task) -> Compiled:
    """The compiled functions of a task, kept for its next block of seeds."""
    return Compiled(task)
