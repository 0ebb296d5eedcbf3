"""The many-seeds trainer is the training that Keras' ``fit`` does."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from baselines import DEFAULT
from bench.training import replicate, seeding

CANCELLED = ("hidden_1/bias", "hidden_1/k0")
"""BatchNormalization cancels what is added right before it: the gradient is rounding noise."""


def cells(*quick):
    """Every network with every activation; those not named are slow."""
    return [
        pytest.param(
            name,
            activation,
            marks=[pytest.mark.data] * (name != "iris")
            + [pytest.mark.slow] * (activation not in quick),
        )
        for name in ("banknote", "mnist", "iris")
        for activation in DEFAULT
    ]


@pytest.mark.parametrize(("name", "activation"), cells(*DEFAULT))
def test_in_float64_it_is_keras_fit_with_early_stopping(
    float64, stopping_in_float64, name, activation
):
    task, expected = stopping_in_float64(name, activation)
    (fit,) = replicate.fit_seeds(task, [6])
    kept = fit.kept["validation"]
    assert (kept.epochs, kept.best_epoch) == (expected.epochs, expected.best_epoch)
    for column in ("loss", "val_loss", "accuracy", "val_accuracy"):
        assert_allclose(fit.history[column], expected.history[column], rtol=1e-9)
    variables = task.build().weights
    for variable, ours, theirs in zip(variables, kept.weights, expected.weights, strict=True):
        if name != "mnist" or not variable.path.endswith(CANCELLED):
            assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=variable.path)


@pytest.mark.parametrize(("name", "activation"), cells("adaact"))
def test_in_float32_losses_are_those_of_keras_fit(oracle, paper, name, activation):
    epochs = {"mnist": 7}.get(name, 5)  # MNIST: 224 steps
    task = paper(name, activation, dropout=False, epochs=epochs, patience=None)
    expected = oracle(task, 0)
    (fit,) = replicate.fit_seeds(task, [0])
    for column in ("loss", "val_loss"):
        assert len(fit.history[column]) == epochs
        assert_allclose(fit.history[column], expected.history[column], rtol=1e-4)


def test_dropout_parts_the_seeds_but_not_their_start(paper):
    with_dropout, without = (
        {fit.seed: fit for fit in replicate.fit_seeds(task, [0, 1])}
        for task in (paper("iris", "relu", epochs=2, dropout=on) for on in (True, False))
    )
    for seed in (0, 1):
        assert all(map(np.array_equal, with_dropout[seed].initial, without[seed].initial))
        assert with_dropout[seed].history["loss"][0] != without[seed].history["loss"][0]
    assert not np.array_equal(with_dropout[0].history["loss"], with_dropout[1].history["loss"])


def test_every_seed_comes_once_and_starts_from_its_own_weights(iris_task, one_layer):
    task = iris_task(one_layer, epochs=2)
    seen = []
    fits = list(replicate.fit_seeds(task, [4, 2, 9], lanes=2, on_epoch=seen.append))
    assert sorted(fit.seed for fit in fits) == [2, 4, 9]
    assert seen == [{4: 1, 2: 1}, {4: 2, 2: 2}, {9: 1}, {9: 2}]
    for fit in fits:
        for value, expected in zip(
            fit.initial, seeding.initial_values(task.build(), fit.seed), strict=True
        ):
            assert_array_equal(value, expected)


def test_no_seeds_give_no_fits(iris_task, one_layer):
    assert list(replicate.fit_seeds(iris_task(one_layer), [])) == []


def test_tracked_variables_are_recorded_after_every_epoch(iris_task, one_layer):
    task = replace(iris_task(one_layer, epochs=3), track={"b": 1})
    (fit,) = replicate.fit_seeds(task, [0])
    assert fit.history["b"].shape == (3, 3)
    kept = fit.kept["validation"]
    assert_array_equal(fit.history["b"][kept.best_epoch - 1], kept.weights[1])


def test_without_patience_all_epochs_run_and_the_best_one_is_kept(iris_task, one_layer):
    task = iris_task(one_layer, epochs=4, patience=None)
    (fit,) = replicate.fit_seeds(task, [3])
    kept = fit.kept["validation"]
    assert kept.epochs == len(fit.history["val_loss"]) == 4
    assert kept.best_epoch == np.argmin(fit.history["val_loss"]) + 1
