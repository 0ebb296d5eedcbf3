import keras
import numpy as np
import pytest
from scipy import special

from adaact import Adaact
from baselines import ACTIVATIONS, FIXED
from baselines.layers import hidden_layer

NUMPY = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": special.expit,
    "linear": lambda z: z,
    "gelu": lambda z: z * special.ndtr(z),
    "silu": lambda z: z * special.expit(z),
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
    "selu": lambda z: 1.05070098 * np.where(z > 0, z, 1.67326324 * np.expm1(z)),
    "softplus": lambda z: np.logaddexp(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "mish": lambda z: z * np.tanh(np.logaddexp(z, 0)),
}

STRANGERS = """
import keras
import tensorflow as tf

cube = lambda x: x ** 3
raw_tensorflow = lambda x: tf.nn.relu6(x)
factory = lambda units: keras.Sequential([keras.layers.Dense(units), keras.layers.PReLU()])
total = lambda x: keras.ops.sum(x)
single = keras.layers.Dense(4)
single.build((None, 2))
always_the_same_layer = lambda units: single
class Wide(keras.layers.Dense):
    pass
"""


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    """A module outside the project, with activations of every kind."""
    (tmp_path / "strangers.py").write_text(STRANGERS)
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.parametrize("name", FIXED)
def test_fixed_activation_acts_on_a_dense_layer(name):
    layer = hidden_layer(name, 6)
    layer.build((None, 4))
    x = np.random.default_rng(0).normal(size=(7, 4))
    kernel, bias = (np.random.default_rng(1).normal(size=v.shape) for v in layer.weights)
    layer.set_weights([kernel, bias])

    # Keras' gelu is the tanh approximation.
    atol = 1e-3 if name == "gelu" else 1e-5
    np.testing.assert_allclose(layer(x), NUMPY[name](x @ kernel + bias), rtol=1e-4, atol=atol)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_layers_begin_with_the_same_kernel_and_bias(name):
    config = hidden_layer(name, 6).get_config()
    expected = Adaact(6).get_config()
    assert "GlorotNormal" in str(config["kernel_initializer"])
    for argument in ("units", "use_bias", "bias_initializer", "dtype"):
        assert str(config[argument]) == str(expected[argument])


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("strangers:cube", lambda z: z**3),
        ("strangers:raw_tensorflow", lambda z: np.clip(z, 0, 6)),
        ("keras.activations:softsign", lambda z: z / (1 + abs(z))),
    ],
)
def test_import_string_of_a_function_becomes_a_dense_layer(name, function):
    layer = hidden_layer(name, 5)
    x = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)
    outputs = layer(x)

    assert type(layer) is keras.layers.Dense
    assert type(layer.kernel_initializer) is keras.initializers.GlorotNormal
    np.testing.assert_allclose(outputs, function(x @ layer.kernel.numpy()), rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize("name", ["strangers:factory", "strangers:Wide"])
def test_import_string_of_a_factory_is_called_with_units(name):
    layer = hidden_layer(name, 5, layer_name="hidden_1")

    assert layer.name == "hidden_1"
    assert layer(np.zeros((7, 4))).shape == (7, 5)


@pytest.mark.parametrize("name", ["rleu", ""])
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match=rf"Expected an activation among .* Received: '{name}'"):
        hidden_layer(name, 3)


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize("name", ["total", "always_the_same_layer"])
def test_what_is_no_activation_is_refused(name):
    with pytest.raises(TypeError, match=rf"^Expected .* Received: 'strangers:{name}'"):
        hidden_layer(f"strangers:{name}", 4)
