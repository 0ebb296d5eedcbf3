"""Can the paper's runs be repeated?"""

import math
from collections.abc import Mapping

import pandas as pd

from bench.analysis.replays import judge
from bench.reporting.columns import DATASET, TableColumn
from bench.reporting.document import Table
from bench.reporting.inline import literal
from bench.reporting.names import dataset_name, metric_title
from bench.reporting.wording import DASH, count, joined, number, scientific

NAMES = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "python": "Python"}
# In the paper's protocol the test set is the validation set.
WATCHED = {"val_loss": "test_loss", "val_accuracy": "test_accuracy"}
BOTH = ("published", "replayed")
NEGLIGIBLE = 1e-12  # no float32 differs by so little from another


def outcomes(comparison: pd.DataFrame) -> list[str]:
    """Return one text a run, as ``outcome`` has it."""
    return [
        outcome(run, comparison[comparison["dataset"] == run["dataset"]])
        for _, run in judge(comparison).iterrows()
    ]


def replay_table(comparison: pd.DataFrame) -> Table:
    """Return published and repeated values, one row each, as ``replays.compare`` has them."""
    return Table(comparison, COLUMNS)


def value_name(column: str, epoch: int) -> str:
    """Return the name of a value: k0 of layer 1 after epoch 50."""
    name = metric_title(WATCHED.get(column, column))
    if column.startswith("k"):
        name = "{} of layer {}".format(*column.split("_"))
    return f"{name} after epoch {epoch}" if epoch else name


def _difference(value: float) -> str:
    return "0" if abs(value) < NEGLIGIBLE else f"{'−' if value < 0 else ''}{scientific(abs(value))}"


def _digits(agreed: int, decimals: int, replayed: float, noise: bool) -> str:
    if math.isnan(replayed):
        return DASH
    if decimals == 0:
        return "equal" if agreed == 0 else "differs"
    return f"{max(0, agreed)} of {decimals}{' (noise)' if noise else ''}"


COLUMNS = (
    DATASET,
    TableColumn("value", ("figure", "epoch"), value_name, words=True),
    TableColumn("published", ("published", "decimals"), number),
    TableColumn("repeated", ("replayed", "decimals"), number),
    TableColumn("difference", ("difference",), _difference),
    TableColumn("digits agreed", ("agreed", "decimals", "replayed", "noise"), _digits),
)


def software(releases: Mapping[str, str]) -> str:
    """Return names and releases: TensorFlow 2.5.3, Keras 2.5.0, NumPy 1.19.5 and Python 3.9.18.

    Args:
        releases: The ``software`` of replay.json.
    """
    return joined(f"{NAMES[name]} {literal(releases[name])}" for name in NAMES if name in releases)


def outcome(run: pd.Series, comparison: pd.DataFrame) -> str:
    """Return whether one run gave its published values again, and to how many digits.

    Args:
        run: A row of ``analysis.replays.judge``.
        comparison: The rows of ``analysis.replays.compare`` on that run.
    """
    text = (
        f"{dataset_name(run['dataset'])}, seed {run['seed']}: **{run['verdict']}**. "
        f"{run['full']} of {count(run['figures'], 'published value')} agree in every printed digit"
    )
    if run["full"] == run["figures"]:
        text += "."
    elif run["verdict"] == "replayed":
        text += f", the others to {count(int(run['fewest']), 'decimal')} or more."
    else:
        judged = comparison[~comparison["noise"]]
        first = judged[judged["agreed"] < judged["decimals"]].iloc[0]
        published, again = (number(first[name], first["decimals"]) for name in BOTH)
        text += (
            f"; the first that differs is {value_name(first['figure'], first['epoch'])} "
            f"({published} published, {again} repeated)."
        )
    noisy = comparison[comparison["noise"]]
    noise = dict.fromkeys(map(value_name, noisy["figure"], noisy["epoch"]))
    return f"{text} Rounding noise, not judged: {joined(noise)}." if noise else text
