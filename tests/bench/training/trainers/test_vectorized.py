"""Other people's models: what maps is mapped, and what does not falls back to Keras."""

import warnings

import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from bench.data.splits import Split
from bench.training import networks
from bench.training.trainers.vectorized import culprit
from bench.training.trials.cells import Cell

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(30, 5)).astype("float32")
SERIES = RNG.normal(size=(30, 4, 3))


def make(x, *stack, optimizer="sgd"):
    """A task on random classes; ``stack`` are makers of layers below the output."""

    def build():
        output = layers.Dense(3, "softmax", name="output")
        return keras.Sequential([keras.Input(x.shape[1:]), *(layer() for layer in stack), output])

    return task_of(build, x, optimizer)


def task_of(build, x, optimizer="sgd"):
    split = Split(np.arange(20), np.arange(20, 30), np.arange(20, 30))
    compiled = networks.compiled(build, optimizer, "sparse_categorical_crossentropy")
    y = np.random.default_rng(1).integers(0, 3, 30)
    return Cell(compiled, x, y, split, batch_size=8, epochs=2)


def test_what_maps_is_trained_as_keras_trains_it(float64, oracle):
    einsum = lambda: layers.EinsumDense("abc,cd->abd", (4, 2))  # noqa: E731 - one expression
    task = make(SERIES, einsum, layers.LayerNormalization, layers.PReLU, layers.Flatten)
    expected = oracle(task, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (fit,) = task.fit([1])
    for column in ("loss", "val_loss"):
        assert_allclose(fit.history[column], expected.history[column], rtol=1e-9)


class Gamma(layers.Layer):
    """Draws from a distribution that can't be mapped."""

    def __init__(self, **options):
        super().__init__(**options)
        self.generator = keras.random.SeedGenerator()

    def call(self, x):
        return x + keras.random.gamma((1,), 1.0, seed=self.generator)


def residual():
    """The culprit stands behind a layer of two inputs."""
    inputs = keras.Input((5,))
    added = layers.Add()([inputs, layers.Dense(5)(inputs)])
    noisy = Gamma(name="culprit")(added)
    return keras.Model(inputs, layers.Dense(3, "softmax")(noisy))


def nested():
    inner = keras.Sequential([layers.Dense(4), Gamma(name="culprit")])
    return keras.Sequential([keras.Input((5,)), inner, layers.Dense(3, "softmax")])


@pytest.mark.parametrize("build", [residual, nested])
def test_what_does_not_map_is_named_and_trained_by_keras(build, contents, capfd):
    task = task_of(build, TABLE)
    notice = "^Layer 'culprit' \\(Gamma\\) can't be mapped over seeds; trained with Keras fit"
    with pytest.warns(UserWarning, match=notice):
        fits = contents(task.fit([1]))
    assert fits == contents(task.fit([1], trainer="keras"))
    assert capfd.readouterr().err == ""  # TensorFlow would log pages


def adam(**options):
    return keras.optimizers.Adam(0.01, **options)


@pytest.mark.parametrize(
    ("optimizer", "named"),
    [
        (lambda: adam(gradient_accumulation_steps=2), "Adam with gradient_accumulation_steps"),
        pytest.param(
            lambda: keras.optimizers.LossScaleOptimizer(adam()),
            "LossScaleOptimizer as a whole",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_optimizer_that_does_not_map_is_named_and_trained_by_keras(
    optimizer, named, oracle, iris_task, one_layer
):
    task = iris_task(one_layer, optimizer=optimizer(), epochs=3)
    with pytest.warns(UserWarning, match=f"{named}.* can't be mapped.*trained with Keras fit"):
        _, fit = task.fit([0, 1])  # the second one starts with a fresh optimizer
    fresh = iris_task(one_layer, optimizer=optimizer(), epochs=3)
    assert_allclose(fit.history["loss"], oracle(fresh, 1).history["loss"], rtol=1e-6)


def test_where_no_single_layer_is_to_blame_the_error_is_given(one_layer):
    message = culprit(one_layer(), ValueError("no such operation\nat line 3"))
    assert message == "The model can't be mapped over seeds (no such operation)"


def test_a_layer_whose_inputs_are_not_known_is_not_blamed():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.noise = Gamma()

        def call(self, x):
            return self.noise(x)

    assert culprit(Own(), ValueError("why")) == "The model can't be mapped over seeds (why)"
