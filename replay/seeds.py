"""Further seeds of the paper's networks: ``drift.csv``, and ``replay_seeds.csv`` beside Iris' own.

The paper seeded Bank Note and MNIST with 42 and Iris with 45.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.csv_columns import DRIFT, REPLAY_SEED, names
from bench.data import DATASETS, budget
from bench.errors import UserError
from bench.exports.trial_rows import ARRAYS, OLD
from bench.reporting.output import write_csv
from replay import old_software

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

NEIGHBOURED = "iris"
NEIGHBOURS = range(40, 48)  # both published seeds, with two neighbours on either side


def neighbours(python: Path, data_dir: Path, path: Path) -> None:
    """Train every seed beside the paper's own in the old software and write the table.

    Args:
        python: Python of the old software.
        data_dir: Where the data files lie.
        path: ``replay_seeds.csv``.

    Raises:
        UserError: The script fails.
    """
    write_csv(path, neighbour_rows(_made(python, NEIGHBOURED, data_dir, NEIGHBOURS)))


def neighbour_rows(made: dict[str, Any]) -> pd.DataFrame:
    """Return what the script wrote as rows of ``replay_seeds.csv``, one row a seed."""
    accuracies = [
        " ".join(f"{value:.6g}" for value in run["history"]["val_accuracy"]) for run in made["runs"]
    ]
    kept = [_kept_epoch(run) for run in made["runs"]]
    table = _runs(made).assign(test_accuracies=accuracies, kept_epoch=kept)
    return table[list(names(REPLAY_SEED))]


def _kept_epoch(run: dict[str, Any]) -> int:
    """Return the epoch, from 1, whose weights were scored: the one with the same test loss.

    It is not always the best one. The old Keras kept the last weights if stopping never fired.
    """
    losses = np.array(run["history"]["val_loss"])
    return int(np.argmin(abs(losses - run["test_loss"]))) + 1


def drift(old: Path, datasets: Sequence[str], data_dir: Path, path: Path) -> None:
    """Train every seed in both kinds of software; each cell is written as it is done.

    Args:
        old: Python of the old software. Today's is the one that runs this.
        datasets: Their names.
        data_dir: Where their files lie.
        path: ``drift.csv``; rows of cells that are not trained anew stay.

    Raises:
        UserError: Today's software lacks TensorFlow, or the script fails.
    """
    if find_spec("tensorflow") is None:
        raise UserError("--drift needs today's TensorFlow beside the old one: `tox -e drift`.")
    for dataset in datasets:
        for arm, python in ((OLD, old), (ARRAYS, sys.executable)):
            # From 0: the published runs' own seeds, 42 and 45, were not drawn at random.
            made = _made(python, dataset, data_dir, range(budget(dataset).replay_seeds))
            write_csv(path, _merged(path, _runs(made).assign(arm=arm)[list(names(DRIFT))]))


def _merged(path: Path, cell: pd.DataFrame) -> pd.DataFrame:
    """Return the file's rows with one cell replaced, sorted as ``DATASETS`` is."""
    key = ["dataset", "arm"]
    if path.exists():
        known = pd.read_csv(path)
        other = ~known.set_index(key).index.isin(cell.set_index(key).index)
        cell = pd.concat([known[other], cell])
    order = cell["dataset"].map(list(DATASETS).index)
    return cell.assign(order=order).sort_values(["order", "arm", "seed"]).drop(columns="order")


def _made(python: Path | str, dataset: str, data_dir: Path, seeds: Iterable[int]) -> dict[str, Any]:
    return old_software.train(
        python, data_dir / "runs.json", dataset, data_dir, "--seeds", *map(str, seeds)
    )


def _runs(made: dict[str, Any]) -> pd.DataFrame:
    releases = "TensorFlow {tensorflow}, Keras {keras}".format(**made["software"])
    return pd.DataFrame(made["runs"]).assign(software=releases)
