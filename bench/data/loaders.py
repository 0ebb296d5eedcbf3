"""Read the suite's own data sets: one function ``(paths) -> Dataset`` each.

``paths`` says where the files lie; their hashes are checked already.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIDE = 28  # of MNIST's pictures
IMAGES = ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz")
LABELS = ("train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz")


def banknote(paths: Mapping[str, Path]) -> Dataset:
    """Read Bank Note: 1,372 images of banknotes, four wavelet features and a class per row."""
    table = np.loadtxt(paths["banknote_authentication.csv"], delimiter=",")
    x, y = table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
    features = ("variance", "skewness", "curtosis", "entropy")
    # The publisher does not say which class is the forged one, and others disagree.
    return Dataset("banknote", x, y, 2, features, ("class 0", "class 1"))


def iris(_paths: Mapping[str, Path]) -> Dataset:
    """Return Fisher's 150 flowers of three species as scikit-learn brings them.

    UCI's copy differs in two rows.
    """
    from sklearn.datasets import load_iris

    table = load_iris()
    x, y = table.data.astype(np.float32), table.target.astype(np.int64)
    species = tuple(map(str, table.target_names))
    return Dataset("iris", x, y, 3, tuple(table.feature_names), species)


def mnist(paths: Mapping[str, Path]) -> Dataset:
    """Read MNIST, 70,000 digits of 28 by 28 pixels: first the official training rows."""
    pixels = np.concatenate([_read_idx(paths[name], 3) for name in IMAGES])
    train, test = (_read_idx(paths[name], 1) for name in LABELS)
    return Dataset(
        name="mnist",
        x=np.divide(pixels.reshape(-1, SIDE * SIDE), 255, dtype=np.float32),
        y=np.concatenate([train, test]).astype(np.int64),
        classes=10,
        feature_names=tuple(f"pixel {i // SIDE},{i % SIDE}" for i in range(SIDE * SIDE)),
        class_names=tuple("0123456789"),
        official_test=np.arange(len(train), len(train) + len(test)),
    )


def _read_idx(path: Path, dimensions: int) -> np.ndarray:
    """Return the bytes of a gzipped IDX file, after its header of 4 + 4 * dimensions bytes."""
    with gzip.open(path) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=4 + 4 * dimensions)
