"""``fit_many`` does what ``fit`` does with any compiled model, or refuses it in one line."""

import os
import re
import subprocess
import sys
import warnings

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from numpy.testing import assert_allclose

from bench.errors import UserError
from bench.training import fit_many, predict_many

RNG = np.random.default_rng(0)
X, PICTURES = RNG.normal(size=(30, 4)), RNG.normal(size=(30, 6, 6, 4))
SERIES = RNG.normal(size=(30, 4, 3))
CLASSES, NUMBERS = RNG.integers(0, 3, 30), X.sum(axis=1)
ONE_HOT, WEIGHTS = np.eye(3)[CLASSES], RNG.random(30)
EPOCHS = {"epochs": 3, "batch_size": 8}


def net(*stack, loss="sparse_categorical_crossentropy", optimizer="sgd", shape=(4,), **options):
    """A build function; ``stack`` are makers of layers."""

    def build():
        model = keras.Sequential([keras.Input(shape), *(layer() for layer in stack)])
        model.compile(optimizer, loss, **options)
        return model

    return build


def softmax():
    return layers.Dense(3, "softmax")


def unit():
    return layers.Dense(1)


def both(build, x, y, **options):
    """Fits of both trainers, the first one mapped; warnings are errors."""
    options = {"seeds": [3, 4], **EPOCHS, **options}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = sorted(fit_many(build, x, y, **options), key=lambda fit: fit.number)
    assert {fit.trainer for fit in ours} == {"many-seeds"}
    return ours, list(fit_many(build, x, y, trainer="keras", **options))


def same(ours, theirs, tolerance=1e-4):
    for one, other in zip(ours, theirs, strict=True):
        assert one.history.keys() == other.history.keys()
        for column, values in other.history.items():
            assert_allclose(one.history[column], values, rtol=tolerance, atol=tolerance)
        assert all(map(np.array_equal, one.initial, other.initial))
        for mine, keras_own in zip(one.weights, other.weights, strict=True):
            assert_allclose(mine, keras_own, rtol=1e-3, atol=1e-3)


PICTURE_LAYERS = (
    lambda: layers.Conv2D(4, 3, padding="same", groups=2, activation="relu"),
    lambda: layers.DepthwiseConv2D(2),
    lambda: layers.SeparableConv2D(3, 2, strides=2, padding="same"),
    layers.MaxPooling2D,
    layers.Flatten,
    unit,
)
SERIES_LAYERS = (
    lambda: layers.Conv1D(4, 2, padding="causal", dilation_rate=2),
    lambda: layers.AveragePooling1D(2),
    lambda: layers.LSTM(3, return_sequences=True),
    layers.LayerNormalization,
    lambda: layers.GRU(2),
    unit,
)


@pytest.mark.parametrize(
    ("x", "stack"),
    [
        pytest.param(PICTURES, PICTURE_LAYERS, id="pictures", marks=pytest.mark.slow),
        pytest.param(SERIES, SERIES_LAYERS, id="series"),
    ],
)
def test_layers_that_map_train_as_with_fit(x, stack):
    same(*both(net(*stack, loss="mse", shape=x.shape[1:]), x, NUMBERS))


def test_noise_has_the_expectation_that_it_has_in_fit():
    noises = {"normal": layers.GaussianNoise(0.5), "dropout": layers.Dropout(0.5)}

    def build():
        inputs = keras.Input((4,))
        outputs = {name: layers.Dense(1)(noise(inputs)) for name, noise in noises.items()}
        model = keras.Model(inputs, outputs)
        model.compile(keras.optimizers.SGD(0.0), dict.fromkeys(outputs, "mse"))
        return model

    # At a rate of 0 all epochs start alike: their mean loss is an average over noise.
    x, y = np.tile(X, (20, 1)), dict.fromkeys(noises, np.tile(NUMBERS, 20))
    ours, theirs = both(build, x, y, seeds=[3])
    for name in noises:
        losses = [fits[0].history[f"{name}_loss"] for fits in (ours, theirs)]
        assert np.mean(losses[0]) == pytest.approx(np.mean(losses[1]), rel=0.15)
        assert len(set(losses[0])) == 3


@pytest.mark.parametrize(("optimizer", "least"), [("sgd", 0), ("adam", 1e-4)])
def test_embeddings_differ_from_fit_where_an_optimizer_squares_gradients(optimizer, least):
    stack = (lambda: layers.Embedding(5, 2), layers.Flatten, unit)
    build = net(*stack, loss="mse", optimizer=optimizer, shape=(4,))
    ours, theirs = both(build, RNG.integers(0, 5, (30, 4)), NUMBERS)
    pairs = zip(ours, theirs, strict=True)
    gaps = [np.ptp([a.history["loss"], b.history["loss"]], axis=0).max() for a, b in pairs]
    assert least <= max(gaps) < max(20 * least, 1e-4)


def test_one_hot_targets_logits_and_class_weights():
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    build = net(lambda: layers.Dense(3), loss=loss, metrics=["accuracy", keras.metrics.AUC()])
    same(*both(build, X, ONE_HOT, class_weight={0: 3.0, 2: 0.5}, validation_data=(X, ONE_HOT)))


def test_targets_in_a_column_are_classes():
    build = net(softmax, metrics=["accuracy"])
    column, flat = (
        list(fit_many(build, X, y, seeds=[3], **EPOCHS)) for y in (CLASSES[:, None], CLASSES)
    )
    same(column, flat, 0)
    assert max(column[0].history["accuracy"]) <= 1


def two_by_two():
    first, second = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Concatenate()([first, second])
    outputs = {"size": layers.Dense(1, name="size"), "kind": layers.Dense(3, name="kind")}
    metrics = {
        "kind": ["accuracy"],
        "size": ["mae", keras.metrics.RootMeanSquaredError(), "r2_score"],
    }
    model = keras.Model(
        {"a": first, "b": second}, {name: layer(shared) for name, layer in outputs.items()}
    )
    logits = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses = {"size": "mse", "kind": logits}
    weighted = {"loss_weights": {"size": 1, "kind": 2}, "weighted_metrics": {"size": ["mse"]}}
    model.compile("sgd", losses, metrics=metrics, **weighted)
    return model


def test_several_inputs_and_outputs():
    x, y = {"a": X, "b": X[::-1]}, {"size": NUMBERS, "kind": CLASSES}
    ours, theirs = both(two_by_two, x, y, validation_split=0.2, sample_weight=WEIGHTS)
    same(ours, theirs)
    assert {"size_loss", "val_kind_loss", "kind_accuracy"} <= ours[0].history.keys()
    assert {"size_mae", "val_size_r2_score", "size_mse"} <= ours[0].history.keys()
    assert "size_accuracy" not in ours[0].history
    assert ours[0].predict(x)["kind"].shape == (30, 3)


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.output_layer = layers.Dense(3, "softmax")

    def call(self, x):
        return self.output_layer(x)


def test_a_subclassed_model_a_data_frame_and_a_split_of_its_own_for_each_seed():
    def build():
        model = Own()
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def split(seed):
        rows = np.random.default_rng(seed).permutation(30)
        return {"train": rows[:20], "val": rows[20:25], "test": rows[25:]}

    ours, theirs = both(build, pd.DataFrame(X), pd.Series(CLASSES), split=split)
    same(ours, theirs)
    assert {"val_loss", "test_accuracy"} <= ours[0].history.keys()


def test_half_precision_standardises_before_it_casts():
    def build():
        stack = [keras.Input((4,)), layers.Dense(3, "softmax", dtype="mixed_float16")]
        model = keras.Sequential(stack)
        model.compile("sgd", "sparse_categorical_crossentropy", auto_scale_loss=False)
        return model

    same(*both(build, X * 1e5 + 1e6, CLASSES, standardise=True), tolerance=0.02)


def test_a_column_far_from_0_is_centred_before_float32_takes_it():
    stamps = np.column_stack([1.7e9 + CLASSES, np.full(30, 7.0)])  # the second one is constant
    build = net(softmax, optimizer=keras.optimizers.SGD(1.0), shape=(2,))
    (fit,) = fit_many(build, stamps, CLASSES, seeds=[0], standardise=True, epochs=30)
    assert fit.history["loss"][-1] < 0.7 * np.log(3)
    predicted = fit.predict(stamps)
    assert len(np.unique(predicted.argmax(axis=1))) > 1


CALLBACKS = {
    "stopping": lambda: keras.callbacks.EarlyStopping(
        "val_loss", min_delta=0.05, patience=1, start_from_epoch=1, restore_best_weights=True
    ),
    "baseline": lambda: keras.callbacks.EarlyStopping("val_accuracy", baseline=2.0, patience=2),
    "plateau": lambda: keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=0.1),
    "schedule": lambda: keras.callbacks.LearningRateScheduler(lambda _, rate: rate * 0.7),
}


def test_callbacks_are_keras_own_a_copy_for_each_run():
    build = net(softmax, optimizer=keras.optimizers.Adam(0.05), metrics=["accuracy"])
    callbacks = [make() for make in CALLBACKS.values()]
    settings = [{}, {"learning_rate": 0.5}]
    options = {"epochs": 6, "validation_split": 0.3, "settings": settings, "callbacks": callbacks}
    ours, theirs = both(build, X, CLASSES, **options)
    same(ours, theirs, 1e-3)
    for one, other in zip(ours, theirs, strict=True):
        for mine, keras_own in zip(one.callbacks, other.callbacks, strict=True):
            assert getattr(mine, "wait", None) == getattr(keras_own, "wait", None)
    assert len({len(fit.history["loss"]) for fit in ours}) > 1
    assert callbacks[0].model is None


class Counts(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):  # noqa: ARG002 (Keras')
        self.model.count_params()


@pytest.mark.parametrize(
    ("callback", "what"),
    [
        (keras.callbacks.TerminateOnNaN, "acts in on_"),
        (
            lambda: keras.callbacks.LambdaCallback(on_train_batch_end=lambda *_, **__: None),
            "acts in on_train_b",
        ),
        (Counts, "uses model.count_params"),
    ],
)
def test_a_callback_that_a_lane_cannot_serve_is_named(callback, what):
    given = callback()
    notice = f"^Callback {type(given).__name__}, which {what}.*can't be mapped.*with Keras fit"
    with pytest.warns(UserWarning, match=notice):
        (fit,) = fit_many(net(softmax), X, CLASSES, seeds=[0], callbacks=[given])
    assert fit.trainer == "keras"


def test_results_hold_models_and_make_an_ensemble():
    fits = list(fit_many(net(softmax), X, CLASSES, seeds=[0, 1], standardise=True, **EPOCHS))
    mean, deviation = fits[0].scaling
    outputs = [fit.model().predict((X - mean) / deviation, verbose=0) for fit in fits]
    assert_allclose(fits[0].predict(X), outputs[0], atol=1e-6)
    assert_allclose(predict_many(fits, X), np.mean(outputs, axis=0), atol=1e-6)
    assert fits[0].model().compiled


@pytest.mark.parametrize(
    ("build", "x", "y", "line"),
    [
        (net(softmax), X, CLASSES + 1, "y: expected classes from 0 to 2, as there are 3 outputs"),
        (net(softmax), X, CLASSES - 1, "y: expected classes from 0 to 2.* values from -1 to 1"),
        (net(softmax), X, ONE_HOT, "y: expected classes of shape .rows,.*shape .30, 3."),
        (net(softmax), X, CLASSES.astype(str), "y: expected numbers.*Received: text"),
        (net(softmax), X, CLASSES[:29], "equally many rows. Received: 30 and 29 rows"),
        (net(softmax), pd.DataFrame({"a": ["b"] * 30}), CLASSES, "x: expected numbers"),
        (net(unit, loss="mse"), X, ONE_HOT, "y: expected shape .rows, 1.*shape .30, 3."),
        (net(unit, loss="binary_crossentropy"), X, CLASSES, "values from 0 to 1.* from 0 to 2"),
        (two_by_two, {"a": X, "b": X}, CLASSES, "targets of 2 outputs .size, kind.*Received: 1"),
        (lambda: keras.Sequential([keras.Input((4,)), softmax()]), X, CLASSES, "compiled model"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(build, x, y, line):
    with pytest.raises(UserError, match=line) as error:
        list(fit_many(build, x, y, seeds=[0]))
    assert "\n" not in str(error.value)


def test_unknown_settings_are_refused():
    with pytest.raises(UserError, match=r"^settings: expected .*learning_rate\. Received: rate\."):
        fit_many(net(softmax), X, CLASSES, seeds=[0], settings=[{"rate": 1.0}])


JAX = """
import numpy as np
from bench.training import fit_many
import sys
assert not {"keras", "tensorflow"} & sys.modules.keys()
fit_many(None, np.ones((2, 1)), np.ones(2), seeds=[0])
"""


def test_another_backend_is_refused_by_its_name():
    ran = subprocess.run(
        [sys.executable, "-c", JAX],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"UserError: fit_many: expected KERAS_BACKEND=tensorflow\. .*jax", ran.stderr)


def test_a_loss_of_whole_batches_is_named():
    build = net(softmax, loss=keras.losses.Dice())
    with pytest.warns(UserWarning, match=r"^Loss dice of whole batches can't be mapped"):
        (fit,) = fit_many(build, X, ONE_HOT, seeds=[0])
    assert fit.trainer == "keras"
