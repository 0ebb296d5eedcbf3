"""Other people's models: what maps is mapped, and what does not falls back to Keras."""

import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from bench.data.splits import Split
from bench.training import networks
from bench.training.trainers.vectorized import conv, culprit, separable_conv
from bench.training.trials.cells import Cell

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(30, 5)).astype("float32")


def task_of(build, x):
    split = Split(np.arange(20), np.arange(20, 30), np.arange(20, 30))
    compiled = networks.compiled(build, "sgd", "sparse_categorical_crossentropy")
    y = np.random.default_rng(1).integers(0, 3, 30)
    return Cell(compiled, x, y, split, batch_size=8, epochs=2)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [
        {"padding": "valid"},
        {"padding": "same"},
        {"padding": "same", "strides": 2},
        {"padding": "valid", "dilation_rate": 2},
        {"padding": "same", "strides": 3, "data_format": "channels_last"},
    ],
)
def test_a_convolution_is_that_of_keras(rank, options):
    images, kernel = RNG.normal(size=(2, *[7] * rank, 4)), RNG.normal(size=(*[2] * rank, 2, 6))
    for depth in (4, 2):  # one group, two groups
        given = images[..., :4], np.concatenate([kernel] * (depth // 2), axis=-2)
        assert_allclose(conv(*given, **options), keras.ops.conv(*given, **options), atol=1e-10)


def test_a_separable_convolution_is_that_of_keras():
    deep, wide = RNG.normal(size=(2, 3, 4, 2)), RNG.normal(size=(1, 1, 8, 3))
    given = RNG.normal(size=(2, 7, 6, 4)), deep, wide, 2, "same", None, 1
    assert_allclose(separable_conv(*given), keras.ops.separable_conv(*given), atol=1e-10)


class Gamma(layers.Layer):
    """Draws from a distribution that can't be mapped."""

    def __init__(self, **options):
        super().__init__(**options)
        self.generator = keras.random.SeedGenerator()

    def call(self, x):
        return x + keras.random.gamma((1,), 1.0, seed=self.generator)


def residual():
    """The culprit stands in a nested model, behind a layer of two inputs."""
    inputs = keras.Input((5,))
    added = layers.Add()([inputs, layers.Dense(5)(inputs)])
    noisy = keras.Sequential([layers.Dense(4), Gamma(name="culprit")])(added)
    return keras.Model(inputs, layers.Dense(3, "softmax")(noisy))


def test_what_does_not_map_is_named_and_trained_by_keras(contents, capfd):
    task = task_of(residual, TABLE)
    notice = "^Layer 'culprit' \\(Gamma\\) can't be mapped over seeds; trained with Keras fit"
    with pytest.warns(UserWarning, match=notice):
        fits = contents(task.fit([1]))
    assert fits == contents(task.fit([1], trainer="keras"))
    assert capfd.readouterr().err == ""  # TensorFlow would log pages


def test_an_optimizer_that_does_not_map_is_named_and_trained_by_keras(iris_task, one_layer, oracle):
    def task():
        optimizer = keras.optimizers.Adam(0.01, gradient_accumulation_steps=2)
        return iris_task(one_layer, optimizer=optimizer, epochs=3)

    named = "Adam with gradient_accumulation_steps.* can't be mapped.*trained with Keras fit"
    with pytest.warns(UserWarning, match=named):
        _, fit = task().fit([0, 1])  # the second one starts with a fresh optimizer
    assert_allclose(fit.history["loss"], oracle(task(), 1).history["loss"], rtol=1e-6)


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
