"""Odd numbers of rows, penalties and constraints: Keras' ``fit`` is the oracle here too."""

from dataclasses import replace

import keras
import numpy as np
from keras import layers
from numpy.testing import assert_allclose

from bench.data.splits import Split
from bench.training import networks
from bench.training.trainers import training_loop
from bench.training.trainers.training_task import Task
from bench.training.trials.cells import Cell
from bench.training.trials.evaluate import kept_by


def check(task, oracle, seed=2):
    """Losses and weights agree with Keras in float64."""
    expected = oracle(task, seed)
    (fit,) = task.fit([seed])
    for column in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert_allclose(fit.history[column], expected.history[column], rtol=1e-9)
    for ours, theirs in zip(kept_by(fit)["validation"].weights, expected.weights, strict=True):
        assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_fewer_rows_than_a_batch_are_one_step(float64, iris_task, one_layer, oracle, monkeypatch):
    monkeypatch.setattr(training_loop, "EVALUATION_ROWS", 7)  # 38 rows: five times seven, and three
    task = iris_task(one_layer, epochs=2, batch_size=32)
    split = replace(task.splits, train=task.splits.train[:20])
    check(replace(task, splits=split), oracle)


def test_penalties_constraints_frozen_layers_and_losses_are_those_of_keras(
    float64, iris_task, oracle
):
    def build():
        hidden = layers.Dense(8, "tanh", kernel_regularizer="l2", kernel_constraint="non_neg")
        frozen = layers.Dense(8, "tanh", name="frozen", trainable=False)
        return keras.Sequential([keras.Input((4,)), hidden, frozen, layers.Dense(3, "softmax")])

    loss = keras.losses.SparseCategoricalCrossentropy()
    task = iris_task(build, epochs=3, loss=loss, batch_size=37)  # 112 rows: one is left over
    check(task, oracle)
    (fit,) = task.fit([2])
    moved = [
        not np.array_equal(after, before)
        for after, before in zip(kept_by(fit)["validation"].weights, fit.initial, strict=True)
    ]
    assert moved == ["frozen" not in variable.path for variable in build().weights]


def test_inputs_of_any_rank_are_scaled_by_place(float64, oracle):
    rng = np.random.default_rng(0)
    x, y = rng.normal(3, 5, (30, 3, 2)), rng.integers(0, 3, 30)

    def build():
        return keras.Sequential([keras.Input((3, 2)), layers.Flatten(), layers.Dense(3, "softmax")])

    split = Split(np.arange(16), np.arange(16, 30), np.arange(16, 30))  # nothing is left over
    compiled = networks.compiled(build, "sgd", "sparse_categorical_crossentropy")
    check(Cell(compiled, x, y, split, 8, 2, standardise=True), oracle)


def test_the_compiled_functions_of_a_task_are_kept_for_its_next_block(iris_task, one_layer):
    def task(x):
        return Task(cell.build, x, cell.y, cell.parts)

    cell = iris_task(one_layer)
    first = training_loop.compiled(task(cell.x))
    assert training_loop.compiled(task(cell.x)) is first
    assert training_loop.compiled(task(cell.x.copy())) is not first
