"""Mapped over lanes, an optimizer takes the steps of the Keras optimizer."""

from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.errors import UserError
from bench.training.trainers.lanes import over_lanes
from bench.training.trainers.optimizers import FreshOptimizer, StatelessOptimizer
from bench.training.trainers.vectorized import NotMappableError

STEPS = 200
SLOW = pytest.mark.slow
SHAPES = ((4, 3), (3,), (1,))
STUDY = ("sgd", "rmsprop", "adam", "nadam")  # their bits are promised in every lane
OPTIMIZERS = [
    *STUDY,
    *("adadelta", "adafactor", "adagrad", "adamax", "adamw", "ftrl", "lamb", "lion", "muon"),
]
DECAY = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=50, decay_rate=0.5)
OPTIONS = {
    "schedule": lambda: keras.optimizers.Adam(DECAY),
    "clipnorm": lambda: keras.optimizers.Adam(clipnorm=0.1),
    "global_clipnorm": lambda: keras.optimizers.SGD(global_clipnorm=0.1),
    "clipvalue": lambda: keras.optimizers.RMSprop(clipvalue=0.1),
    "weight_decay": lambda: keras.optimizers.SGD(0.05, weight_decay=0.01),
    "momentum": lambda: keras.optimizers.SGD(momentum=0.9, nesterov=True),
    "centered": lambda: keras.optimizers.RMSprop(momentum=0.5, centered=True),
    "amsgrad": lambda: keras.optimizers.Adam(amsgrad=True),
    "average": lambda: keras.optimizers.Adam(use_ema=True),
}


@cache
def gradients(dtype):
    """From far below to far above the optimizers' epsilon."""
    rng = np.random.default_rng(1)
    return [
        [(rng.normal(size=s) * 10.0 ** rng.integers(-5, 3, size=s)).astype(dtype) for s in SHAPES]
        for _ in range(STEPS)
    ]


def start(dtype):
    rng = np.random.default_rng(0)
    return [rng.normal(scale=1e-3, size=shape).astype(dtype) for shape in SHAPES]


def variables(dtype):
    return [keras.Variable(value, dtype=dtype) for value in start(dtype)]


def with_keras(make, dtype, faster):
    weights, optimizer = variables(dtype), keras.optimizers.get(make())
    if faster != 1:
        optimizer.learning_rate = float(optimizer.learning_rate) * faster
    optimizer.build(weights)
    apply = tf.function(lambda steps: optimizer.apply(steps, weights), autograph=False)
    for step in gradients(dtype):
        apply([tf.constant(gradient) for gradient in step])
    return [np.asarray(weight) for weight in weights]


@cache
def mapped(make, dtype, rates):
    """The weights of every lane after all steps, shape (lanes, ...) each; None: its own rate."""
    optimizer = StatelessOptimizer(make(), variables(dtype))
    lanes = len(rates)
    firsts = zip(*(optimizer.first(start(dtype), rate) for rate in rates), strict=True)
    state = [tf.constant(np.stack(values)) for values in firsts]
    weights = [tf.stack([tf.constant(value)] * lanes) for value in start(dtype)]
    steps = [tf.constant(np.stack(values)) for values in zip(*gradients(dtype), strict=True)]

    @tf.function(autograph=False, jit_compile=True)
    def train(weights, state, steps):
        def body(i, weights, state):
            now = [step[i] for step in steps]
            one = lambda lane: optimizer.apply(lane[1], now, lane[0])  # noqa: E731
            return i + 1, *over_lanes(one, (weights, state))

        return tf.while_loop(lambda i, *_: i < STEPS, body, (0, weights, state))[1]

    return [value.numpy() for value in train(weights, state, steps)]


def own_rate(make):
    return float(keras.optimizers.get(make()).learning_rate)


@cache
def named(name):
    """A function that returns the optimizer, the same function each time."""
    return keras.optimizers.Lamb if name == "lamb" else lambda: name  # Keras finds it not by name


def check(make, dtype, tolerance, *, faster=True):
    """Errors are measured against how far the weights have moved; NaN is an error."""
    rates = (None, own_rate(make) * 10 if faster else None)
    ours = mapped(make, dtype, rates)
    for lane, factor in enumerate([1, 10] if faster else [1]):
        theirs = with_keras(make, dtype, factor)
        for one, other, first in zip(ours, theirs, start(dtype), strict=True):
            assert one.dtype == dtype
            moved = np.abs(other - first).max()
            assert moved > 0
            assert np.isfinite(other).all()
            assert np.abs(one[lane] - other).max() <= tolerance * moved


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_200_steps_also_at_ten_times_the_rate_in_float32(name):
    check(named(name), "float32", 1e-5)


@pytest.mark.parametrize("name", STUDY)
def test_200_steps_in_float64(float64, name):
    check(named(name), "float64", 1e-12)


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_optimizers(option):
    check(OPTIONS[option], "float32", 1e-5, faster=False)


def test_every_optimizer_of_keras_is_tried():
    kinds = {kind for kind in vars(keras.optimizers).values() if isinstance(kind, type)}
    optimizers = {kind.__name__.lower() for kind in kinds if hasattr(kind, "update_step")}
    apart = {"optimizer", "lossscaleoptimizer", "multioptimizer", "schedulefreeadamw"}  # below
    assert optimizers - apart == set(OPTIMIZERS)


@pytest.mark.parametrize("name", STUDY)
@pytest.mark.parametrize("lanes", [21, *(pytest.param(n, marks=SLOW) for n in (2, 3, 5, 17, 300))])
def test_the_studys_optimizers_have_equal_bits_in_every_lane(name, lanes):
    make = named(name)
    two = mapped(make, "float32", (None, own_rate(make) * 10))  # as above
    for values, expected in zip(mapped(make, "float32", (None,) * lanes), two, strict=True):
        assert {value.tobytes() for value in values} == {expected[0].tobytes()}


def multi():
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(keras.optimizers.SGD()))


@pytest.mark.parametrize(
    ("optimizer", "named"),
    [
        (lambda: keras.optimizers.Adam(gradient_accumulation_steps=2), "gradient_accumulation"),
        (lambda: keras.optimizers.Adam(use_ema=True, ema_overwrite_frequency=5), "ema_overwrite"),
        (lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD()), "LossScaleOptimizer"),
        (keras.optimizers.ScheduleFreeAdamW, "ScheduleFreeAdamW"),
        (multi, "MultiOptimizer"),
    ],
)
def test_what_cannot_be_mapped_is_named(optimizer, named):
    with pytest.raises(NotMappableError, match=named):
        StatelessOptimizer(optimizer(), variables("float32"))


@pytest.mark.parametrize("make", [OPTIONS["schedule"], multi])
def test_a_rate_for_an_optimizer_without_one_number_for_it_is_refused(make):
    optimizer = FreshOptimizer(make(), variables("float32"))
    with pytest.raises(UserError, match=r"a number, to set it to 0.1"):
        optimizer.first(start("float32"), 0.1)


def test_an_optimizer_that_starts_at_the_weights_follows_each_lane():
    optimizer = FreshOptimizer("schedulefreeadamw", variables("float32"))
    values = [value + 5 for value in start("float32")]
    first = optimizer.first(values)
    assert any(np.array_equal(value, values[0]) for value in first)


def test_the_optimizer_that_was_given_is_not_touched():
    given = keras.optimizers.Adam(0.02)
    StatelessOptimizer(given, variables("float32"))
    assert not given.built
