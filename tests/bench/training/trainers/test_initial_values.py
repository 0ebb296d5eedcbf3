"""Every weight of every seed starts afresh, and the same way each time."""

import random
import sys
import threading
from functools import cache, partial

import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_array_equal

from baselines import ACTIVATIONS, DEFAULT
from bench.errors import UserError
from bench.training import networks
from bench.training.trainers.initial_values import InitialValues
from bench.training.trainers.seeding import derive

pytestmark = pytest.mark.scorecard(15, "cases of initial values and random streams")

SIZES = {"mnist": (784, 10), "iris": (4, 3)}


initial_values = cache(InitialValues)  # Keras counts the names of layers on in every build


def values(build, seed=0):
    """First values by path below the model's own name; seed generators too."""
    initial = initial_values(build)
    paths = [variable.path.partition("/")[2] for variable in initial.model.variables]
    return dict(zip(paths, initial.of(seed), strict=True))


def paper(name, activation):
    return partial(networks.build, name, activation, *SIZES[name])


def sequence(*makers, shape):
    return lambda: keras.Sequential([keras.Input(shape), *(make() for make in makers)])


@pytest.mark.parametrize("name", SIZES)
def test_all_activations_start_from_the_same_kernels(name):
    activations = ACTIVATIONS if name == "iris" else DEFAULT
    drawn = [values(paper(name, activation), seed=3) for activation in activations]
    kernels = [path for path in drawn[0] if path.endswith("kernel")]
    assert len(kernels) == 3
    for path in kernels:
        for other in drawn[1:]:
            assert_array_equal(other[path], drawn[0][path])


def test_the_global_random_state_matters_not_and_is_left_alone():
    build = paper("iris", "adaact")
    keras.utils.set_random_seed(1)
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - Keras' own
    first = InitialValues(build).of(3)
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    keras.utils.set_random_seed(2)
    for value, expected in zip(InitialValues(build).of(3), first, strict=True):
        assert_array_equal(value, expected)


def test_dropout_has_a_stream_by_seed_that_counts_from_0():
    model = paper("iris", "relu")
    states = [
        value
        for seed in (0, 1)
        for path, value in values(model, seed).items()
        if "seed_generator" in path
    ]
    assert [state.tolist() for state in states] == [[derive(s, 2, "dropout", 1), 0] for s in (0, 1)]


@pytest.mark.parametrize(
    ("layer", "shape", "drawn", "kept"),
    [
        (
            lambda: layers.SeparableConv1D(2, 3),
            (5, 2),
            {"depthwise_kernel", "pointwise_kernel"},
            {"bias"},
        ),
        (lambda: layers.LSTM(2), (4, 3), {"kernel", "recurrent_kernel"}, {"bias"}),
        (
            lambda: layers.SpectralNormalization(layers.Dense(2)),
            (4,),
            {"kernel", "vector_u"},
            {"bias"},
        ),
        (layers.LayerNormalization, (4,), set(), {"gamma", "beta"}),
        (lambda: layers.Dense(2, kernel_initializer=np.ones), (4,), set(), {"kernel", "bias"}),
    ],
)
def test_other_layers_draw_what_is_random_and_keep_the_rest(layer, shape, drawn, kept):
    model = sequence(layer, shape=shape)
    built = {variable.name: np.asarray(variable) for variable in model().weights}
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


def test_layers_inside_one_layer_have_streams_of_their_own():
    def nested():
        return keras.Sequential([layers.Dense(4), layers.Dense(4)])

    def both_ways():
        return layers.Bidirectional(layers.SimpleRNN(4))

    model = sequence(nested, both_ways, shape=(4, 4))
    kernels = [value for path, value in values(model).items() if path.endswith("/kernel")]
    assert len(kernels) == 4
    for place, kernel in enumerate(kernels):
        assert not any(np.array_equal(kernel, other) for other in kernels[:place])


NORMAL = keras.initializers.RandomNormal


class Wide(NORMAL):
    """A subclass whose configuration does not hold the seed."""

    def __init__(self):
        super().__init__(stddev=2.0)

    def get_config(self):
        return {}


class Learned(layers.Layer):
    """A learned activation z + a, written in one of the ways that people use."""

    def __init__(self, make, **kwargs):
        super().__init__(**kwargs)
        self.make = make

    def build(self, _):
        self.a = self.make(self)

    def call(self, z):
        return z + self.a


def direct(layer):
    return keras.Variable(NORMAL(), shape=(1,), name="a")


def drawn_directly(layer):
    return keras.Variable(keras.random.normal((1,)), name="a")


def drawn_from_its_own_generator(layer):
    return keras.Variable(keras.random.normal((1,), seed=keras.random.SeedGenerator()), name="a")


def inner_layer(layer):
    layer.inner = layers.Dense(1, name="inner")
    layer.inner.build((None, 1))
    return layer.inner.kernel[0, 0]


def globally_seeded(layer):
    keras.utils.set_random_seed(7)
    return layer.add_weight(name="a", shape=(1,), initializer=NORMAL())


def halved(layer):
    weight = layer.add_weight(name="a", shape=(1,), initializer=NORMAL())
    weight.assign(weight / 2)
    return weight


WAYS = {
    "object": lambda layer: layer.add_weight(name="a", shape=(1,), initializer=NORMAL()),
    "string": lambda layer: layer.add_weight(name="a", shape=(1,), initializer="random_normal"),
    "positional": lambda layer: layer.add_weight((1,), NORMAL()),
    "unnamed": lambda layer: layer.add_weight(shape=(1,), initializer=NORMAL()),
    "subclass": lambda layer: layer.add_weight(name="a", shape=(1,), initializer=Wide()),
    "function": lambda layer: layer.add_weight(
        name="a",
        shape=(1,),
        initializer=lambda shape, dtype: keras.random.normal(shape, 0, 1, dtype),
    ),
    "direct": direct,
    "drawn directly": drawn_directly,
    "own generator": drawn_from_its_own_generator,
    "inner layer": inner_layer,
    "globally seeded": globally_seeded,
    "changed afterwards": halved,
}


def learned(way):
    return lambda: keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, "softmax", name="dense"), Learned(WAYS[way], name="a")]
    )


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_write_a_weight_starts_afresh_with_the_seed(way):
    starts = [
        [value for path, value in values(learned(way), seed).items() if path.startswith("a/")]
        for seed in range(4)
    ]
    again = InitialValues(learned(way))
    assert len({value.tobytes() for (value, *_) in starts}) == 4
    for seed, start in enumerate(starts):
        model = dict(zip([v.path for v in again.model.variables], again.of(seed), strict=True))
        repeated = [value for path, value in model.items() if "/a/" in path]
        assert [v.tobytes() for v in repeated] == [v.tobytes() for v in start]


@pytest.mark.parametrize("way", ["string", "own generator"])
def test_another_thread_that_draws_from_pythons_generator_changes_nothing(way):
    expected, stop = InitialValues(learned(way)).of(3), threading.Event()

    def draw():
        while not stop.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # lets the other thread draw at nearly every step
    thread.start()
    try:
        for _ in range(5):
            values = InitialValues(learned(way)).of(3)
            assert [v.tobytes() for v in values] == [v.tobytes() for v in expected]
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        thread.join()


PRETRAINED = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


def pretrained():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="dense")])
    model.layers[0].set_weights([PRETRAINED, np.ones(3)])
    return model


def test_what_a_build_makes_the_same_each_time_stays():
    for seed in (0, 1):
        assert_array_equal(values(pretrained, seed)["dense/kernel"], PRETRAINED)
        assert_array_equal(values(pretrained, seed)["dense/bias"], np.ones(3))


def own_seeds():
    kernel = keras.initializers.GlorotNormal(seed=5)
    dense = layers.Dense(2, kernel_initializer=kernel, name="dense")
    return keras.Sequential([keras.Input((3,)), dense, layers.Dropout(0.5, seed=3, name="drop")])


def test_a_seed_that_was_given_stays():
    one, other = values(own_seeds, 0), values(own_seeds, 1)
    expected = keras.initializers.GlorotNormal(seed=5)((3, 2))
    assert_array_equal(one["dense/kernel"], expected)
    for path, value in one.items():
        assert_array_equal(other[path], value)


RNG = np.random.default_rng(0)


def own_generator():
    dense = layers.Dense(2, bias_initializer=lambda shape, **_: RNG.normal(size=shape), name="d")
    return keras.Sequential([keras.Input((3,)), dense])


@pytest.mark.parametrize("trainer", ["many-seeds", "keras"])
def test_a_start_that_cannot_be_repeated_is_refused_by_name(iris_task, trainer):
    with pytest.raises(UserError, match=r"^Weight '.*d/bias' starts differently .* initializer"):
        list(iris_task(own_generator).fit([0], trainer=trainer))


def test_a_build_that_returns_one_model_twice_is_refused():
    made = []

    def build():
        made[:] = made or [learned("string")()]
        return made[0]

    with pytest.raises(UserError, match="same object in two calls"):
        InitialValues(build)


def test_a_build_of_another_shape_each_time_is_refused():
    widths = iter([3, 4, 5])
    with pytest.raises(UserError, match="weights of other shapes"):
        InitialValues(sequence(lambda: layers.Dense(next(widths)), shape=(4,)))


def test_a_model_without_inputs_is_refused():
    with pytest.raises(UserError, match=r"inputs are not known.*keras\.Input"):
        InitialValues(lambda: keras.Sequential([layers.Dense(3)]))
