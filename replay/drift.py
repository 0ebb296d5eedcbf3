"""Further seeds of the paper's networks, in the old software and in today's: ``drift.csv``."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.columns import DRIFT, names
from bench.data import DATASETS, budget
from bench.errors import UserError
from bench.exports.layout import ARRAYS, OLD
from bench.reporting.output import write_csv
from replay import old_software

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def study(old: Path, datasets: Sequence[str], data_dir: Path, path: Path) -> None:
    """Trains every seed in both kinds of software; each cell is written as it is done.

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
            seeds = map(str, range(budget(dataset).replay_seeds))
            made = old_software.train(
                python, data_dir / "runs.json", dataset, data_dir, "--seeds", *seeds
            )
            write_csv(path, _merged(path, rows(made, arm)))


def rows(made: dict[str, Any], arm: str) -> pd.DataFrame:
    """Returns what the script wrote of one cell as rows of ``drift.csv``."""
    releases = "TensorFlow {tensorflow}, Keras {keras}".format(**made["software"])
    table = pd.DataFrame(made["runs"]).assign(arm=arm, software=releases)
    return table[list(names(DRIFT))]


def _merged(path: Path, cell: pd.DataFrame) -> pd.DataFrame:
    """Returns the file's rows with one cell replaced, sorted as ``DATASETS`` is."""
    key = ["dataset", "arm"]
    if path.exists():
        known = pd.read_csv(path)
        other = ~known.set_index(key).index.isin(cell.set_index(key).index)
        cell = pd.concat([known[other], cell])
    order = cell["dataset"].map(list(DATASETS).index)
    return cell.assign(order=order).sort_values(["order", "arm", "seed"]).drop(columns="order")
