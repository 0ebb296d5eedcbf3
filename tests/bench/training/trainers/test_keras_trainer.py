"""The Keras trainer is what a user of Keras would write, one seed after the other."""

from dataclasses import replace
from itertools import islice, product

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.data import load
from bench.data.splits import held_out_split
from bench.training.trainers import keras_trainer
from bench.training.trainers.seeding import batch_order
from bench.training.trainers.training_task import Task
from bench.training.trials.evaluate import kept_by
from bench.training.trials.stopping import PREFIX

TRAINERS = ("keras", "many-seeds")


def test_two_rules_stop_and_keep_as_two_runs_of_keras_would(float64, paper, oracle):
    iris = load("iris")
    y = iris.y.copy()
    y[::3] = (y[::3] + 1) % 3  # else nothing stops early
    task = paper(
        "iris", "relu", dtype="float64", dropout=False, epochs=15, patience=1, standardise=True,
        monitors=("validation", "test"),
    )  # fmt: skip
    task = replace(
        task, x=iris.x.astype("float64"), y=y, splits=lambda seed: held_out_split(iris, seed)
    )
    seed = 5
    expected = {part: oracle(task, seed, part) for part in ("validation", "test")}
    lengths = [run.epochs for run in expected.values()]
    assert lengths[0] != lengths[1]  # else one rule would do
    fits = {trainer: next(task.fit([seed], trainer=trainer)) for trainer in TRAINERS}
    for trainer, (part, prefix) in product(TRAINERS, PREFIX.items()):
        fit = fits[trainer]
        assert len(fit.history["loss"]) == max(lengths)
        run, kept = expected[part], kept_by(fit)[part]
        assert (kept.epochs, kept.best_epoch) == (run.epochs, run.best_epoch)
        losses = fit.history[f"{prefix}_loss"][: run.epochs]
        assert_allclose(losses, run.history["val_loss"], rtol=1e-9)
        for ours, theirs in zip(kept.weights, run.weights, strict=True):
            assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_batches_have_every_row_once_an_epoch_the_last_one_being_short(iris_task, one_layer):
    cell, seed = iris_task(one_layer), 3
    task = Task(cell.build, cell.x, cell.y, cell.parts)
    batches = list(islice(keras_trainer.batches(task, seed, 32), 2 * 4))
    assert [len(x) for x, _ in batches] == [32, 32, 32, 16] * 2
    for epoch in (0, 1):
        rows = cell.splits.train[batch_order(seed, epoch, 112)]
        part = batches[4 * epoch : 4 * epoch + 4]
        assert_array_equal(np.concatenate([x for x, _ in part]), cell.x[rows].astype("float32"))
        assert_array_equal(np.concatenate([y for _, y in part]), cell.y[rows])


class Shift(keras.layers.Layer):
    """Learns a value without a name, which it changes after it is drawn."""

    def build(self, shape):
        self.by = self.add_weight(shape=shape[1:], initializer="random_normal")
        self.by.assign(self.by / 2)

    def call(self, x):
        return x + self.by


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_seed_knows_nothing_of_the_one_before(iris_task, contents, trainer):
    def build():
        layers = [keras.Input((4,)), Shift(), keras.layers.Dense(3, activation="softmax")]
        return keras.Sequential(layers)

    task = iris_task(build, optimizer="adam", epochs=2)
    together = contents(task.fit([0, 1], trainer=trainer))
    assert together[1] == contents(task.fit([1], trainer=trainer))[1]
    assert together[1] != together[0]


def test_progress_and_tracked_variables_are_reported(iris_task, one_layer):
    seen = []
    options = {"record": {"b": 1}, "on_epoch": seen.append, "trainer": "keras"}
    fits = list(iris_task(one_layer, epochs=2).fit([4, 2], **options))
    assert [fit.seed for fit in fits] == [4, 2]
    assert seen == [{0: 1}, {0: 2}, {1: 1}, {1: 2}]
    assert np.shape(fits[0].history["b"]) == (2, 3)
