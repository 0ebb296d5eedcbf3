"""Which layer of a model can't be mapped over seeds."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import keras
import tensorflow as tf

from bench.training.lanes import over_lanes
from bench.training.mappable import mappable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What TensorFlow raises where the mapping or XLA does not know an operation.
UNMAPPABLE = (
    ValueError,
    NotImplementedError,
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
)


class NotMappableError(Exception):
    """The model has a layer that can't be mapped over seeds."""


@contextmanager
def unlogged() -> Iterator[None]:
    """Keeps TensorFlow from logging pages about an operation that it can't map."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def culprit(model: keras.Model, error: Exception) -> str:
    """Names the layer that can't be mapped, or gives the first line of the error."""
    for layer in model.layers:
        if not _maps(layer):
            if isinstance(layer, keras.Model):
                return culprit(layer, error)
            return f"Layer '{layer.name}' ({type(layer).__name__}) can't be mapped over seeds"
    # TensorFlow puts its own lines before what was raised.
    raised = re.search(r"^ *\w+Error: (.+)$", str(error), re.MULTILINE)
    said = raised[1] if raised else str(error).splitlines()[0]
    return f"The model can't be mapped over seeds ({said})"


def _maps(layer: keras.Layer) -> bool:
    """Whether a layer can be mapped, as far as it can be tried on its own."""
    if isinstance(layer, keras.layers.InputLayer):
        return True
    try:
        inputs = keras.tree.map_structure(_some, layer.input)
    except (AttributeError, ValueError):  # shared between places, or in a subclass of Model
        return True

    def call(one: tuple[tf.Tensor, ...]) -> tf.Tensor:
        trainable, other, x = one
        training = {"training": True} if layer._call_has_training_arg else {}
        with mappable():
            return layer.stateless_call(trainable, other, x, **training)[0]

    def stack(variables: Sequence[keras.Variable]) -> list[tf.Tensor]:
        return [tf.stack([tf.convert_to_tensor(v)] * 2) for v in variables]

    lanes = (stack(layer.trainable_variables), stack(layer.non_trainable_variables), inputs)
    mapped = tf.function(partial(over_lanes, call), jit_compile=True, autograph=False)
    try:
        mapped(lanes)
    except UNMAPPABLE:
        return False
    return True


def _some(inputs: keras.KerasTensor) -> tf.Tensor:
    """Inputs of two lanes and three rows; a dimension of open size gets three as well."""
    return tf.zeros([2, 3, *(size or 3 for size in inputs.shape[1:])], inputs.dtype)
