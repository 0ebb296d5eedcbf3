"""Keep the data set of a user's table for the processes that train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.data.dataset import Dataset

if TYPE_CHECKING:
    from pathlib import Path


def save(dataset: Dataset, folder: Path) -> Path:
    """Write a data set so that ``load`` gives it back, on this machine or another."""
    path = folder / f"{dataset.name}.npz"
    arrays: dict[str, Any] = {
        "x": dataset.x,
        "y": dataset.y,
        "feature_names": np.array(dataset.feature_names),
        "class_names": np.array(dataset.class_names),
    }
    if dataset.groups is not None:
        arrays["groups"] = dataset.groups
    np.savez_compressed(path, **arrays)
    return path


def load(path: Path) -> Dataset:
    """Return the data set that ``save`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        features, classes = (
            tuple(map(str, stored[name])) for name in ("feature_names", "class_names")
        )
        return Dataset(
            path.stem,
            stored["x"],
            stored["y"],
            len(classes),
            features,
            classes,
            groups=stored.get("groups"),
        )
