"""Train learners that take microseconds, for studies of the default size on many tables.

The method is a network with a random first layer, whose second layer is fitted by ridge
regression; a seed draws the first layer. The reference is ridge regression on the inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.data.splits import TEST_SHARE
from tools.mnist_tables import Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.data import Dataset
    from tools.mnist_tables import Family

RANDOM, RIDGE = "random features", "ridge"
UNITS = 16
PENALTY = 0.1
NUMBERS_AT_ONCE = 4_000_000  # of the first layer's outputs: 16 MB


def trainer(
    family: Family, tables: Sequence[Dataset], name: str
) -> Callable[[Sequence[int]], Outcomes]:
    """Return a function from numbers of tables to what a learner scores on them.

    Args:
        family: The size of the study.
        tables: As ``mnist_tables.tables`` returns them.
        name: ``RANDOM``, or ``RIDGE``, which has one seed a split.
    """

    def train(numbers: Sequence[int]) -> Outcomes:
        answers = [_answers(family, tables[number], number, name) for number in numbers]
        return Outcomes.counted(np.stack(answers))

    return train


def _answers(family: Family, table: Dataset, number: int, name: str) -> np.ndarray:
    """Return the answers on one table as ``Outcomes.counted`` takes them."""
    rng = np.random.default_rng([family.rows, number])
    inputs = (table.x - table.x.mean(axis=0)) / table.x.std()
    inputs = np.column_stack([inputs, np.ones(family.rows)]).astype(np.float32)
    targets = np.eye(table.classes, dtype=np.float32)[table.y]
    order = rng.random((family.splits, family.rows)).argsort(axis=1)
    test = (order < round(TEST_SHARE * family.rows))[:, np.newaxis]  # shape (splits, 1, rows)
    if name == RIDGE:
        return np.where(test, _fitted(inputs, targets, test) == table.y, -1)
    right = np.empty((family.splits, family.seeds, family.rows), np.int8)
    step = max(1, NUMBERS_AT_ONCE // (family.seeds * family.rows * UNITS))
    for start in range(0, family.splits, step):
        part = test[start : start + step]
        shape = (len(part), family.seeds, inputs.shape[1], UNITS)
        first = rng.standard_normal(shape, np.float32) / np.float32(inputs.shape[1] ** 0.5)
        hidden = np.maximum(inputs @ first, 0)
        right[start : start + step] = _fitted(hidden, targets, part) == table.y
    return np.where(test, right, -1)


def _fitted(features: np.ndarray, targets: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the classes that ridge regression on the other rows predicts for every row.

    Args:
        features: Shape (..., rows, features).
        targets: One column a class, shape (rows, classes).
        test: Which rows are not fitted, shape (..., rows).
    """
    fitted = np.where(test[..., np.newaxis], np.float32(0), features).swapaxes(-1, -2)
    penalty = np.float32(PENALTY) * np.eye(features.shape[-1], dtype=np.float32)
    weights = np.linalg.solve(fitted @ features + penalty, fitted @ targets)
    return (features @ weights).argmax(axis=-1)
