"""Train the seeds beside the paper's own in the old software: ``replay_seeds.csv``.

The paper seeded Bank Note and MNIST with 42 and Iris with 45.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.columns import REPLAY_SEED, names
from bench.reporting.output import write_csv
from replay import old_software

if TYPE_CHECKING:
    from pathlib import Path

DATASET = "iris"
SEEDS = range(40, 48)  # both published seeds, with two neighbours on either side


def study(python: Path, data_dir: Path, path: Path) -> None:
    """Train every neighbouring seed and write the table.

    Args:
        python: Python of the old software.
        data_dir: Where the data files lie.
        path: ``replay_seeds.csv``.

    Raises:
        UserError: The script fails.
    """
    seeds = map(str, SEEDS)
    made = old_software.train(python, data_dir / "runs.json", DATASET, data_dir, "--seeds", *seeds)
    write_csv(path, rows(made))


def rows(made: dict[str, Any]) -> pd.DataFrame:
    """Return what the script wrote as rows of ``replay_seeds.csv``, one row a seed."""
    releases = "TensorFlow {tensorflow}, Keras {keras}".format(**made["software"])
    accuracies = [
        " ".join(f"{value:.6g}" for value in run["history"]["val_accuracy"]) for run in made["runs"]
    ]
    table = pd.DataFrame(made["runs"]).assign(software=releases, test_accuracies=accuracies)
    table["kept_epoch"] = [_kept_epoch(run) for run in made["runs"]]
    return table[list(names(REPLAY_SEED))]


def _kept_epoch(run: dict[str, Any]) -> int:
    """Return the epoch, from 1, whose weights were scored: the one with the same test loss.

    It is not always the best one. The old Keras kept the last weights if stopping never fired.
    """
    losses = np.array(run["history"]["val_loss"])
    return int(np.argmin(abs(losses - run["test_loss"]))) + 1
