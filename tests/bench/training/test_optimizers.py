"""The pure optimizers are the Keras optimizers of those names, step by step."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.training.optimizers import OPTIMIZERS

STEPS = 200
SHAPES = ((4, 3), (3,), (1,))


def gradients(rng):
    """From far below to far above the optimizers' epsilon."""
    return [rng.normal(size=shape) * 10.0 ** rng.integers(-5, 3, size=shape) for shape in SHAPES]


def with_keras(name, start, dtype):
    variables = [keras.Variable(value, dtype=dtype) for value in start]
    optimizer = keras.optimizers.get(name)
    optimizer.build(variables)
    apply = tf.function(lambda steps: optimizer.apply(steps, variables), autograph=False)
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        apply([tf.constant(gradient, dtype) for gradient in gradients(rng)])
    return [np.asarray(variable) for variable in variables]


def with_ours(name, start, dtype):
    optimizer = OPTIMIZERS[name]
    values = [tf.constant(value, dtype) for value in start]
    slots = [(tf.zeros_like(value),) * optimizer.slots for value in values]

    @tf.function(autograph=False)
    def advance(values, slots, shared, count, steps):
        shared = optimizer.advance(shared, count)
        updated = [
            optimizer.update(*one, shared, count) for one in zip(values, steps, slots, strict=True)
        ]
        return [value for value, _ in updated], [slot for _, slot in updated], shared

    shared, rng = tf.ones([], dtype), np.random.default_rng(1)
    for step in range(1, STEPS + 1):
        steps = [tf.constant(gradient, dtype) for gradient in gradients(rng)]
        values, slots, shared = advance(values, slots, shared, tf.constant(step, dtype), steps)
    return [value.numpy() for value in values]


def check(name, dtype, tolerance):
    """Errors are measured against how far the values have moved."""
    rng = np.random.default_rng(0)
    start = [rng.normal(scale=1e-3, size=shape).astype(dtype) for shape in SHAPES]
    pairs = zip(with_ours(name, start, dtype), with_keras(name, start, dtype), start, strict=True)
    for ours, theirs, first in pairs:
        assert ours.dtype == dtype
        assert np.abs(ours - theirs).max() <= tolerance * np.abs(theirs - first).max()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_over_200_steps_on_random_gradients_in_float32(name):
    check(name, "float32", 1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_over_200_steps_on_random_gradients_in_float64(float64, name):
    check(name, "float64", 1e-12)
