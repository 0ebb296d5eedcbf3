"""Random numbers that are not the seed's own are refused by the layer's name."""

import keras
import pytest
import tensorflow as tf

from bench.errors import UserError
from bench.training.trainers.unseeded import check_randomness

OUTSIDE = keras.random.SeedGenerator(3)


class Unseeded(keras.layers.Layer):
    def call(self, x):
        return x + keras.random.normal((3,))


class Outside(keras.layers.Layer):
    """Keras tracks generators that are attributes of the layer; this one is not."""

    def call(self, x):
        return x + keras.random.normal((3,), seed=OUTSIDE)


class TensorFlow(keras.layers.Layer):
    def call(self, x):
        return x + tf.random.normal((3,))


class Seeded(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator()

    def call(self, x):
        return x + keras.random.uniform((3,), seed=self.generator)


def network(*layers):
    """The noise stands inside a nested model, between layers with names of their own."""
    inner = keras.Sequential([keras.layers.Dense(3), *layers], name="inner")
    return keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(3, "softmax")])


@pytest.mark.parametrize(
    ("noise", "trainer"),
    [(Unseeded, "many-seeds"), (Outside, "keras"), (TensorFlow, "many-seeds")],
)
def test_a_layer_that_draws_from_elsewhere_is_refused_by_name(iris_task, noise, trainer):
    task = iris_task(lambda: network(noise(name="noise")))
    with pytest.raises(UserError, match=rf"^Layer 'noise' \({noise.__name__}\) draws .*SeedGen"):
        list(task.fit([0, 1], trainer=trainer))


@pytest.mark.parametrize("layer", [Seeded, lambda: keras.layers.Dropout(0.5)])
def test_a_layer_with_a_generator_of_its_own_passes(layer):
    check_randomness(network(layer()))
