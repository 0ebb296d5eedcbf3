"""Keras' operations in forms that ``tf.vectorized_map`` and XLA take.

A convolution with a kernel of each lane's own becomes a product of patches, and a recurrent layer
is unrolled. The numbers are those of Keras to rounding.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
def assigned(weights: list[keras.Variable], tape: tf.GradientTape) -> Iterator[dict[int, Any]]:
    """Collect values that layers assign to trainable weights, as SpectralNormalization does.

    As in ``fit``, gradients are those by the assigned values.
    """
    values, add = dict[int, Any](), keras.StatelessScope.add_update
    trained = set(map(id, weights))

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
    rank, first = len(window), (data_format or keras.config.image_data_format()) == "channels_first"
    steps, gaps = (
        (value,) * rank if isinstance(value, int) else tuple(value)
        for value in (strides, dilation_rate)
    )
    if first:
        x = tf.transpose(x, [0, *range(2, rank + 2), 1])
    spans = [(size - 1) * gap + 1 for size, gap in zip(window, gaps, strict=True)]
    if padding.lower() == "same":
        short = [
            max((-(-size // step) - 1) * step + span - size, 0)
            for size, step, span in zip(x.shape[1:-1], steps, spans, strict=True)
        ]
        x = tf.pad(x, [[0, 0], *([some // 2, some - some // 2] for some in short), [0, 0]])
    lengths = [
        (size - span) // step + 1
        for size, step, span in zip(x.shape[1:-1], steps, spans, strict=True)
    ]
    places = product(*map(range, window))
    patches = tf.stack([_strided(x, place, gaps, steps, lengths) for place in places], axis=-2)
    size, groups = prod(window), x.shape[-1] // depth
    if groups == 1:
        flat = tf.reshape(patches, [-1, size * depth])
        y = tf.matmul(flat, tf.reshape(kernel, [size * depth, filters]))
    else:
        y = tf.einsum(
            "nkgc,kcgf->ngf",
            tf.reshape(patches, [-1, size, groups, depth]),
            tf.reshape(kernel, [size, depth, groups, filters // groups]),
        )
    y = tf.reshape(y, [-1, *lengths, filters])
    return tf.transpose(y, [0, rank + 1, *range(1, rank + 1)]) if first else y


def _strided(x: tf.Tensor, place: Any, gaps: Any, steps: Any, lengths: Any) -> tf.Tensor:
    """Return what a place of the kernel sees, shape (rows, *lengths, channels)."""
    ranges = zip(place, gaps, steps, lengths, strict=True)
    slices = [slice(at * gap, at * gap + (n - 1) * step + 1, step) for at, gap, step, n in ranges]
    return x[(slice(None), *slices, slice(None))]


def separable_conv(
    inputs: tf.Tensor,
    depthwise_kernel: tf.Tensor,
    pointwise_kernel: tf.Tensor,
    strides: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
) -> tf.Tensor:
    """Return ``keras.ops.separable_conv`` as two convolutions."""
    deep = keras.ops.depthwise_conv(
        inputs, depthwise_kernel, strides, padding, data_format, dilation_rate
    )
    return conv(deep, pointwise_kernel, data_format=data_format)
