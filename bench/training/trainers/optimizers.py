"""Keras' optimizers as pure functions of one lane's state, to be mapped over lanes.

Keras refuses ``optimizer.stateless_apply`` on TensorFlow because its TensorFlow mixin calls
``tf.distribute``. ``StatelessOptimizer`` puts a class between an optimizer and that mixin which
restores the backend-independent methods of Keras' base class.

Source:
    Keras 3.15, ``keras/src/optimizers/base_optimizer.py`` and
    ``keras/src/backend/tensorflow/optimizer.py``.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from bench.errors import UserError
from bench.training.trainers.initial_values import set_values
from bench.training.trainers.vectorized import NotMappableError

if TYPE_CHECKING:
    from collections.abc import Sequence

_BASE, _MIXIN = (
    next(kind for kind in keras.optimizers.Optimizer.__mro__ if kind.__name__ == name)
    for name in ("BaseOptimizer", "TFOptimizer")
)
# The mixin's way of adding variables is kept: it calls no strategy's update.
_RESTORED = [
    name
    for name in set(vars(_BASE)) & set(vars(_MIXIN))
    if not name.startswith("__") and name != "add_variable_from_reference"
]
_Shim = type(
    "_Shim", (keras.optimizers.Optimizer,), {name: vars(_BASE)[name] for name in _RESTORED}
)


class _RMSprop(keras.optimizers.RMSprop):
    """Keras' RMSprop with equal bits in every lane.

    The maximum changes no number. Without it the compiler turns the quotient by a bare root into a
    product, which it joins with the subtraction in some lanes and not in others.
    """

    def update_step(
        self, gradient: tf.Tensor, variable: keras.Variable, learning_rate: Any
    ) -> None:
        """Take one step on one variable."""
        if self.momentum > 0 or self.centered:
            super().update_step(gradient, variable, learning_rate)
            return
        velocity = self._velocities[self._get_variable_index(variable)]
        squares = ops.multiply(1 - self.rho, ops.square(gradient))
        self.assign(velocity, ops.add(ops.multiply(self.rho, velocity), squares))
        root = ops.maximum(ops.sqrt(ops.add(velocity, self.epsilon)), self.epsilon)
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_sub(variable, ops.divide(ops.multiply(rate, gradient), root))


class _SGD(keras.optimizers.SGD):
    """Keras' SGD with equal bits in every lane.

    The selection changes no number. Without it the compiler joins the product of rate and gradient
    with the subtraction in some lanes and not in others.
    """

    def assign_sub(self, variable: keras.Variable, value: tf.Tensor) -> None:
        """Subtract a value from a variable."""
        same = tf.where(tf.equal(value, value), value, tf.constant(np.nan, value.dtype))
        super().assign_sub(variable, same)


_EQUAL_BITS: dict[type, Any] = {keras.optimizers.RMSprop: _RMSprop, keras.optimizers.SGD: _SGD}


class FreshOptimizer:
    """An optimizer, and its variables' values before the first step.

    Args:
        optimizer: Keras name of an optimizer, or an optimizer object, which stays as it is.
        variables: What it updates: the model's trainable variables.

    Attributes:
        optimizer: A copy of it, built.
        rate_place: Which of its variables is the learning rate; None: none is.
    """

    def __init__(
        self, optimizer: str | keras.optimizers.Optimizer, variables: Sequence[keras.Variable]
    ) -> None:
        given = keras.optimizers.get(optimizer)
        self._kind, self._config = self._stateless(given), given.get_config()
        self._variables = variables
        self.optimizer = self._build()
        self._first = _values(self.optimizer.variables)
        self._follows_weights = self._reads_weights()
        rate = getattr(self.optimizer, "learning_rate", None)  # MultiOptimizer has none
        places = [i for i, v in enumerate(self.optimizer.variables) if v is rate]
        self.rate_place: int | None = places[0] if places else None

    def first(
        self, weights: Sequence[np.ndarray], learning_rate: float | None = None
    ) -> list[np.ndarray]:
        """Return the values before the first step, one array per variable of the optimizer.

        Args:
            weights: First values of the variables that are updated.
            learning_rate: None: the optimizer's own.

        Raises:
            UserError: A rate is given to an optimizer with a schedule.
        """
        values = list(self._first)
        if self._follows_weights:
            set_values(self._variables, weights)
            values = _values(self._build().variables)
        if learning_rate is None:
            return values
        if self.rate_place is None:
            raise UserError(
                f"Expected an optimizer whose learning rate is a number, to set it to "
                f"{learning_rate}. Received: {self.optimizer.name} with a schedule."
            )
        own = values[self.rate_place]
        values[self.rate_place] = np.asarray(learning_rate, own.dtype)
        return values

    def _stateless(self, given: keras.optimizers.Optimizer) -> type[keras.optimizers.Optimizer]:
        """The class to copy it with."""
        return type(given)

    def _build(self) -> keras.optimizers.Optimizer:
        optimizer = self._kind.from_config(dict(self._config))
        optimizer.build(self._variables)
        return optimizer

    def _reads_weights(self) -> bool:
        """Whether the first values depend on the weights, as those of ScheduleFreeAdamW do."""
        kept = _values(self._variables)
        set_values(self._variables, [value + 1 for value in kept])
        others = _values(self._build().variables)
        set_values(self._variables, kept)
        return any(not np.array_equal(a, b) for a, b in zip(self._first, others, strict=True))


class StatelessOptimizer(FreshOptimizer):
    """An optimizer whose state is an argument.

    Args:
        optimizer: As ``FreshOptimizer``; so are ``variables``.
        variables: See above.

    Raises:
        NotMappableError: It has an option that can't be mapped over lanes; names the option.
    """

    def apply(
        self,
        state: list[tf.Tensor],
        gradients: Sequence[tf.Tensor | None],
        weights: list[tf.Tensor],
    ) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        """Take one step of one lane; return the weights and the state afterwards."""
        # A gather's gradient comes as IndexedSlices.
        dense = [g if g is None else tf.convert_to_tensor(g) for g in gradients]
        if all(gradient is None for gradient in dense):
            return weights, state
        with warnings.catch_warnings():  # a weight without a gradient stays as it is
            warnings.filterwarnings("ignore", "Gradients do not exist")
            return self.optimizer.stateless_apply(state, dense, weights)

    def _stateless(self, given: keras.optimizers.Optimizer) -> type[keras.optimizers.Optimizer]:
        _refuse_unmappable(given)
        kind = _EQUAL_BITS.get(type(given), type(given))
        return type(kind.__name__, (kind, _Shim), {})


def _refuse_unmappable(optimizer: keras.optimizers.Optimizer) -> None:
    """Raise NotMappableError where a mapped step would be wrong or can't be made."""
    option = ""
    if isinstance(optimizer, _UNMAPPABLE):
        option = " as a whole"
    elif optimizer.gradient_accumulation_steps:
        option = " with gradient_accumulation_steps"
    elif optimizer.use_ema and optimizer.ema_overwrite_frequency:
        option = " with ema_overwrite_frequency"
    if option:
        name = type(optimizer).__name__
        raise NotMappableError(f"Optimizer {name}{option} can't be mapped over seeds")


# The second, in Keras 3.15 on TensorFlow, reads its momentum after the update where its formula
# has the one before; a step on tensors would follow the formula, and not Keras.
_UNMAPPABLE = (
    keras.optimizers.LossScaleOptimizer,
    keras.optimizers.ScheduleFreeAdamW,
    keras.optimizers.MultiOptimizer,
)


def _values(variables: Sequence[keras.Variable]) -> list[np.ndarray]:
    return [np.asarray(variable) for variable in variables]
