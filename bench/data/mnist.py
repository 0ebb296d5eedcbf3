"""MNIST: 70,000 handwritten digits of 28 by 28 grey pixels."""

from __future__ import annotations

import gzip
import math
import struct
from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset
from bench.data.parsing import malformed, read_bounded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROWS = {"train": 60_000, "t10k": 10_000}  # by the prefix of the file names, training first
SIDE = 28
CLASSES = 10
FILES = tuple(f"{part}-{kind}-ubyte.gz" for part in ROWS for kind in ("images-idx3", "labels-idx1"))


def load(paths: Mapping[str, Path]) -> Dataset:
    """Read MNIST: the official training rows, then the official test rows.

    Fashion-MNIST passes every check made here; only the hashes of ``files.FILES`` tell them apart.

    Args:
        paths: Where the four archives of ``FILES`` lie.

    Raises:
        UserError: An archive is damaged or not of this shape.
    """
    images = [
        read_idx(paths[f"{part}-images-idx3-ubyte.gz"], (rows, SIDE, SIDE))
        for part, rows in ROWS.items()
    ]
    labels = [read_labels(paths[f"{part}-labels-idx1-ubyte.gz"], n) for part, n in ROWS.items()]
    pixels = np.concatenate(images).reshape(-1, SIDE * SIDE)
    return Dataset(
        name="mnist",
        x=np.divide(pixels, 255, dtype=np.float32),
        y=np.concatenate(labels),
        classes=CLASSES,
        feature_names=tuple(f"pixel {i // SIDE},{i % SIDE}" for i in range(SIDE * SIDE)),
        class_names=tuple("0123456789"),
        official_test=np.arange(ROWS["train"], ROWS["train"] + ROWS["t10k"]),
    )


def read_labels(path: Path, rows: int) -> np.ndarray:
    """Read digits 0 to 9, each of which must occur.

    Returns:
        int64, shape (rows,).

    Raises:
        UserError: As ``read_idx``; or a label is out of range, or a digit is missing.
    """
    labels = read_idx(path, (rows,))
    found = np.unique(labels).tolist()
    if found != list(range(CLASSES)):
        raise malformed(path, f"expected the labels 0 to {CLASSES - 1}, all. Received: {found}")
    return labels.astype(np.int64)


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped IDX file of unsigned bytes whose shape is known.

    The format: a big-endian 32-bit magic number (0x0800 + number of dimensions: 2051 for
    images, 2049 for labels), each dimension as such a number, then the bytes.

    Returns:
        uint8, read-only, of that shape.

    Raises:
        UserError: Magic number, dimensions, length, or the archive itself is wrong.
    """
    header = struct.Struct(f">{1 + len(shape)}I")
    size = header.size + math.prod(shape)
    content = read_bounded(path, size, gzip.open)
    if len(content) < header.size:
        raise malformed(path, f"expected {size} bytes. Received: {len(content)}")
    magic, *dimensions = header.unpack_from(content)
    if magic != 0x0800 + len(shape):
        raise malformed(path, f"expected magic number {0x0800 + len(shape)}. Received: {magic}")
    if tuple(dimensions) != shape:
        raise malformed(path, f"expected dimensions {shape}. Received: {tuple(dimensions)}")
    if len(content) != size:
        raise malformed(path, f"expected {size} bytes. Received: {len(content)}")
    return np.frombuffer(content, np.uint8, offset=header.size).reshape(shape)
