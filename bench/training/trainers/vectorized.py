"""Keras' operations in forms that ``tf.vectorized_map`` and XLA take, and what does not map.

A convolution with a kernel of each lane's own becomes a product of patches, and a recurrent layer
is unrolled. The numbers are those of Keras to rounding.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import keras
import numpy as np
import tensorflow as tf

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator, Sequence

_BACKEND = "keras.src.backend"  # has no public name


def unrolled(model: keras.Model) -> None:
    """Unroll the recurrent layers of a model."""
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.RNN):
            layer.unroll = True


@contextmanager
def mappable() -> Iterator[None]:
    """Replace Keras' convolutions and branches while a model is traced."""
    with (
        patch(f"{_BACKEND}.nn.conv", conv),
        patch(f"{_BACKEND}.nn.separable_conv", separable_conv),
        patch(f"{_BACKEND}.core.cond", cond),
    ):
        yield


@contextmanager
def assigned(model: keras.Model, tape: tf.GradientTape) -> Iterator[dict[int, Any]]:
    """Collect values that layers assign to trainable weights, as SpectralNormalization does.

    As in ``fit``, gradients are those by the assigned values.
    """
    values, add = dict[int, Any](), keras.StatelessScope.add_update
    trained = set(map(id, model.trainable_variables))

    def add_update(scope: keras.StatelessScope, update: tuple[keras.Variable, Any]) -> None:
        variable, value = update
        if id(variable) in trained:
            value = values[id(variable)] = tf.stop_gradient(value)
            tape.watch(value)
        add(scope, (variable, value))

    with patch.object(keras.StatelessScope, "add_update", add_update):
        yield values


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return ``keras.ops.cond``: both branches are computed, since lanes may differ."""
    if not tf.is_tensor(pred):
        return true_fn() if pred else false_fn()
    one, other = true_fn(), false_fn()
    return tf.nest.map_structure(lambda a, b: tf.where(pred, a, b), one, other)


def conv(
    inputs: tf.Tensor,
    kernel: tf.Tensor,
    strides: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
) -> tf.Tensor:
    """Return ``keras.ops.conv`` as a product of patches and kernel."""
    x, kernel = tf.convert_to_tensor(inputs), tf.convert_to_tensor(kernel)
    *window, depth, filters = kernel.shape
    first = (data_format or keras.config.image_data_format()) == "channels_first"
    steps, gaps = (
        (value,) * len(window) if isinstance(value, int) else tuple(value)
        for value in (strides, dilation_rate)
    )
    x = keras.ops.moveaxis(x, 1, -1) if first else x
    for axis, (size, step, gap) in enumerate(zip(window, steps, gaps, strict=True), start=1):
        span, rows = (size - 1) * gap + 1, x.shape[axis]
        if padding.lower() == "same":
            short = max((-(-rows // step) - 1) * step + span - rows, 0)
            paddings = np.zeros((x.shape.rank, 2), int)
            paddings[axis] = short // 2, short - short // 2
            x = tf.pad(x, paddings)
        length = (x.shape[axis] - span) // step + 1
        seen = [slice(at, at + (length - 1) * step + 1, step) for at in range(0, span, gap)]
        # An axis for the places of the kernel, before the channels.
        x = tf.stack([x[(slice(None),) * axis + (places,)] for places in seen], axis=-2)
    lengths, groups = x.shape[1 : len(window) + 1], x.shape[-1] // depth
    patches = tf.reshape(x, [-1, prod(window), groups, depth])
    kernel = tf.reshape(kernel, [prod(window), depth, groups, filters // groups])
    y = tf.reshape(tf.einsum("nkgc,kcgf->ngf", patches, kernel), [-1, *lengths, filters])
    return keras.ops.moveaxis(y, -1, 1) if first else y


def separable_conv(
    inputs: Any, deep: Any, wide: Any, strides: Any, padding: str, form: str | None, gaps: Any
) -> tf.Tensor:
    """Return ``keras.ops.separable_conv`` as two convolutions."""
    y = keras.ops.depthwise_conv(inputs, deep, strides, padding, form, gaps)
    return conv(y, wide, data_format=form)


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
def naming(model: keras.Model) -> Iterator[None]:
    """Raise NotMappableError, which names the layer, for all that TensorFlow raises and logs."""
    logged: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        logged.append(record.getMessage())
        return False

    logger = tf.get_logger()
    logger.addFilter(collect)
    try:
        yield
    except NotMappableError as error:  # TensorFlow has put its own lines before it
        what = str(error).rpartition(f"{NotMappableError.__name__}: ")[2].strip()
        raise NotMappableError(what) from error
    except UNMAPPABLE as error:
        raise NotMappableError(culprit(model, error, logged)) from error
    finally:
        logger.removeFilter(collect)


def culprit(model: keras.Model, error: Exception, logged: Sequence[str] = ()) -> str:
    """Name the layer that can't be mapped, or give the first line of the error."""
    for scope in re.findall(r"loop_body/([\w/.-]+)", "\n".join([*logged, str(error)])):
        layer = layer_of(model, scope)
        if layer is not model:
            return f"Layer '{layer.name}' ({type(layer).__name__}) can't be mapped over seeds"
    # TensorFlow puts its own lines before what was raised.
    raised = re.search(r"^ *\w+Error: (.+)$", str(error), re.MULTILINE)
    said = raised[1] if raised else str(error).splitlines()[0]
    return f"The model can't be mapped over seeds ({said})"


def layer_of(model: keras.Model, scope: str) -> keras.Layer:
    """Return the innermost layer of a name scope, or the model; TensorFlow may append a number."""
    found = model
    for part in scope.split("/"):
        names = re.sub(r"_\d+$", "", part), part, re.sub(r"(_\d+)+$", "", part)
        layers = [one for name in names for one in model._flatten_layers() if one.name == name]
        found = layers[0] if layers else found
    return found
