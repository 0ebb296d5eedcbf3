"""Lanes: their state, and a function of one lane mapped over all, each with its random numbers.

A lane is one seed. Keras' Dropout draws with TensorFlow's counter-based generators, which
``tf.vectorized_map`` can't map when the keys differ from lane to lane; this module teaches it. A
lane's numbers depend on its own key alone, not on the lane's position or on how many lanes there
are; they are not the numbers that TensorFlow draws outside of the map.

Source:
    Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC11, 2011):
    Threefry-2x32 with 20 rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import tensorflow as tf

# No public way exists to register a converter; this one has been stable since TensorFlow 2.0.
from tensorflow.python.ops.parallel_for import pfor as _pfor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class State(NamedTuple):
    """Everything that training changes, stacked over lanes: the first axis of every tensor.

    Attributes:
        trainable: One tensor per trainable variable.
        other: One per non-trainable variable: moving statistics, dropout seeds.
        optimizer: One per variable of the optimizer: step count, learning rate, moments.
    """

    trainable: list[tf.Tensor]
    other: list[tf.Tensor]
    optimizer: list[tf.Tensor]

    def take(self, lanes: Sequence[int]) -> State:
        """The state of these lanes alone."""
        return tf.nest.map_structure(lambda v: tf.gather(v, lanes), self)

    def with_lanes(self, lanes: Sequence[int], fresh: State) -> State:
        """This state with the lanes of ``fresh`` in place of the given ones."""
        positions = [[lane] for lane in lanes]
        return tf.nest.map_structure(
            lambda stack, values: tf.tensor_scatter_nd_update(stack, positions, values), self, fresh
        )


def where_lanes(chosen: tf.Tensor, one: Any, other: Any) -> Any:
    """The lanes of ``one`` where ``chosen``, of shape (lanes,), those of ``other`` elsewhere."""

    def choose(new: tf.Tensor, old: tf.Tensor) -> tf.Tensor:
        return tf.where(tf.reshape(chosen, [-1, *[1] * (new.shape.rank - 1)]), new, old)

    return tf.nest.map_structure(choose, one, other)


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the lanes see: rows of the task's table, scaled.

    Attributes:
        rows: Row numbers, shape (lanes, rows); where lanes differ in their rows, padded at the end.
        counts: How many rows each lane has, shape (lanes,).
        scaling: Shift and scale, each of shape (lanes, ...) of the features.
    """

    rows: np.ndarray
    counts: np.ndarray
    scaling: tuple[np.ndarray, np.ndarray]


def over_lanes(function: Callable[[Any], Any], lanes: Any) -> Any:
    """Maps a function over the first axis of its inputs, or fails: never one lane after the other.

    Args:
        function: From one lane's tensors to one lane's results.
        lanes: The tensors, nested as the function takes them, each of shape (lanes, ...).

    Returns:
        The results, each of shape (lanes, ...).

    Raises:
        ValueError: The function has an operation that can't be mapped.
    """
    return tf.vectorized_map(function, lanes, fallback_to_while_loop=False)


_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA  # the key schedule's constant


def threefry(key: tuple[tf.Tensor, tf.Tensor], counter: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    """Threefry-2x32: random bits from a key and a counter, element by element.

    Args:
        key: Two uint32 tensors that broadcast against the counter's.
        counter: Two uint32 tensors of one shape.

    Returns:
        uint32, the counter's shape with a new first axis of size 2.
    """
    keys = (*key, key[0] ^ key[1] ^ tf.constant(_PARITY, tf.uint32))
    low, high = counter[0] + keys[0], counter[1] + keys[1]
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            low += high
            high = _rotate(high, rotation) ^ low
        low += keys[(group + 1) % 3]
        high += keys[(group + 2) % 3] + tf.constant(group + 1, tf.uint32)
    return tf.stack([low, high])


def _rotate(value: tf.Tensor, bits: int) -> tf.Tensor:
    left = tf.bitwise.left_shift(value, tf.constant(bits, tf.uint32))
    return left | tf.bitwise.right_shift(value, tf.constant(32 - bits, tf.uint32))


def _key_counter(pfor_input: Any) -> list[Any]:
    """The two words of a seed are the key; counting starts at 0."""
    seed = tf.cast(pfor_input.stacked_input(0), tf.uint32)
    key = tf.bitwise.left_shift(
        tf.cast(seed[:, :1], tf.uint64), tf.constant(32, tf.uint64)
    ) | tf.cast(seed[:, 1:], tf.uint64)
    counter = tf.zeros([tf.shape(seed)[0], 2], tf.uint64)
    return [_pfor.wrap(key, True), _pfor.wrap(counter, True)]


def _uniform(pfor_input: Any) -> list[Any]:
    """Uniform numbers in [0, 1) of 24 random bits, the lanes on the first axis."""
    shape = tf.get_static_value(pfor_input.unstacked_input(0))
    dtype = tf.dtypes.as_dtype(pfor_input.get_attr("dtype"))
    scaled = tf.cast(_uniforms(pfor_input, int(shape.prod())), dtype)
    return [_pfor.wrap(tf.reshape(scaled, [-1, *shape]), True)]


def _normal(pfor_input: Any) -> list[Any]:
    """Standard normal numbers by Box and Muller, the lanes on the first axis."""
    shape = tf.get_static_value(pfor_input.unstacked_input(0))
    dtype = tf.dtypes.as_dtype(pfor_input.get_attr("dtype"))
    radius, angle = tf.split(_uniforms(pfor_input, 2 * int(shape.prod())), 2, axis=1)
    values = tf.sqrt(-2 * tf.math.log(1 - radius)) * tf.cos(2 * np.pi * angle)
    return [_pfor.wrap(tf.reshape(tf.cast(values, dtype), [-1, *shape]), True)]


def _uniforms(pfor_input: Any, size: int) -> tf.Tensor:
    """Numbers in [0, 1), float32, shape (lanes, size)."""
    key, start = pfor_input.stacked_input(1), pfor_input.stacked_input(2)[:, :1]
    high = tf.cast(tf.bitwise.right_shift(key, tf.constant(32, tf.uint64)), tf.uint32)
    low = tf.cast(key & tf.constant(2**32 - 1, tf.uint64), tf.uint32)
    count = tf.cast(start, tf.uint32) + tf.cast(tf.range((size + 1) // 2), tf.uint32)
    bits = threefry((high, low), (count, tf.zeros_like(count)))
    flat = tf.concat([bits[0], bits[1]], axis=1)[:, :size]
    numbers = tf.cast(tf.bitwise.right_shift(flat, tf.constant(8, tf.uint32)), tf.float32)
    return numbers * 2.0**-24


def _bitcast(pfor_input: Any) -> list[Any]:
    """Other types of the same size, element by element: Keras' argmax uses them."""
    values = tf.bitcast(pfor_input.stacked_input(0), pfor_input.get_attr("type"))
    return [_pfor.wrap(values, True)]


_pfor.RegisterPFor("Bitcast")(_bitcast)
_pfor.RegisterPFor("StatelessRandomGetKeyCounter")(_key_counter)
_pfor.RegisterPFor("StatelessRandomUniformV2")(_uniform)
_pfor.RegisterPFor("StatelessRandomNormalV2")(_normal)
