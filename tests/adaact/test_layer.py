import keras
import numpy as np
import pytest
from keras.src import testing  # Keras's own contract for layers; it has no public name

from adaact import Adaact

ARGUMENTS = {
    "use_bias": True,
    "kernel_initializer": keras.initializers.HeNormal(seed=1),
    "bias_initializer": "ones",
    "k0_initializer": keras.initializers.Constant(0.5),
    "k1_initializer": keras.initializers.Constant(-1.5),
    "kernel_regularizer": keras.regularizers.L2(0.1),
    "bias_regularizer": keras.regularizers.L1(0.2),
    "k0_regularizer": keras.regularizers.L2(0.3),
    "k1_regularizer": keras.regularizers.L1(0.4),
    "kernel_constraint": keras.constraints.MaxNorm(2.0),
    "bias_constraint": keras.constraints.NonNeg(),
    "k0_constraint": keras.constraints.NonNeg(),
    "k1_constraint": keras.constraints.MaxNorm(3.0),
}


def forward(x, layer):
    """The paper's formula in float64."""
    weights = {v.name: np.asarray(v.numpy(), np.float64) for v in layer.weights}
    z = np.einsum("...i,iu->...u", x.astype(np.float64), weights["kernel"]) + weights.get("bias", 0)
    return weights["k0"] + weights["k1"] * z


def randomised(layer, input_shape, seed=0):
    """Builds a layer and fills all of its weights, the bias included, with random numbers."""
    rng = np.random.default_rng(seed)
    layer.build(input_shape)
    layer.set_weights([rng.normal(size=v.shape) for v in layer.weights])
    return layer


def network():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [keras.Input((4,)), Adaact(5, name="first", **ARGUMENTS), Adaact(3, use_bias=False)],
        name="network",
    )


# The contract itself fits a generator without saying shuffle=False.
@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed:UserWarning")
class TestContract(testing.TestCase):
    """Shapes, dtypes, config round trip, symbolic call, mixed precision, one training step."""

    def test_with_default_arguments(self):
        for input_shape in [(6, 4), (6, 2, 4), (6, 2, 3, 4)]:
            self.run_layer_test(
                Adaact,
                init_kwargs={"units": 5},
                input_shape=input_shape,
                expected_output_shape=(*input_shape[:-1], 5),
                expected_output_dtype="float32",
                expected_num_trainable_weights=4,
                expected_num_non_trainable_weights=0,
                expected_num_losses=0,
                supports_masking=True,
            )

    def test_with_all_arguments(self):
        self.run_layer_test(
            Adaact,
            init_kwargs={"units": 5, "activity_regularizer": "l2", **ARGUMENTS},
            input_shape=(6, 4),
            expected_output_shape=(6, 5),
            expected_num_trainable_weights=4,
            expected_num_losses=5,
            supports_masking=True,
        )

    def test_without_bias_and_with_sparse_inputs(self):
        for use_bias, sparse in [(False, False), (True, True)]:
            self.run_layer_test(
                Adaact,
                init_kwargs={"units": 5, "use_bias": use_bias},
                input_shape=(6, 4),
                input_sparse=sparse,
                expected_output_shape=(6, 5),
                expected_num_trainable_weights=3 + use_bias,
            )


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("shape", [(7, 4), (7, 3, 4), (7, 2, 3, 4)])
def test_computes_the_papers_formula(shape, use_bias, shared):
    layer = randomised(Adaact(6, use_bias=use_bias, shared=shared, dtype="float64"), shape)
    x = np.random.default_rng(1).normal(size=shape)

    np.testing.assert_allclose(layer(x), forward(x, layer), rtol=1e-13, atol=1e-13)
    assert {v.shape for v in layer.weights[-2:]} == {(1,) if shared else (6,)}
    assert Adaact.from_config(layer.get_config()).shared == shared


def test_weights_are_kernel_bias_k0_k1_in_this_order():
    layer = Adaact(6)
    layer.build((None, 4))

    assert [(v.name, v.shape) for v in layer.weights] == [
        ("kernel", (4, 6)),
        ("bias", (6,)),
        ("k0", (1,)),
        ("k1", (1,)),
    ]


def test_weights_start_glorot_normal_and_the_bias_at_zero():
    keras.utils.set_random_seed(0)
    layers = [Adaact(3) for _ in range(200)]
    for layer in layers:
        layer.build((None, 5))
    draws = {
        name: np.ravel([getattr(layer, name).numpy() for layer in layers])
        for name in ("kernel", "bias", "k0", "k1")
    }

    # Bounds are about four standard errors. Keras cuts the normal at two of its deviations and
    # widens it by 1 / 0.8796, to a standard deviation of 1 again.
    assert abs(draws["kernel"].std() - np.sqrt(2 / (5 + 3))) < 0.03
    for name in ("k0", "k1"):
        assert abs(draws[name].mean()) < 0.3
        assert abs(draws[name].std() - 1) < 0.2
        assert 1.5 < abs(draws[name]).max() <= 2 / 0.8796
    assert not draws["bias"].any()
    assert abs(np.corrcoef(draws["k0"], draws["k1"])[0, 1]) < 0.3  # not one draw used twice


def test_regularizers_add_their_losses():
    layer = randomised(Adaact(5, **ARGUMENTS), (None, 4))
    kernel, bias, k0, k1 = layer.get_weights()

    np.testing.assert_allclose(
        [float(loss) for loss in layer.losses],
        [0.1 * (kernel**2).sum(), 0.2 * abs(bias).sum(), 0.3 * (k0**2).sum(), 0.4 * abs(k1).sum()],
        rtol=1e-6,
    )


def test_constraints_hold_after_a_step_that_breaks_them():
    layer = Adaact(1, k0_constraint="non_neg", k1_constraint=keras.constraints.MaxNorm(0.5))
    model = keras.Sequential([keras.Input((4,)), layer])
    model.compile(optimizer=keras.optimizers.SGD(10.0), loss=lambda _, y: y)  # pushes k0 down
    x = np.ones((8, 4))
    model.fit(x, np.zeros(8), epochs=1, verbose=0)

    assert layer.k0.numpy() == [0]
    assert abs(layer.k1.numpy()) <= 0.5 + 1e-6


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.weights.h5"])
def test_model_is_saved_and_loaded_with_its_values(tmp_path, name):
    model, loaded = network(), network()
    if "weights" in name:
        model.save_weights(tmp_path / name)
        loaded.set_weights([value + 1 for value in loaded.get_weights()])
        loaded.load_weights(tmp_path / name)
    else:
        model.save(tmp_path / name)
        loaded = keras.saving.load_model(tmp_path / name)

    assert loaded.layers[0].get_config() == model.layers[0].get_config()
    for restored, saved in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(restored, saved)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_config_gives_every_argument_back(argument):
    config = Adaact(5, **ARGUMENTS).get_config()
    restored = getattr(Adaact.from_config(config), argument)
    serialize = keras.saving.serialize_keras_object

    assert serialize(restored) == serialize(getattr(Adaact(5, **ARGUMENTS), argument))
    assert serialize(restored) != serialize(getattr(Adaact(5, use_bias=False), argument))


@pytest.mark.parametrize("units", [0, -3, 2.0, "3", None])
def test_units_below_one_are_refused(units):
    with pytest.raises(
        ValueError, match=rf"Expected `units` to be a positive integer\. Received: units={units}"
    ):
        Adaact(units)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(None,), (4,), (None, None), (None, 3, None)])
def test_input_shape_without_known_features_is_refused(shape):
    with pytest.raises(ValueError, match=r"Expected inputs of shape .* Received: input_shape=\("):
        Adaact(3).build(shape)


@pytest.mark.parametrize(
    "call",
    [
        lambda layer: layer(np.zeros(4)),  # rank 1
        lambda layer: (layer(np.zeros((2, 4))), layer(np.zeros((2, 5)))),  # another input_dim
    ],
)
def test_inputs_that_do_not_fit_are_refused(call):
    with pytest.raises(ValueError, match="incompatible with the layer"):
        call(Adaact(3))
