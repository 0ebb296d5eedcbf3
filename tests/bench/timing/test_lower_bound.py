"""The bare products, against TensorFlow's gradients."""

import numpy as np
import pytest
import tensorflow as tf

from bench.timing import lower_bound

SHAPES = lower_bound.Shapes(((7, 5), (5, 4), (4, 3)), batch=6, train=20, validation=9)


def test_the_products_are_those_of_backpropagation():
    kernels, x = SHAPES.arrays(seeds=2, rows=6)
    variables = [tf.Variable(kernel) for kernel in kernels]
    with tf.GradientTape() as tape:
        outputs = tf.constant(x)
        for variable in variables:
            outputs = outputs @ variable
        loss = 0.5 * tf.reduce_sum(outputs**2)
    expected = tape.gradient(loss, variables)
    for multiply in (lower_bound._multiply_numpy, lower_bound._multiply_tensorflow):
        for gradient, truth in zip(
            lower_bound.products(kernels, x, multiply), expected, strict=True
        ):
            np.testing.assert_allclose(gradient, truth, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(lower_bound.forward(kernels, x, multiply), outputs, rtol=1e-4)


def test_a_step_has_no_product_that_training_does_not_need():
    calls = []

    def multiply(*arguments):
        calls.append(None)
        return lower_bound._multiply_numpy(*arguments)

    lower_bound.products(*SHAPES.arrays(seeds=1, rows=6), multiply)
    # Three forward, three gradients of kernels, two of hidden layers.
    assert len(calls) == 8


@pytest.mark.parametrize("way", lower_bound.WAYS)
def test_every_way_of_computing_gives_a_time(way, monkeypatch):
    monkeypatch.setattr(lower_bound, "SECONDS", 0.0)
    assert lower_bound.WAYS[way](SHAPES, 2)() > 0
