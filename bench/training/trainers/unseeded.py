"""Refuse layers whose random numbers are not the seed's own.

A layer that draws from a generator outside of the model (``keras.random.normal`` without a seed,
``tf.random.normal``) gives one noise to all seeds, or other noise in every process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from bench.errors import UserError
from bench.training.trainers.vectorized import layer_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np


class _Updates(keras.StatelessScope):
    """Records which variables are updated, and in which name scope of TensorFlow."""

    def __init__(self, variables: Iterable[keras.Variable]) -> None:
        super().__init__(state_mapping=[(v, tf.convert_to_tensor(v)) for v in variables])
        self.seen: list[tuple[int, str]] = []

    def add_update(self, update: tuple[keras.Variable, Any]) -> None:
        """Record one update."""
        super().add_update(update)
        self.seen.append((id(update[0]), tf.get_current_name_scope()))


def check_randomness(model: keras.Model, example: Any = None) -> None:
    """Check that every random number in training comes from a generator of the model's.

    Args:
        model: A built model.
        example: Its inputs of some rows, arrays, where the model does not know its inputs.

    Raises:
        UserError: A layer draws from another generator; names the layer and the remedy.
    """
    own = {id(variable) for variable in model.variables}
    scopes: list[str] = []

    def train(inputs: Any) -> Any:
        with _Updates(model.variables) as updates:
            outputs = model(inputs, training=True)
        scopes.extend(scope for variable, scope in updates.seen if variable not in own)
        return outputs

    inputs = getattr(getattr(model, "_functional", model), "_inputs_struct", example)
    traced = tf.function(train, autograph=False).get_concrete_function(
        keras.tree.map_structure(_some_rows, inputs)
    )
    # Stateless generators take their state from a variable; the others have one of their own.
    scopes += [
        operation.name
        for operation in traced.graph.get_operations()
        if operation.op_def.is_stateful and "Random" in operation.type
    ]
    if scopes:
        layer = layer_of(model, scopes[0])
        raise UserError(
            f"Layer '{layer.name}' ({type(layer).__name__}) draws random numbers that are not the "
            "seed's: all seeds would get the same. Make self.generator = "
            "keras.random.SeedGenerator() in its __init__, and pass seed=self.generator to "
            "functions of keras.random."
        )


def _some_rows(inputs: keras.KerasTensor | np.ndarray) -> tf.TensorSpec:
    return tf.TensorSpec([3, *(size or 3 for size in inputs.shape[1:])], inputs.dtype)
