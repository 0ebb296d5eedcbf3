"""Losses and metrics of a compiled Keras model as functions of one lane's rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from bench.training.lanes import over_lanes
from bench.training.unmappable import NotMappableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        first: Values of the other metrics' variables before the first row.

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
        self._metrics = list(self._named()) if self._compiled else []
        self._means = [metric for metric in self._metrics if metric.mean]
        self._others = [metric for metric in self._metrics if not metric.mean]
        self._variables = [v for metric in self._others for v in metric.metric.variables]
        self.sums = len(self._names) + len(self._means)
        self.first = [np.asarray(variable) for variable in self._variables]
        self._results = tf.function(lambda values: over_lanes(self._result, values))

    def _named(self) -> Iterator[_Metric]:
        groups = self._compiled._flat_metrics, self._compiled._flat_weighted_metrics
        names = iter(self._compiled.result())
        for weighted, group in enumerate(groups):
            for output, metrics in enumerate(group):
                for metric in metrics.metrics if metrics else ():
                    yield _Metric(next(names), metric, output, bool(weighted))

    def rows(self, y: Any, predicted: Any, weights: tf.Tensor | None) -> Values:
        """Return what is added up of every row, each of shape (rows,), the loss first.

        Raises:
            NotMappableError: A loss is none of single rows.
        """
        terms, parts = [], []
        for path, loss, weight, _ in self._losses:
            one, other = y, predicted
            for key in path:
                one, other = one[key], other[key]
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
        for mean in self._means:
            one, other = self._pair(mean, y, predicted)
            parts.append(_by_row(mean.metric._fn(one, other, **mean.metric._fn_kwargs)))
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
        both = counted if weights is None else weights
        if weights is not None and counted is not None:
            both = weights * counted
        with keras.StatelessScope(list(zip(self._variables, values, strict=True))) as scope:
            for metric in self._others:
                own = both if metric.weighted else counted
                metric.metric.update_state(*self._pair(metric, y, predicted), own)
        return [scope.get_current_value(variable) for variable in self._variables]

    def logs(self, sums: np.ndarray, values: Values, counts: np.ndarray) -> dict[str, np.ndarray]:
        """Return the columns of an epoch, each of shape (lanes,).

        Args:
            sums: Of rows, shape (lanes, sums).
            values: The other metrics' variables, stacked over lanes.
            counts: Rows of each lane.
        """
        names = [*self._names, *(metric.name for metric in self._means)]
        columns = dict(zip(names, np.asarray(sums, np.float64).T / counts, strict=True))
        if self._others:
            results = self._results(values)
            columns |= {m.name: r.numpy() for m, r in zip(self._others, results, strict=True)}
        return columns

    def _result(self, values: Values) -> Values:
        """Return the other metrics' results of one lane."""
        with keras.StatelessScope(list(zip(self._variables, values, strict=True))):
            return [tf.convert_to_tensor(metric.metric.result()) for metric in self._others]


@dataclass(frozen=True, eq=False)
class _Metric:
    """A metric of one output.

    Attributes:
        name: Its column.
        metric: The metric.
        output: Which output.
        weighted: Whether rows count by their weights.
    """

    name: str
    metric: keras.metrics.Metric
    output: int
    weighted: bool

    @property
    def mean(self) -> bool:
        """Whether it is a mean of a function of single rows."""
        kind, base = type(self.metric), keras.metrics.MeanMetricWrapper
        own = issubclass(kind, base) and kind.update_state is base.update_state
        return own and kind.result is base.result and not self.weighted


def _by_row(values: tf.Tensor) -> tf.Tensor:
    """Return means over all axes but the first."""
    return values if values.shape.rank == 1 else tf.reduce_mean(values, range(1, values.shape.rank))


def first_metrics(values: Sequence[np.ndarray], lanes: int) -> Values:
    """Return the metrics' variables before an epoch, stacked over lanes."""
    return [tf.constant(np.broadcast_to(value, (lanes, *value.shape))) for value in values]
