"""scikit-learn's own classification tables."""

from __future__ import annotations

import numpy as np

from bench.data.dataset import Dataset
from bench.data.tables.records import Column, Table

BUNDLED = ("breast_cancer", "wine", "digits")  # all but Iris, which the suite has


def bundled(name: str) -> Table:
    """Return one of scikit-learn's own data sets."""
    import sklearn.datasets

    data = getattr(sklearn.datasets, f"load_{name}")()
    x, y = data.data.astype(np.float32), data.target.astype(np.int64)
    names = tuple(map(str, data.feature_names))
    kept = np.ptp(x, axis=0) > 0
    columns = tuple(map(_column, names, x.T))
    features = tuple(name for name, keep in zip(names, kept, strict=True) if keep)
    classes = tuple(map(str, data.target_names))
    return Table(Dataset(name, x[:, kept], y, len(classes), features, classes), columns)


def _column(name: str, values: np.ndarray) -> Column:
    different = len(np.unique(values))
    if different == 1:
        return Column(name, "constant", 1, 0, f"left out: one value only ({values[0]:g})")
    return Column(name, "number", different, 0, "a number", 1)
