"""Keras' optimizers as pure functions of one seed's state, to be mapped over seeds.

Keras refuses ``optimizer.stateless_apply`` on TensorFlow, and its variables can't be mapped. Each
function here takes one training step with the Keras optimizer's default settings:

    update(variable, gradient, slots, shared, step) -> (variable, slots)

where ``slots`` are the optimizer's arrays of the variable's shape, ``shared`` its scalar (Nadam's
product of momentum schedules, else unused) and ``step`` counts from 1, in the variable's dtype.

Source:
    Keras 3.15, ``keras/src/optimizers``; tested against it step by step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Callable

Slots = tuple[tf.Tensor, ...]


@dataclass(frozen=True)
class PureOptimizer:
    """An optimizer without state of its own.

    Attributes:
        slots: How many arrays it keeps per variable, all zero at first.
        update: One step on one variable.
        advance: ``(shared, step) -> shared``, once per step before the variables; 1 at first.
    """

    slots: int
    update: Callable[[tf.Tensor, tf.Tensor, Slots, tf.Tensor, tf.Tensor], tuple[tf.Tensor, Slots]]
    advance: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] = lambda shared, _: shared


def _sgd(
    variable: tf.Tensor, gradient: tf.Tensor, slots: Slots, _shared: tf.Tensor, _step: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """``w <- w - 0.01 g``."""
    return variable - 0.01 * gradient, slots


def _rmsprop(
    variable: tf.Tensor, gradient: tf.Tensor, slots: Slots, _shared: tf.Tensor, _step: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """``v <- 0.9 v + 0.1 g²;  w <- w - 0.001 g / sqrt(v + 1e-7)``.

    The maximum changes no number, but a quotient by a bare root would become a product, which the
    compiler then joins with the subtraction in some lanes and not in others.
    """
    velocity = 0.9 * slots[0] + (1 - 0.9) * tf.square(gradient)
    root = tf.maximum(tf.sqrt(velocity + 1e-7), 1e-7)
    return variable - 0.001 * gradient / root, (velocity,)


def _adam(
    variable: tf.Tensor, gradient: tf.Tensor, slots: Slots, _shared: tf.Tensor, step: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """``w <- w - 0.001 sqrt(1 - 0.999^t) / (1 - 0.9^t) m / (sqrt(v) + 1e-7)``."""
    first, second = _moments(gradient, slots, 1 - 0.9, 1 - 0.999)
    rate = 0.001 * tf.sqrt(1 - _power(0.999, step)) / (1 - _power(0.9, step))
    return variable - first * rate / (tf.sqrt(second) + 1e-7), (first, second)


def _nadam(
    variable: tf.Tensor, gradient: tf.Tensor, slots: Slots, shared: tf.Tensor, step: tf.Tensor
) -> tuple[tf.Tensor, Slots]:
    """Adam with Nesterov momentum; ``shared`` is the product of the schedule u_1 ... u_t."""
    beta_1, beta_2 = _constant(0.9, step), _constant(0.999, step)
    first, second = _moments(gradient, slots, 1 - beta_1, 1 - beta_2)
    now = beta_1 * (1 - 0.5 * _power(0.96, step))
    following = beta_1 * (1 - 0.5 * _power(0.96, step + 1))
    ahead = following * first / (1 - shared * following) + (1 - now) * gradient / (1 - shared)
    second_hat = second / (1 - _power(0.999, step))
    return variable - ahead * 0.001 / (tf.sqrt(second_hat) + 1e-7), (first, second)


def _nadam_product(shared: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
    """Multiplies by u_t = 0.9 (1 - 0.5 · 0.96^t)."""
    return shared * 0.9 * (1 - 0.5 * tf.pow(tf.constant(0.96, step.dtype), step))


def _moments(
    gradient: tf.Tensor, slots: Slots, rate_1: float | tf.Tensor, rate_2: float | tf.Tensor
) -> Slots:
    """``m <- m + rate_1 (g - m);  v <- v + rate_2 (g² - v)``; the rates are 0.1 and 0.001."""
    first = slots[0] + (gradient - slots[0]) * rate_1
    second = slots[1] + (tf.square(gradient) - slots[1]) * rate_2
    return first, second


def _power(base: float, exponent: tf.Tensor) -> tf.Tensor:
    return tf.pow(_constant(base, exponent), exponent)


def _constant(value: float, like: tf.Tensor) -> tf.Tensor:
    """The value rounded to float32, in the dtype of ``like``: what ``keras.ops.cast`` makes of it.

    Keras casts some constants so and others not; in float64 that shows in the eighth digit.
    """
    return tf.cast(tf.constant(value, tf.float32), like.dtype)


OPTIMIZERS = {
    "sgd": PureOptimizer(0, _sgd),
    "rmsprop": PureOptimizer(1, _rmsprop),
    "adam": PureOptimizer(2, _adam),
    "nadam": PureOptimizer(2, _nadam, advance=_nadam_product),
}
