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


def test_standardising_knows_the_training_rows_alone(task):
    scaled = replace(task, standardise=True)
    oracle = StandardScaler().fit(X[SPLIT.train])
    assert_allclose(scaled.inputs(0, SPLIT.test), oracle.transform(X[SPLIT.test]), rtol=1e-6)
    assert scaled.inputs(0, SPLIT.test).dtype == np.float32
    assert_array_equal(scaled.inputs(0, np.arange(4))[:, 1], np.zeros(4))  # a constant column
