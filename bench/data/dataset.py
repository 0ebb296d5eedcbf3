"""The records of a data set and of its entry in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.data.budget import DEFAULT, Budget

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


MARGIN = 0.005  # in accuracy; a smaller difference is of no practical use


@dataclass(frozen=True, eq=False)
class Dataset:
    """A whole table; training rows come first where the split is official.

    Attributes:
        name: Name in the registry.
        x: float32, shape (rows, features), raw but for MNIST's division by 255.
        y: int64, shape (rows,), classes 0 to ``classes`` - 1.
        classes: Number of classes.
        feature_names: One name a column of ``x``.
        class_names: One name a class.
        official_test: Row indices of an official test set, shape (test rows,), or None.
        groups: int64, shape (rows,), or None; rows of one group stay on one side of every split.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    classes: int
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    official_test: np.ndarray | None = None
    groups: np.ndarray | None = None


def save(dataset: Dataset, folder: Path) -> Path:
    """Write a data set so that ``load`` gives it back, on this machine or another."""
    import numpy as np

    path = folder / f"{dataset.name}.npz"
    fields = {name: value for name, value in vars(dataset).items() if value is not None}
    np.savez_compressed(path, **fields)
    return path


def load(path: Path) -> Dataset:
    """Return the data set that ``save`` wrote."""
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        fields: dict[str, Any] = dict(stored)
    for name in ("feature_names", "class_names"):
        fields[name] = tuple(map(str, fields[name]))
    return Dataset(**fields | {"name": path.stem, "classes": len(fields["class_names"])})


@dataclass(frozen=True)
class Source:
    """What is known of a data set before it is read.

    Attributes:
        title: Name as the report prints it.
        load: Import string of ``load(paths: Mapping[str, Path]) -> Dataset``.
        class_rows: Rows of each class.
        test_rows: Rows of a test set; one of them is the resolution of an accuracy.
        citation: Who made it, licence, address.
        files: Names in ``bench.data.files.FILES``; empty where a library brings the table.
        margin: Largest difference in accuracy that counts as none in a test of equivalence.
        official_test: Whether the data set brings its own test set.
        table_sha256: ``table_sha256`` of the table that a library brings; empty with files.
        budget: How much work it gets.
    """

    title: str
    load: str
    class_rows: tuple[int, ...]
    test_rows: int
    citation: str
    files: tuple[str, ...] = ()
    margin: float = MARGIN
    official_test: bool = False
    table_sha256: str = ""
    budget: Budget = DEFAULT

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return sum(self.class_rows)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_rows)
