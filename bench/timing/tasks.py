"""Build the training tasks that are timed, and skip what can't be measured here."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from bench.data import DataMissing, Dataset, budget, load

if TYPE_CHECKING:
    import numpy as np

    from bench.training.trials.cells import Cell

ACTIVATION = "adaact"  # of the nets by which trainers are compared


def dataset_or_skip(name: str) -> Dataset:
    """Return a data set; skip the test, with the reason, where its files are not to be had."""
    found = _dataset(name)
    if isinstance(found, DataMissing):
        pytest.skip(str(found))
    return found


@cache
def _dataset(name: str) -> Dataset | DataMissing:
    """Return the data set or the reason, which is kept too: every test would download anew."""
    try:
        return load(name)
    except DataMissing as error:
        return error


def skip_without(extra: str) -> None:
    """Skip the test where an optional extra is not installed."""
    if find_spec(extra) is None:
        pytest.skip(f"{extra} is not installed: `pip install 'adaact-bench[{extra}]'`")


def epoch_rows(dataset: str) -> int | None:
    """Return how many training rows a timed epoch has; None: all."""
    return budget(dataset).timing.epoch_rows


def timed_task(
    dataset: Dataset, activation: str = ACTIVATION, *, epochs: int = 1, rows: int | None = None
) -> Cell:
    """Return the task of a cell under the paper's protocol, without early stopping.

    Args:
        dataset: The data set.
        activation: Of the hidden layers.
        epochs: How many.
        rows: The first so many training rows; None: all.
    """
    from bench.data.splits import paper_split
    from bench.training import networks
    from bench.training.trials.cells import Cell

    recipe, shape = networks.RECIPES[dataset.name], (dataset.x.shape[1], dataset.classes)
    build = partial(networks.build, dataset.name, activation, *shape)
    compiled = networks.compiled(build, recipe.optimizer, networks.loss(shape[1]))
    split = paper_split(dataset)
    split = replace(split, train=split.train[:rows])
    return Cell(compiled, dataset.x, dataset.y, split, recipe.batch_size, epochs)


def scores(truth: np.ndarray, predicted: np.ndarray, classes: int) -> dict[str, float]:
    """Return accuracy and F1 of predicted classes."""
    from bench.training.trials.metrics import METRICS

    truth, predicted = truth.reshape(-1).astype(int), predicted.astype(int)
    return {name: metric.function(truth, predicted, classes) for name, metric in METRICS.items()}
