"""Threefry against its published vectors, and Dropout with it inside ``vectorized_map``."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from bench.training.trainers.lanes import over_lanes, threefry

ONES = 0xFFFFFFFF
ROWS, UNITS, RATE = 500, 101, 0.2  # an odd size: numbers are made in pairs
DROPOUT = keras.layers.Dropout(RATE)


def words(*values):
    return tuple(tf.constant(value, tf.uint32) for value in values)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((ONES, ONES), (ONES, ONES), (0x1CB996FC, 0xBB002BE7)),
        # The digits of pi.
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_gives_the_vectors_of_random123(counter, key, expected):
    """Source: Random123 1.14, tests/kat_vectors, threefry2x32 with 20 rounds."""
    assert tuple(threefry(words(*key), words(*counter)).numpy()) == expected


def mapped(draw, seeds):
    """``draw`` for every seed, under XLA as in training."""
    run = tf.function(partial(over_lanes, draw), jit_compile=True, autograph=False)
    return run(tf.constant(seeds, tf.int64)).numpy()


def uniform(shape, dtype="float32"):
    return lambda seed: tf.random.stateless_uniform(shape, seed, dtype=dtype)


def drop(seed):
    """What Keras' Dropout makes of ones, with its generator in this state."""
    return DROPOUT.stateless_call([], [seed], tf.ones([ROWS, UNITS]), training=True)[0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_are_uniform_and_never_1(dtype):
    numbers = mapped(uniform([ROWS, UNITS], dtype), [[1, 0], [2, 0], [1, 1]])
    assert numbers.dtype == dtype
    assert numbers.min() >= 0
    assert numbers.max() < 1
    for lane in numbers:
        # The seeds are fixed; one generator in 10,000 would be rejected by chance.
        assert stats.kstest(lane.ravel(), "uniform").pvalue > 1e-4


def test_neither_other_lanes_nor_the_place_matter():
    first = mapped(uniform([3, 5]), [[7, 2], [1, 0]])[0]
    lanes = mapped(uniform([3, 5]), [[1, 0], [9, 9], [7, 2], [1, 1], [2**31 - 1, 0]])
    assert np.array_equal(first, lanes[2])
    assert len({lane.tobytes() for lane in lanes}) == 5  # both words of a seed count


def test_seeds_and_steps_drop_different_units_at_the_same_rate():
    outputs = mapped(drop, [[11, 0], [12, 0], [11, 1]])  # the rest is scaled by 1 / (1 - rate)
    dropped = outputs == 0
    assert np.allclose(outputs[~dropped], 1 / (1 - RATE))
    size = ROWS * UNITS
    for mask in dropped:
        # The seeds are fixed; of all seeds, one in 10,000 would fail here, and below.
        assert stats.binomtest(int(mask.sum()), size, RATE).pvalue > 1e-4
    for one, other in ((0, 1), (0, 2)):
        both = int((dropped[one] & dropped[other]).sum())
        assert stats.binomtest(both, size, RATE**2).pvalue > 1e-4
