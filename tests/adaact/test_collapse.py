import keras
import numpy as np
import pytest
from keras import layers

from adaact import Adaact, AffineMap, collapse, logit_model


def randomise(model, seed=0):
    """Fills all weights with random numbers, so that no bias or moving statistic is trivial."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.uniform(0.2, 1.5, v.shape) * rng.choice([-1, 1]) for v in model.weights])
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.moving_variance.assign(abs(layer.moving_variance))
    return model


def sequential(*stack, shape=(4,)):
    return randomise(keras.Sequential([keras.Input(shape), *stack]))


def functional(build, shape=(4,)):
    inputs = keras.Input(shape)
    return randomise(keras.Model(inputs, build(inputs)))


def shared_layer(inputs):
    layer = Adaact(4)
    return layers.Dense(2)(layer(layer(inputs)))


AFFINE = {
    "banknote": lambda: sequential(Adaact(10), layers.Dense(1, activation="sigmoid")),
    "mnist": lambda: sequential(
        Adaact(64), layers.BatchNormalization(), Adaact(32), layers.Dense(10, activation="softmax")
    ),
    "iris": lambda: sequential(
        Adaact(64), layers.Dropout(0.2), Adaact(32), layers.Dense(3, activation="softmax")
    ),
    "linear baseline": lambda: sequential(
        layers.Dense(5, activation="linear"), layers.Dense(3, activation="softmax")
    ),
    "no biases": lambda: sequential(
        Adaact(5, use_bias=False), layers.Dense(3, use_bias=False, activation="softmax")
    ),
    "bare normalisation": lambda: sequential(
        Adaact(5), layers.BatchNormalization(center=False, scale=False, epsilon=0.1), Adaact(2)
    ),
    "normalised inputs": lambda: sequential(layers.BatchNormalization(), Adaact(2)),
    "activation layers": lambda: sequential(
        Adaact(5), layers.Activation("linear"), layers.Dense(3), layers.Activation("softmax")
    ),
    "softmax layer": lambda: sequential(Adaact(5), layers.Dense(3), layers.Softmax()),
    "functional": lambda: functional(lambda x: layers.Dense(2)(Adaact(3)(x))),
    "a layer called twice": lambda: functional(shared_layer),
    "rank 3": lambda: sequential(
        Adaact(5), layers.BatchNormalization(axis=2), layers.Dense(2), shape=(7, 4)
    ),
}


def example(model):
    shape = tuple(5 if size is None else size for size in model.inputs[0].shape)
    return np.random.default_rng(1).normal(size=shape)


@pytest.mark.parametrize("name", AFFINE)
def test_fold_equals_the_net_in_float64(name):
    model = AFFINE[name]()
    x = example(model)
    logits = logit_model(model)(x).numpy()

    assert logits.dtype == np.float64
    assert np.ptp(logits) > 0.1  # a net that says the same of all rows would prove nothing
    np.testing.assert_allclose(collapse(model)(x), logits, atol=1e-13 * abs(logits).max())


@pytest.mark.parametrize(
    ("name", "link"), [("mnist", keras.ops.softmax), ("banknote", keras.ops.sigmoid)]
)
def test_output_activation_of_the_fold_gives_the_models_own_predictions(name, link):
    model = AFFINE[name]()
    model.set_weights([value / 10 for value in model.get_weights()])  # far from 0 and 1
    x = example(model)

    np.testing.assert_allclose(link(collapse(model)(x)), model(x), rtol=1e-4)


def test_one_adaact_layer_folds_to_k1_kernel_and_k0_plus_k1_bias():
    model = sequential(Adaact(3))
    kernel, bias, k0, k1 = (value.astype(np.float64) for value in model.get_weights())
    fold = collapse(model)

    assert fold.W.dtype == fold.b.dtype == np.float64
    np.testing.assert_array_equal(fold.W, k1 * kernel)
    np.testing.assert_array_equal(fold.b, k0 + k1 * bias)


def test_affine_map_applies_to_the_last_axis_in_float64():
    affine = AffineMap(np.array([[1.0], [2.0]]), np.array([0.5]))

    outputs = affine(np.array([[[1, 1]], [[0, 3]]], np.float32))

    assert outputs.dtype == np.float64
    np.testing.assert_array_equal(outputs, [[[3.5]], [[6.5]]])


def test_given_weights_are_folded_and_the_models_own_are_kept():
    model = AFFINE["mnist"]()
    own = model.get_weights()
    others = [abs(value) + 1 for value in own]
    fold = collapse(model, others)

    for before, after in zip(own, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    model.set_weights(others)
    np.testing.assert_array_equal(fold.W, collapse(model).W)
    np.testing.assert_array_equal(fold.b, collapse(model).b)


@pytest.mark.parametrize(
    "change", [lambda weights: weights[:-1], lambda weights: [*weights[:-1], np.zeros(99)]]
)
def test_weights_of_other_shapes_are_refused(change):
    model = AFFINE["banknote"]()

    with pytest.raises(ValueError, match=r"Expected weights of shapes .* Received: "):
        collapse(model, change(model.get_weights()))


def test_logit_model_takes_weights_in_the_models_order():
    model = AFFINE["mnist"]()
    logits = logit_model(model)
    others = [abs(value) + 1 for value in model.get_weights()]
    logits.set_weights(others)
    x = example(model)

    expected = collapse(model, others)(x)
    np.testing.assert_allclose(logits(x), expected, atol=1e-13 * abs(expected).max())


class Squared(Adaact):
    """A subclass may compute anything."""

    def call(self, inputs):
        return keras.ops.square(super().call(inputs))


class Rectify(keras.Operation):
    """Stands between layers, but `model.layers` does not list it: it is none."""

    def call(self, x):
        return keras.ops.relu(x)

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


def with_lora():
    model = sequential(layers.Dense(4, name="culprit"), layers.Dense(2))
    model.layers[0].enable_lora(2)
    return model


def nested():
    inner = keras.Sequential([keras.Input((4,)), Adaact(3)], name="culprit")
    return sequential(inner, layers.Dense(2))


OTHER_LAYERS = {
    "hidden relu": lambda: sequential(
        layers.Dense(5, activation="relu", name="culprit"), layers.Dense(2)
    ),
    "hidden activation layer": lambda: sequential(
        Adaact(5), layers.Activation("tanh", name="culprit"), layers.Dense(2)
    ),
    "relu layer": lambda: sequential(Adaact(5), layers.ReLU(name="culprit"), layers.Dense(2)),
    "two output activations": lambda: sequential(
        layers.Dense(2, activation="sigmoid", name="culprit"), layers.Activation("softmax")
    ),
    "layer normalisation": lambda: sequential(layers.LayerNormalization(name="culprit"), Adaact(2)),
    "subclass of Adaact": lambda: sequential(Squared(3, name="culprit"), layers.Dense(2)),
    "bare operation": lambda: functional(
        lambda x: layers.Dense(2)(Rectify(name="culprit")(Adaact(3)(x)))
    ),
    "batch statistics at inference": lambda: functional(
        lambda x: layers.BatchNormalization(name="culprit")(Adaact(3)(x), training=True)
    ),
    "normalisation of another axis": lambda: sequential(
        layers.BatchNormalization(axis=1, name="culprit"), Adaact(2), shape=(7, 4)
    ),
    "merge": lambda: functional(lambda x: layers.Add(name="culprit")([Adaact(4)(x), x])),
    "LoRA": with_lora,
    "model in a model": nested,
}


@pytest.mark.parametrize("fold", [collapse, logit_model])
@pytest.mark.parametrize("name", OTHER_LAYERS)
def test_any_other_layer_is_refused_by_name(name, fold):
    with pytest.raises(ValueError, match=r"Expected layers .* Received: layer 'culprit'"):
        fold(OTHER_LAYERS[name]())


def two_outputs():
    inputs = keras.Input((4,))
    return keras.Model(inputs, [Adaact(2)(inputs), Adaact(3)(inputs)])


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


def not_built():
    return keras.Sequential([Adaact(2)])


@pytest.mark.parametrize("make", [two_outputs, Subclassed, not_built])
def test_models_without_a_chain_of_layers_are_refused(make):
    with pytest.raises(ValueError, match="one input and one output"):
        collapse(make())


def test_a_model_without_layers_is_refused():
    inputs = keras.Input((4,))

    with pytest.raises(ValueError, match="Expected a model with layers"):
        collapse(keras.Model(inputs, inputs))
