"""The Keras trainer is what a user of Keras would write, one seed after the other."""

from itertools import islice

import keras
import numpy as np
from numpy.testing import assert_array_equal

from bench.training.trainers import keras_trainer
from bench.training.trainers.seeding import batch_order
from bench.training.trainers.training_task import Task


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


def test_a_seed_knows_nothing_of_the_one_before(iris_task, contents):
    def build():
        layers = [keras.Input((4,)), Shift(), keras.layers.Dense(3, activation="softmax")]
        return keras.Sequential(layers)

    task = iris_task(build, optimizer="adam", epochs=2)
    together = contents(task.fit([0, 1], trainer="keras"))
    assert together[1] == contents(task.fit([1], trainer="keras"))[1]
    assert together[1] != together[0]


def test_progress_and_tracked_variables_are_reported(iris_task, one_layer):
    seen = []
    options = {"record": {"b": 1}, "on_epoch": seen.append, "trainer": "keras"}
    fits = list(iris_task(one_layer, epochs=2).fit([4, 2], **options))
    assert [fit.seed for fit in fits] == [4, 2]
    assert seen == [{0: 1}, {0: 2}, {1: 1}, {1: 2}]
    assert np.shape(fits[0].history["b"]) == (2, 3)
