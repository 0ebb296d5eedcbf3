"""Puts into docs/many-seeds.md how far the same seeds agree under both trainers.

Usage: python docs/same_seeds.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.weightstats import DescrStatsW

from bench.data import DATASETS
from bench.records import SCIKIT_LEARN
from bench.reporting.columns import ACTIVATION, DATASET, TableColumn
from bench.reporting.document import Table
from bench.reporting.markdown import markdown
from bench.reporting.output import filled, write_text
from bench.reporting.wording import probability, signed_spread

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"
STUDIES = {
    "keras": ("keras", "keras-iris"),
    "many-seeds": ("", "replicate-iris"),
}
"""Trainer -> folders of its studies; a later one's trials take the place of an earlier one's."""
TARGET = HERE / "many-seeds.md"

CELL = ["dataset", "protocol", "activation", "seed"]
MARGIN = 0.02  # of accuracy: means closer than that count as equal


def pairs() -> pd.DataFrame:
    """Return the test accuracies of the seeds that both trainers have: ``keras, many-seeds``."""
    scores = {}
    for trainer, folders in STUDIES.items():
        trials = pd.concat(
            [
                pd.read_csv(path, usecols=[*CELL, "trainer", "test_accuracy"])
                for folder in folders
                for path in sorted((RESULTS / folder).glob("trials.csv*"))
            ]
        )
        trials = trials[(trials["protocol"] == "paper") & (trials["trainer"] != SCIKIT_LEARN)]
        latest = trials.drop_duplicates(CELL, keep="last").set_index(CELL)
        scores[trainer] = latest["test_accuracy"]
    return pd.DataFrame(scores).dropna().reset_index()


def agreement(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return one row per data set and activation."""
    cells = pairs.groupby(["dataset", "activation"], sort=False)
    return pd.DataFrame([_compare(*map(str, names), cell) for names, cell in cells])


def _compare(dataset: str, activation: str, cell: pd.DataFrame) -> dict[str, object]:
    gaps = (cell["many-seeds"] - cell["keras"]).to_numpy()
    rows = np.rint(np.abs(gaps) * DATASETS[dataset].test_rows)
    told = {
        "dataset": dataset,
        "activation": activation,
        "pairs": len(gaps),
        "equal": int((rows == 0).sum()),
        "within a row": int((rows <= 1).sum()),
    }
    if not gaps.any():
        return {**told, "gap": 0.0}
    described = DescrStatsW(gaps)
    p, *_ = described.ttost_mean(-MARGIN, MARGIN)
    interval = described.tconfint_mean(alpha=0.1)
    return {**told, "gap": gaps.mean(), "low": interval[0], "high": interval[1], "p": p}


def table() -> str:
    """Return the page's table, made from the committed results."""
    return markdown(Table(agreement(pairs()), COLUMNS))


def _gap(gap: float, low: float, high: float) -> str:
    return "0" if np.isnan(low) else signed_spread(gap, low, high)


COLUMNS = (
    DATASET,
    ACTIVATION,
    TableColumn("pairs"),
    TableColumn("equal"),
    TableColumn("within a row"),
    TableColumn("mean gap [90 %]", ("gap", "low", "high"), _gap),
    TableColumn("p", ("p",), lambda p: "" if np.isnan(p) else probability(p)),
)


if __name__ == "__main__":
    write_text(TARGET, filled(TARGET, {"same-seeds": table()}))
