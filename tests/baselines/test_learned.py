"""Learned activations against their formulas, and through the trainers."""

import keras
import numpy as np
import pytest
from scipy import special

from adaact import Adaact, collapse
from baselines import ACTIVATIONS, LEARNED
from baselines.layers import hidden_layer
from baselines.learned import CUT_DEVIATION, Rational
from bench.training.trainers.initial_values import seeded_model

UNITS = 6
OTHERS = [name for name in LEARNED if name != "adaact"]


def rational(z, a, b):
    above = sum(a[i] * z**i for i in range(6))
    return above / (1 + abs(sum(b[i] * z ** (i + 1) for i in range(4))))


# Parameters beside kernel and bias, with six units; function of z and of these weights.
FORMULAS = {
    "adaact-per-unit": (12, lambda z, k0, k1: k0 + k1 * z),
    "polynomial-2": (3, lambda z, k0, k1, k2: k0 + k1 * z + k2 * z**2),
    "polynomial-3": (4, lambda z, k0, k1, k2, k3: k0 + k1 * z + k2 * z**2 + k3 * z**3),
    "prelu": (6, lambda z, a: np.where(z > 0, z, a * z)),
    "swish": (1, lambda z, beta: z * special.expit(beta * z)),
    "rational": (10, rational),
    "piecewise": (
        24,
        lambda z, a1, b1, a2, b2: (
            np.maximum(z, 0) + a1 * np.maximum(b1 - z, 0) + a2 * np.maximum(b2 - z, 0)
        ),
    ),
}


def built(name):
    layer = hidden_layer(name, UNITS, "hidden_1")
    layer.build((None, 4))
    return layer


def inputs():
    return np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)


@pytest.mark.parametrize("name", OTHERS)
def test_computes_its_formula_with_as_many_parameters_as_told(name):
    layer, (extra, formula) = built(name), FORMULAS[name]
    assert layer.count_params() == 4 * UNITS + UNITS + extra
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=v.shape) for v in layer.weights])
    kernel, bias, *own = (np.asarray(v, np.float64) for v in layer.weights)

    expected = formula(inputs() @ kernel + bias, *own)
    np.testing.assert_allclose(layer(inputs()), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", OTHERS)
def test_its_config_gives_it_back(name):
    layer = built(name)
    again = type(layer).from_config(layer.get_config())
    again.build((None, 4))
    again.set_weights(layer.get_weights())

    np.testing.assert_array_equal(again(inputs()), layer(inputs()))


STARTS = {
    "prelu": lambda z: np.where(z > 0, z, 0.25 * z),
    "swish": lambda z: z * special.expit(z),
    "piecewise": lambda z: np.maximum(z, 0),
}


@pytest.mark.parametrize("name", STARTS)
def test_starts_where_its_source_does(name):
    layer = built(name)
    z = inputs() @ np.asarray(layer.kernel)
    np.testing.assert_allclose(layer(inputs()), STARTS[name](z), rtol=1e-4, atol=1e-5)


def test_the_rational_function_starts_near_a_leaky_relu():
    z = np.linspace(-3, 3, 301)
    leaky = np.where(z > 0, z, 0.01 * z)
    assert abs(rational(z, Rational.NUMERATOR, Rational.DENOMINATOR) - leaky).max() < 0.04


@pytest.mark.parametrize("name", ["polynomial-2", "polynomial-3"])
def test_a_polynomial_starts_as_the_adaact_of_its_seed(name):
    builds = [
        lambda n=n: keras.Sequential([keras.Input((4,)), hidden_layer(n, 6)])
        for n in (name, "adaact")
    ]
    models = [seeded_model(build, 5) for build in builds]

    np.testing.assert_array_equal(*(model(inputs()) for model in models))


def test_scalars_of_a_unit_start_as_shared_ones_do():
    layer = hidden_layer("adaact-per-unit", 4_000)
    layer.build((None, 1))
    for scalars in (layer.k0.numpy(), layer.k1.numpy()):
        assert abs(scalars.std() - 1) < 0.05  # four standard errors
        assert abs(scalars).max() <= 2 / CUT_DEVIATION


def test_adaact_per_unit_is_still_one_affine_map():
    layers = [hidden_layer("adaact-per-unit", 5), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    fold = collapse(model)
    logits = np.log(np.asarray(model(inputs()), np.float64))
    folded = fold(inputs())

    np.testing.assert_allclose(
        logits - logits.mean(axis=1, keepdims=True),
        folded - folded.mean(axis=1, keepdims=True),
        atol=1e-4,
    )
    assert isinstance(layers[0], Adaact)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_outputs_and_gradients_are_as_those_of_an_activation_of_ones_own(name):
    from bench.training.own_activation import check

    check(name)
