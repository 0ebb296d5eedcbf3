"""Iris: 150 flowers of three species, four lengths each; scikit-learn brings the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load(_paths: Mapping[str, Path]) -> Dataset:
    """Return Fisher's table (UCI's copy differs in two rows)."""
    from sklearn.datasets import load_iris

    iris = load_iris()
    return Dataset(
        name="iris",
        x=iris.data.astype(np.float32),
        y=iris.target.astype(np.int64),
        classes=3,
        feature_names=tuple(iris.feature_names),
        class_names=tuple(map(str, iris.target_names)),
    )
