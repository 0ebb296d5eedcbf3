"""What a task says about a seed: its rows, and its inputs as the network sees them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from bench.data.splits import Split
from bench.training.trials.cells import Cell

X = np.array([[1, 5, 2], [3, 5, 4], [8, 5, 0], [2, 5, 9]], np.float32)
SPLIT = Split(np.array([0, 1, 2]), np.array([3]), np.array([3]))


@pytest.fixture
def task():
    return Cell(lambda: None, X, np.zeros(4, int), SPLIT)


def test_one_split_serves_all_seeds_unless_it_depends_on_them(task):
    assert task.split(0) is task.split(1) is SPLIT
    by_seed = replace(task, splits=lambda seed: Split(np.array([seed]), SPLIT.test, SPLIT.test))
    assert by_seed.split(2).train.tolist() == [2]


def test_inputs_are_used_as_they_are_unless_they_are_to_be_standardised(task):
    assert_array_equal(task.inputs(0, SPLIT.test), X[[3]])


def test_standardising_knows_the_training_rows_alone(task):
    scaled = replace(task, standardise=True)
    oracle = StandardScaler().fit(X[SPLIT.train])
    assert_allclose(scaled.inputs(0, SPLIT.test), oracle.transform(X[SPLIT.test]), rtol=1e-6)
    assert scaled.inputs(0, SPLIT.test).dtype == np.float32


def test_a_constant_column_becomes_0_without_a_warning(task):
    scaled = replace(task, standardise=True)
    assert_array_equal(scaled.inputs(0, np.arange(4))[:, 1], np.zeros(4))
