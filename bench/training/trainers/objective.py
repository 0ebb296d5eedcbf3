"""Losses and metrics of a compiled Keras model as functions of one lane's rows."""

from __future__ import annotations

from functools import reduce
from operator import add, getitem, mul
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from bench.training.trainers.lanes import over_lanes
from bench.training.trainers.vectorized import NotMappableError

Values = list[tf.Tensor]  # of the metrics' variables

_OWN_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")
_REDUCTIONS = {"sum_over_batch_size", "mean"}


class Objective:
    """What ``model.compile`` was told, with the metrics' variables as an argument.

    Args:
        model: A compiled model, its losses and metrics built.

    Attributes:
        sums: How many numbers of a row are added up: its loss; its losses by output, where there
            are several; its values of metrics that are means over rows.

    Raises:
        NotMappableError: It has a step or a loss that can't be mapped; names it.
    """

    def __init__(self, model: keras.Model) -> None:
        for name in _OWN_STEPS:
            if getattr(type(model), name) is not getattr(keras.Model, name):
                raise NotMappableError(
                    f"Model '{model.name}' with a {name} of its own can't be mapped over seeds"
                )
        self._losses = model._compile_loss._flat_losses
        for loss in self._losses:
            if loss.loss.reduction not in _REDUCTIONS:
                reduction = f"reduction={loss.loss.reduction!r}"
                raise NotMappableError(
                    f"Loss {loss.loss.name} with {reduction} can't be mapped over seeds"
                )
        self._names = ["loss"]
        if len(self._losses) > 1:
            self._names += [f"{loss.name}_loss" for loss in self._losses]
        self._compiled = model._compile_metrics
        found = _metrics(self._compiled) if self._compiled else {}
        self._means = {name: one for name, one in found.items() if one.is_mean()}
        self._others = {name: one for name, one in found.items() if name not in self._means}
        self._variables = [v for one in self._others.values() for v in one.metric.variables]
        self.sums = len(self._names) + len(self._means)
        self._first = [np.asarray(variable) for variable in self._variables]
        self._results = tf.function(lambda values: over_lanes(self._result, values))

    def first(self, lanes: int) -> Values:
        """Return the metrics' variables before an epoch, stacked over lanes."""
        return [tf.constant(np.broadcast_to(one, (lanes, *one.shape))) for one in self._first]

    def rows(self, y: Any, predicted: Any, weights: tf.Tensor | None) -> Values:
        """Return what is added up of every row, each of shape (rows,), the loss first.

        Raises:
            NotMappableError: A loss is none of single rows.
        """
        terms, parts = [], []
        for path, loss, weight, _ in self._losses:
            one, other = (reduce(getitem, path, tree) for tree in (y, predicted))
            if getattr(other, "_keras_mask", None) is not None:
                raise NotMappableError(f"Loss {loss.name} with a mask can't be mapped over seeds")
            values = loss.call(one, other)
            if not values.shape.rank or values.shape[0] != other.shape[0]:
                raise NotMappableError(
                    f"Loss {loss.name} of whole batches can't be mapped over seeds"
                )
            values = _by_row(values)
            values = values if weights is None else values * tf.cast(weights, values.dtype)
            parts.append(values)
            terms.append(values if weight is None else values * weight)
        parts = parts if len(parts) > 1 else []
        for mean in self._means.values():
            parts.append(mean.of_rows(*self._pair(mean, y, predicted)))
        return [reduce(add, terms), *parts]

    def _pair(self, metric: _Metric, y: Any, predicted: Any) -> tuple[tf.Tensor, tf.Tensor]:
        flat = self._compiled._flatten_y
        return flat(y)[metric.output], flat(predicted)[metric.output]

    def update(
        self,
        values: Values,
        y: Any,
        predicted: Any,
        weights: tf.Tensor | None,
        counted: tf.Tensor | None = None,
    ) -> Values:
        """Return the other metrics' variables after some more rows, of which only some count."""
        if not self._others:
            return values
        given = [some for some in (weights, counted) if some is not None]
        both = reduce(mul, given) if given else None
        with keras.StatelessScope(list(zip(self._variables, values, strict=True))) as scope:
            for one in self._others.values():
                own = both if one.weighted else counted
                one.metric.update_state(*self._pair(one, y, predicted), own)
        return [scope.get_current_value(variable) for variable in self._variables]

    def logs(self, sums: np.ndarray, values: Values, counts: np.ndarray) -> dict[str, np.ndarray]:
        """Return the columns of an epoch, each of shape (lanes,).

        Args:
            sums: Of rows, shape (lanes, sums).
            values: The other metrics' variables, stacked over lanes.
            counts: Rows of each lane.
        """
        names = [*self._names, *self._means]
        columns = dict(zip(names, np.asarray(sums, np.float64).T / counts, strict=True))
        if self._others:
            results = self._results(values)
            columns |= {name: r.numpy() for name, r in zip(self._others, results, strict=True)}
        return columns

    def _result(self, values: Values) -> Values:
        """Return the other metrics' results of one lane."""
        with keras.StatelessScope(list(zip(self._variables, values, strict=True))):
            return [tf.convert_to_tensor(one.metric.result()) for one in self._others.values()]


class _Metric(NamedTuple):
    """A metric of one output.

    Attributes:
        metric: The metric.
        output: Which output.
        weighted: Whether rows count by their weights.
    """

    metric: keras.metrics.Metric
    output: int
    weighted: bool

    def of_rows(self, y: tf.Tensor, predicted: tf.Tensor) -> tf.Tensor:
        """Return the values of a mean, shape (rows,)."""
        function, options = self.metric._fn, self.metric._fn_kwargs
        if function is keras.metrics.binary_accuracy and predicted.shape[-1] == 1:
            # Keras' mean over one unit would change how XLA adds up the losses.
            above = predicted > options.get("threshold", 0.5)
            return tf.where(above, tf.equal(y, 1), tf.equal(y, 0))[..., 0]
        return _by_row(function(y, predicted, **options))

    def is_mean(self) -> bool:
        """Whether it is a mean of a function of single rows."""
        kind, base = type(self.metric), keras.metrics.MeanMetricWrapper
        own = issubclass(kind, base) and kind.update_state is base.update_state
        return own and kind.result is base.result and not self.weighted


def _metrics(compiled: Any) -> dict[str, _Metric]:
    """Return the metrics of ``compile`` by the names of their columns."""
    groups = enumerate((compiled._flat_metrics, compiled._flat_weighted_metrics))
    found = [
        _Metric(metric, output, bool(weighted))
        for weighted, group in groups
        for output, some in enumerate(group)
        for metric in (some.metrics if some else ())
    ]
    return dict(zip(compiled.result(), found, strict=True))


def _by_row(values: tf.Tensor) -> tf.Tensor:
    """Return means over all axes but the first."""
    return values if values.shape.rank == 1 else tf.reduce_mean(values, range(1, values.shape.rank))
