"""The compiled half of the many-seeds trainer: one training step of one seed, mapped and looped."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from bench.training.trainers.checks import checked
from bench.training.trainers.lanes import State, over_lanes, where_lanes
from bench.training.trainers.objective import Objective, Values
from bench.training.trainers.optimizers import StatelessOptimizer
from bench.training.trainers.vectorized import assigned, mappable, naming, unrolled
from bench.training.trainers.xla import add_in_one_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.training.trainers.lanes import Inputs
    from bench.training.trainers.training_task import Run, Task, Weights

add_in_one_order()

EVALUATION_ROWS = 1000  # rows per step where nothing is learned: large enough for fast products
Scaling = tuple[tf.Tensor, tf.Tensor]  # shift and scale of the inputs
Sums = tuple[tf.Tensor, Values]  # of losses, and the metrics' variables
CALL_SECONDS = 0.5  # one compiled call; Ctrl-C and progress bars wait no longer than that


class Compiled:
    """A compiled Keras model, its losses, metrics and optimizer as functions of a ``State``."""

    def __init__(self, task: Task) -> None:
        self.task = task  # what the key of the cache is made of must live as long
        self.initial, task = checked(task)
        self.model = self.initial.model
        unrolled(self.model)
        self.compile_seconds = 0.0
        variables = self.model.trainable_variables
        self._optimizer = StatelessOptimizer(self.model.optimizer, variables)
        self.objective = Objective(self.model)
        self._dtype = self.model.variable_dtype
        shared = [one.x for one in _kept.values() if one.task.x is task.x]
        self.x: Any = shared[0] if shared else keras.tree.map_structure(_tensor, task.x)
        self._y = keras.tree.map_structure(_tensor, task.y)
        self._weights = [None if w is None else _tensor(w) for w in task.weights]
        self._gaps = task.standardise and bool(np.isnan(task.x).any())  # they stand at the mean
        self._steps = tf.function(self._train_steps, jit_compile=True, autograph=False)
        self._sums = tf.function(self._evaluate_batches, jit_compile=True, autograph=False)
        self._chunk: int | None = None
        self._trainable = [id(v) for v in self.model.trainable_variables]
        self._other = [id(v) for v in self.model.non_trainable_variables]

    # State in and out

    def state(self, runs: Sequence[Run]) -> State:
        """The state before training, a lane for each run."""
        firsts = []
        for run in runs:
            first = self.initial.of(run.seed)
            values = dict(zip(map(id, self.model.variables), first, strict=True))
            trainable = [values[variable] for variable in self._trainable]
            other = [values[variable] for variable in self._other]
            firsts.append(State(trainable, other, self._optimizer.first(trainable, run.rate)))
        return tf.nest.map_structure(lambda *lane: tf.constant(np.stack(lane)), *firsts)

    def weights(self, state: State) -> Weights:
        """The weights of all lanes, shape (lanes, ...), in the order of ``model.weights``."""
        values = dict(
            zip(self._trainable + self._other, state.trainable + state.other, strict=True)
        )
        return [values[id(variable)].numpy() for variable in self.model.weights]

    def rates(self, state: State) -> np.ndarray | None:
        """The learning rates of all lanes, shape (lanes,); None where a schedule sets them."""
        place = self._optimizer.rate_place
        return None if place is None else state.optimizer[place].numpy()

    def with_rates(self, state: State, rates: np.ndarray) -> State:
        """The lanes at other learning rates."""
        place, old = self._optimizer.rate_place, enumerate(state.optimizer)
        values = [tf.constant(rates, v.dtype) if i == place else v for i, v in old]
        return state._replace(optimizer=values)

    # Training

    def warm_up(self, state: State, train: Inputs, watched: Sequence[Inputs]) -> None:
        """Compiles for these lanes: the training loop by running none of its steps.

        Raises:
            NotMappableError: The model can't be mapped over seeds; names the layer.
        """
        start = perf_counter()
        with naming(self.model):
            for batches in self._batches(train):
                self._steps(state, self._no_sums(train), *batches, tf.constant(0), tf.constant(0))
            for inputs in watched:
                self.evaluate(state, inputs)
        self.compile_seconds = max(self.compile_seconds, perf_counter() - start)

    def train_epoch(self, state: State, inputs: Inputs) -> tuple[State, dict[str, np.ndarray]]:
        """Trains all lanes for one epoch.

        Args:
            state: The lanes.
            inputs: Training rows in the order in which each lane sees them.

        Returns:
            The lanes afterwards, and loss and metrics over the epoch's batches, each (lanes,).
        """
        sums = self._no_sums(inputs)
        for batches in self._batches(inputs):
            steps, start = batches[0].shape[0], 0
            while start < steps:
                stop = min(steps, start + (self._chunk or max(1, steps // 20)))
                begin = perf_counter()
                bounds = tf.constant(start), tf.constant(stop)  # a Python number is compiled in
                state, sums = self._steps(state, sums, *batches, *bounds)
                if steps > 1 and self._chunk is None:
                    per_step = (perf_counter() - begin) / (stop - start)
                    self._chunk = max(1, int(CALL_SECONDS / per_step))
                start = stop
        losses, metrics = sums
        return state, self.objective.logs(losses.numpy(), metrics, inputs.counts)

    def _no_sums(self, inputs: Inputs) -> Sums:
        """Sums of losses before an epoch, shape (lanes, ...), and the metrics' variables.

        They go through all calls of an epoch: added up per call, they would depend on where the
        clock cuts the epoch into calls.
        """
        lanes = len(inputs.rows)
        losses = tf.zeros([lanes, self.objective.sums], tf.float64)
        return losses, self.objective.first(lanes)

    def _batches(self, inputs: Inputs) -> list[tuple[tf.Tensor, ...]]:
        """The full batches, (steps, lanes, batch), and the short last one, as Keras has it.

        Beside them the number of steps that each lane takes, and its scaling. All lanes have a last
        batch of the same size.
        """
        lanes, size = len(inputs.rows), self.task.batch_size
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
        dtype = self.x.dtype if self.task.standardise else keras.config.floatx()
        shift, scale = (tf.constant(values, dtype) for values in inputs.scaling)
        return shift, scale

    def _rows(self, rows: tf.Tensor, scaling: Scaling, *, training: bool) -> tuple[Any, ...]:
        """Inputs, targets and weights of rows, the weights in a list that may be empty."""
        x, y = (
            keras.tree.map_structure(lambda values: tf.gather(values, rows), table)
            for table in (self.x, self._y)
        )
        weights = self._weights[not training]
        own = [] if weights is None else [tf.gather(weights, rows)]
        if not self.task.standardise:
            return x, y, own
        shift, scale = scaling
        x = (x - tf.expand_dims(shift, 1)) / tf.expand_dims(scale, 1)
        return tf.where(tf.math.is_nan(x), tf.zeros_like(x), x) if self._gaps else x, y, own

    def _train_steps(
        self,
        state: State,
        sums: Sums,
        order: tf.Tensor,
        steps: tf.Tensor,
        scaling: Scaling,
        start: tf.Tensor,
        stop: tf.Tensor,
    ) -> tuple[State, Sums]:
        def body(i: tf.Tensor, state: State, sums: Sums) -> tuple[tf.Tensor, State, Sums]:
            losses, metrics = sums
            lanes = state, metrics, *self._rows(order[i], scaling, training=True)
            after, new, metrics = over_lanes(lambda lane: self._train_step(*lane), lanes)
            new = tf.cast(new, losses.dtype)
            if self.task.ragged:  # a lane that has taken all of its steps stays as it is
                before = state, tf.zeros_like(new), sums[1]
                after, new, metrics = where_lanes(i < steps, (after, new, metrics), before)
            return i + 1, after, (losses + new, metrics)

        return tf.while_loop(lambda i, *_: i < stop, body, (start, state, sums))[1:]

    def _train_step(
        self, state: State, metrics: Values, x: Any, y: Any, weights: Values
    ) -> tuple[State, tf.Tensor, Values]:
        """One step of one lane: forward, backward, update."""
        with tf.GradientTape() as tape, assigned(self.model, tape) as values:
            tape.watch(state.trainable)
            losses, predicted, other = self._forward(state, x, y, weights, training=True)
            mean = tf.reduce_mean(losses[0])
        pairs = zip(self._trainable, state.trainable, strict=True)
        trainable = [values.get(variable, value) for variable, value in pairs]
        gradients = tape.gradient(mean, trainable)
        trainable, optimizer = self._optimizer.apply(state.optimizer, gradients, trainable)
        sums = tf.stack([tf.reduce_sum(loss) for loss in losses])
        metrics = self.objective.update(metrics, y, predicted, *weights or [None])
        return State(trainable, other, optimizer), sums, metrics

    # Evaluation

    def evaluate(self, state: State, inputs: Inputs) -> dict[str, np.ndarray]:
        """Loss and metrics of every lane on its rows, each of shape (lanes,)."""
        lanes, rows = inputs.rows.shape
        # Of rows that depend on companions, a fixed number: it may decide the order of sums.
        size = EVALUATION_ROWS if self.task.ragged else min(EVALUATION_ROWS, rows)
        padded = np.pad(inputs.rows, ((0, 0), (0, -rows % size)))
        counted = np.arange(padded.shape[1]).reshape(-1, 1, size) < inputs.counts[:, None]
        batches = tf.constant(padded.reshape(lanes, -1, size).swapaxes(0, 1), tf.int32)
        sums, metrics = self._sums(state, batches, tf.constant(counted), self._scaling(inputs))
        return self.objective.logs(sums.numpy(), metrics, inputs.counts)

    def _evaluate_batches(
        self, state: State, batches: tf.Tensor, counted: tf.Tensor, scaling: Scaling
    ) -> Sums:
        def one(
            state: State, metrics: Values, counted: tf.Tensor, x: Any, y: Any, weights: Values
        ) -> Sums:
            losses, predicted, _ = self._forward(state, x, y, weights, training=False)
            sums = tf.stack([tf.reduce_sum(loss * counted) for loss in losses])
            own = weights[0] if weights else None
            return sums, self.objective.update(metrics, y, predicted, own, counted)

        def body(i: tf.Tensor, sums: tf.Tensor, metrics: Values) -> tuple[Any, ...]:
            rows = self._rows(batches[i], scaling, training=False)
            lanes = state, metrics, tf.cast(counted[i], self._dtype), *rows
            new, metrics = over_lanes(lambda lane: one(*lane), lanes)
            return i + 1, sums + new, metrics

        lanes = batches.shape[1]
        first = tf.zeros([lanes, self.objective.sums], self._dtype)
        metrics = self.objective.first(lanes)
        return tf.while_loop(lambda i, *_: i < batches.shape[0], body, (0, first, metrics))[1:]

    def _forward(
        self, state: State, x: Any, y: Any, weights: Values, *, training: bool
    ) -> tuple[Values, Any, list[tf.Tensor]]:
        """Losses of each row of one lane, the whole first; outputs; variables afterwards."""
        with mappable():
            mode = {"training": training} if self.model._call_has_training_arg else {}
            predicted, other, penalties = self.model.stateless_call(
                state.trainable, state.other, x, return_losses=True, **mode
            )
        whole, *parts = self.objective.rows(y, predicted, *weights or [None])
        losses = [whole + sum(penalties), *parts]
        return [tf.cast(loss, self._dtype) for loss in losses], predicted, other


def _tensor(array: np.ndarray) -> tf.Tensor:
    """As ``fit`` does: all floats become Keras' own."""
    return tf.constant(array, keras.config.floatx() if array.dtype.kind == "f" else None)


_kept: dict[Any, Compiled] = {}
MOST_KEPT = 2


def compiled(task: Task) -> Compiled:
    """The compiled functions of a task, kept for its next block of seeds."""
    same = map(id, (task.build, task.x, task.y, *task.weights))
    key = task.batch_size, task.standardise, task.ragged, *same
    if key not in _kept:
        for oldest in list(_kept)[: 1 - MOST_KEPT]:
            del _kept[oldest]
        _kept[key] = Compiled(task)
    return _kept[key]
