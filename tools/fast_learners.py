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

UNITS = 16
PENALTY = 0.1
NUMBERS_AT_ONCE = 4_000_000  # of the first layer's outputs: 16 MB


def outcomes(
    family: Family, tables: Sequence[Dataset], tell: Callable[[str], None] = print
) -> tuple[Outcomes, Outcomes]:
    """Return what method and reference score on every table; the reference has one seed a split.

    Args:
        family: The size of the study.
        tables: As ``mnist_tables.tables`` returns them.
        tell: Prints a line of progress.
    """
    made = []
    for number, table in enumerate(tables):
        made.append(_study(family, table, np.random.default_rng([family.rows, number])))
        if (number + 1) % 100 == 0:
            tell(f"{family.name}: {number + 1} of {len(tables)} tables")
    return tuple(  # type: ignore[return-value]
        Outcomes(*(np.stack([study[arm][part] for study in made]) for part in range(3)))
        for arm in range(2)
    )


Counted = tuple[np.ndarray, np.ndarray, np.ndarray]


def _study(family: Family, table: Dataset, rng: np.random.Generator) -> tuple[Counted, Counted]:
    """Return scores, rows tested and rows correct of method and reference on one table."""
    inputs = (table.x - table.x.mean(axis=0)) / table.x.std()
    inputs = np.column_stack([inputs, np.ones(family.rows)]).astype(np.float32)
    targets = np.eye(table.classes, dtype=np.float32)[table.y]
    test_rows = round(TEST_SHARE * family.rows)
    order = rng.random((family.splits, family.rows)).argsort(axis=1)
    test = order < test_rows  # shape (splits, rows)

    right = np.empty((family.splits, family.seeds, family.rows), bool)
    step = max(1, NUMBERS_AT_ONCE // (family.seeds * family.rows * UNITS))
    for start in range(0, family.splits, step):
        part = test[start : start + step]
        shape = (len(part), family.seeds, inputs.shape[1], UNITS)
        first = rng.standard_normal(shape, np.float32) / np.float32(inputs.shape[1] ** 0.5)
        hidden = np.maximum(inputs @ first, 0)
        right[start : start + step] = _fitted(hidden, targets, part[:, np.newaxis]) == table.y
    ridge = _fitted(inputs[np.newaxis], targets, test) == table.y
    return _counted(right, test), _counted(ridge[:, np.newaxis], test)


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


def _counted(right: np.ndarray, test: np.ndarray) -> Counted:
    """Return scores, rows tested and rows correct.

    Args:
        right: Shape (splits, seeds, rows).
        test: Shape (splits, rows).
    """
    correct = right & test[:, np.newaxis]
    scores = correct.sum(axis=2) / test.sum(axis=1)[:, np.newaxis]
    return scores, test.sum(axis=0) * right.shape[1], correct.sum(axis=(0, 1))
