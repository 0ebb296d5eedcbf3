"""Which layer of a model can't be mapped over seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Sequence

    import keras

# What TensorFlow raises where the mapping or XLA does not know an operation.
UNMAPPABLE = (
    ValueError,
    NotImplementedError,
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
)


class NotMappableError(Exception):
    """The model has a layer that can't be mapped over seeds."""


def culprit(model: keras.Model, error: Exception) -> str:
    """Names the layer that can't be mapped, or gives the first line of the error."""
    for layer in model.layers:
        if not _maps(layer):
            return f"Layer '{layer.name}' ({type(layer).__name__}) can't be mapped over seeds"
    return f"The model can't be mapped over seeds ({str(error).splitlines()[0]})"


def _maps(layer: keras.Layer) -> bool:
    def call(one: tuple[tf.Tensor, ...]) -> tf.Tensor:
        trainable, other, x = one
        training = {"training": True} if layer._call_has_training_arg else {}
        return layer.stateless_call(trainable, other, x, **training)[0]

    def stack(variables: Sequence[keras.Variable]) -> list[tf.Tensor]:
        return [tf.stack([tf.convert_to_tensor(v)] * 2) for v in variables]

    x = tf.zeros([2, 3, *layer.input.shape[1:]], layer.compute_dtype)
    lanes = (stack(layer.trainable_variables), stack(layer.non_trainable_variables), x)
    mapped = tf.function(
        lambda lanes: tf.vectorized_map(call, lanes, fallback_to_while_loop=False),
        jit_compile=True,
        autograph=False,
    )
    try:
        mapped(lanes)
    except UNMAPPABLE:
        return False
    return True
