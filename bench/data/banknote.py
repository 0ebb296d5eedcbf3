"""Bank Note: 1,372 banknote images, four wavelet features each, genuine or forged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "banknote_authentication.csv"
FEATURES = ("variance", "skewness", "curtosis", "entropy")


def load(paths: Mapping[str, Path]) -> Dataset:
    """Read the Bank Note table: four numbers and a class per row, without a header.

    Args:
        paths: Where ``FILE`` lies; its hash is checked already.
    """
    table = np.loadtxt(paths[FILE], delimiter=",")
    x, y = table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
    # The publisher does not say which class is the forged one, and others disagree.
    return Dataset("banknote", x, y, 2, FEATURES, ("class 0", "class 1"))
