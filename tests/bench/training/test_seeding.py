"""What a seed fixes: first weights, dropout and batch order, each from a stream of its own."""

import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal

from baselines import ACTIVATIONS
from bench.training import networks
from bench.training.seeding import batch_order, derive, initial_values

SIZES = {"banknote": (4, 2), "mnist": (784, 10), "iris": (4, 3)}


def values(model, seed=0):
    """First values by path below the model's own name; seed generators too."""
    drawn = initial_values(model, seed)
    paths = [variable.path.partition("/")[2] for variable in model.variables]
    return dict(zip(paths, drawn, strict=True))


def sequence(*stack, shape):
    return keras.Sequential([keras.Input(shape), *stack])


def test_a_stream_belongs_to_seed_layer_and_role():
    streams = [
        derive(seed, layer, role)
        for seed in range(20)
        for layer in (1, 2)
        for role in ("kernel", "k0", "dropout")
    ]
    assert len(set(streams)) == len(streams)
    assert all(0 <= stream < 2**32 for stream in streams)


def test_streams_are_the_same_in_every_release():
    # A change here gives every trial of every study other numbers: raise PROTOCOL_VERSION.
    assert derive(7, 1, "kernel") == 135_442_981
    assert batch_order(7, 2, 8).tolist() == [7, 5, 0, 3, 2, 4, 1, 6]


def test_every_epoch_has_all_rows_in_an_order_of_its_own():
    orders = {
        (seed, epoch): batch_order(seed, epoch, 50) for seed in range(5) for epoch in range(5)
    }
    for order in orders.values():
        assert sorted(order) == list(range(50))
    assert len({tuple(order) for order in orders.values()}) == 25
    for (seed, epoch), order in orders.items():  # asked again, in whatever order
        assert_array_equal(batch_order(seed, epoch, 50), order)


@pytest.mark.parametrize("name", SIZES)
def test_all_activations_start_from_the_same_kernels(name):
    models = [networks.build(name, activation, *SIZES[name]) for activation in ACTIVATIONS]
    drawn = [values(model, seed=3) for model in models]
    kernels = [path for path in drawn[0] if path.endswith("kernel")]
    assert len(kernels) == (2 if name == "banknote" else 3)
    for path in kernels:
        for other in drawn[1:]:
            assert_array_equal(other[path], drawn[0][path])


def test_every_layer_and_every_seed_has_kernels_of_its_own():
    model = networks.build("iris", "adaact", 4, 3)
    one, other = values(model, seed=0), values(model, seed=1)
    for path in ("hidden_1/kernel", "hidden_1/k0", "hidden_2/k1", "output/kernel"):
        assert not np.array_equal(one[path], other[path])
    scalars = [float(one[f"hidden_{n}/{k}"].item()) for n in (1, 2) for k in ("k0", "k1")]
    assert len(set(scalars)) == 4


def test_what_is_not_random_starts_as_keras_starts_it():
    drawn = values(networks.build("mnist", "relu", 784, 10))
    assert not drawn["hidden_1/bias"].any()
    for path in ("batch_normalization/gamma", "batch_normalization/moving_variance"):
        (value,) = (v for p, v in drawn.items() if path.split("/")[1] in p)
        assert_array_equal(value, np.ones(64))


def test_the_global_random_state_matters_not_and_is_left_alone():
    model = networks.build("iris", "adaact", 4, 3)
    keras.utils.set_random_seed(1)
    first, state = values(model), np.random.get_state()[1].copy()  # noqa: NPY002 - Keras' own
    keras.utils.set_random_seed(2)
    second = values(model)
    keras.utils.set_random_seed(1)
    values(model)
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    for path, value in first.items():
        assert_array_equal(second[path], value)


def test_dropout_has_a_stream_by_seed_that_counts_from_0():
    model = networks.build("iris", "relu", 4, 3)
    states = [
        value
        for seed in (0, 1)
        for path, value in values(model, seed).items()
        if "seed_generator" in path
    ]
    assert [state.tolist() for state in states] == [[derive(s, 2, "dropout", 1), 0] for s in (0, 1)]


def test_an_initializer_with_a_seed_of_its_own_still_varies_by_seed():
    fixed = keras.initializers.GlorotNormal(seed=5)
    model = sequence(layers.Dense(2, kernel_initializer=fixed, name="dense"), shape=(3,))
    assert not np.array_equal(values(model, 0)["dense/kernel"], values(model, 1)["dense/kernel"])


@pytest.mark.parametrize(
    ("layer", "shape", "drawn", "kept"),
    [
        (layers.Conv2D(2, 3), (5, 5, 1), {"kernel"}, {"bias"}),
        (layers.SeparableConv1D(2, 3), (5, 2), {"depthwise_kernel", "pointwise_kernel"}, {"bias"}),
        (layers.Embedding(5, 2), (4,), {"embeddings"}, set()),
        (layers.LSTM(2), (4, 3), {"kernel", "recurrent_kernel"}, {"bias"}),
        (layers.LayerNormalization(), (4,), set(), {"gamma", "beta"}),
        (layers.Dense(2, kernel_initializer=np.ones), (4,), set(), {"kernel", "bias"}),
    ],
)
def test_other_layers_draw_what_is_random_and_keep_the_rest(layer, shape, drawn, kept):
    model = sequence(layer, shape=shape)
    built = {variable.name: np.asarray(variable) for variable in model.weights}
    one, again, other = (
        {path.rpartition("/")[2]: value for path, value in values(model, seed).items()}
        for seed in (0, 0, 1)
    )
    assert {*drawn, *kept} <= one.keys()
    for name in drawn:
        assert_array_equal(again[name], one[name])
        assert not np.array_equal(other[name], one[name])
    for name in kept:
        assert_array_equal(one[name], built[name])


def test_an_lstm_keeps_its_open_forget_gate_and_an_orthogonal_recurrence():
    model = sequence(layers.LSTM(3), shape=(4, 2))
    drawn = {path.rpartition("/")[2]: value for path, value in values(model).items()}
    assert_array_equal(drawn["bias"], [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    recurrent = drawn["recurrent_kernel"]
    assert_allclose(recurrent @ recurrent.T, np.eye(3), atol=1e-6)


def test_layers_inside_one_layer_have_streams_of_their_own():
    nested = keras.Sequential([layers.Dense(4), layers.Dense(4)])
    model = sequence(nested, layers.Bidirectional(layers.SimpleRNN(4)), shape=(4, 4))
    kernels = [value for path, value in values(model).items() if path.endswith("/kernel")]
    assert len(kernels) == 4
    for place, kernel in enumerate(kernels):
        assert not any(np.array_equal(kernel, other) for other in kernels[:place])


class Scaled(layers.Layer):
    """A layer that names no initializer."""

    def build(self, _):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def call(self, x):
        return self.factor * x


def test_a_variable_without_an_initializer_keeps_its_value():
    assert values(sequence(Scaled(name="scaled"), shape=(3,)))["scaled/factor"] == 1
