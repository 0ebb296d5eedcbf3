"""MNIST: 70,000 handwritten digits of 28 by 28 grey pixels."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIDE = 28
IMAGES = ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz")
LABELS = ("train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz")


def load(paths: Mapping[str, Path]) -> Dataset:
    """Read MNIST: the official training rows, then the official test rows.

    Args:
        paths: Where the four archives lie; their hashes are checked already.
    """
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
