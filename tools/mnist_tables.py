"""Draw small tables from MNIST, so that a mean gap can be measured on many tables of one size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE = 28


@dataclass(frozen=True)
class Family:
    """Tables of one size, and the study that is made on each of them.

    Attributes:
        name: Short name, of the cache files too.
        rows: Rows of a table.
        digits: The classes.
        block: Pixels are averaged over blocks of this many by as many.
        tables: How many tables.
        splits: Splits of each table.
        seeds: Seeds of each split.
        batch_size: Rows per step of training a network.
    """

    name: str
    rows: int
    digits: tuple[int, ...]
    block: int
    tables: int
    splits: int
    seeds: int
    batch_size: int = 12

    @property
    def trials(self) -> int:
        """Trials of one method on one table."""
        return self.splits * self.seeds


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What one method's trials scored on every table of a family.

    Attributes:
        scores: Test accuracies, shape (tables, splits, seeds).
        tested: How many trials tested each row, shape (tables, rows).
        correct: How many of those got it right, shape (tables, rows).
    """

    scores: np.ndarray
    tested: np.ndarray
    correct: np.ndarray

    @classmethod
    def counted(cls, right: np.ndarray) -> Outcomes:
        """Return the outcomes of trials whose answers are known.

        Args:
            right: 1 where a trial got a test row right, 0 where it did not, -1 where the row is not
                in its test set; shape (tables, splits, seeds, rows).
        """
        tested, correct = right >= 0, right == 1
        return cls(
            correct.sum(axis=3) / tested.sum(axis=3),
            tested.sum(axis=(1, 2)),
            correct.sum(axis=(1, 2)),
        )


def tables(family: Family, images: np.ndarray, labels: np.ndarray, seed: int = 0) -> list[Dataset]:
    """Return the tables of a family, from as many random partitions as are needed.

    Tables of one partition share no row. Two of different partitions share rows / pool of their
    rows on average.

    Args:
        family: What to draw.
        images: Shape (images, 784).
        labels: Shape (images,).
        seed: Of the partitions.
    """
    pool = np.flatnonzero(np.isin(labels, family.digits))
    inputs = averaged(images[pool], family.block)
    classes = np.searchsorted(family.digits, labels[pool])
    features = tuple(f"block {number}" for number in range(inputs.shape[1]))
    return [
        Dataset(
            name=f"{family.name}-{number}",
            x=inputs[rows],
            y=classes[rows],
            classes=len(family.digits),
            feature_names=features,
            class_names=tuple(map(str, family.digits)),
        )
        for number, rows in enumerate(islice(_parts(len(pool), family.rows, seed), family.tables))
    ]


def averaged(images: np.ndarray, block: int) -> np.ndarray:
    """Return the means of square blocks of pixels, shape (images, (28 / block)^2)."""
    side = SIDE // block
    squares = images.reshape(len(images), side, block, side, block)
    return squares.mean(axis=(2, 4)).reshape(len(images), -1)


def _parts(pool: int, rows: int, seed: int) -> Iterator[np.ndarray]:
    """Yield disjoint parts of one random order after another, without end."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(pool)
        for start in range(0, pool - rows + 1, rows):
            yield order[start : start + rows]
