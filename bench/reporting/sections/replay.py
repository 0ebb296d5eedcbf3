"""Can the paper's own runs be repeated?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.analysis.replays import judge
from bench.reporting.columns import DATASET, Column
from bench.reporting.document import Table
from bench.reporting.inline import literal
from bench.reporting.names import dataset_name, metric_title
from bench.reporting.wording import GAP, count, joined, number, scientific

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


NAMES = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "python": "Python"}
# In the paper's protocol the test set is the validation set.
WATCHED = {"val_loss": "test_loss", "val_accuracy": "test_accuracy"}
NEGLIGIBLE = 1e-12  # no float32 differs by so little from another


def outcomes(comparison: pd.DataFrame) -> list[str]:
    """One text a run, as ``outcome`` has it."""
    return [
        outcome(run, comparison[comparison["dataset"] == run["dataset"]])
        for _, run in judge(comparison).iterrows()
    ]


def replay_table(comparison: pd.DataFrame) -> Table:
    """Published and replayed numbers, one row each, as ``analysis.replays.compare`` has them."""
    return Table(comparison, COLUMNS)


def figure_name(figure: str, epoch: int) -> str:
    """k0 of layer 1 after epoch 50."""
    if figure.startswith("k"):
        scalar, layer = figure.split("_")
        name = f"{scalar} of layer {layer}"
    else:
        name = metric_title(WATCHED.get(figure, figure))
    return f"{name} after epoch {epoch}" if epoch else name


def _difference(value: float) -> str:
    return "0" if abs(value) < NEGLIGIBLE else f"{'−' if value < 0 else ''}{scientific(abs(value))}"


def _digits(agreed: int, decimals: int, replayed: float, noise: bool) -> str:
    if math.isnan(replayed):
        return GAP
    if decimals == 0:
        return "equal" if agreed == 0 else "differs"
    return f"{max(0, agreed)} of {decimals}{' (noise)' if noise else ''}"


COLUMNS = (
    DATASET,
    Column("number", ("figure", "epoch"), figure_name, words=True),
    Column("published", ("published", "decimals"), number),
    Column("replayed", ("replayed", "decimals"), number),
    Column("difference", ("difference",), _difference),
    Column("digits agreed", ("agreed", "decimals", "replayed", "noise"), _digits),
)


def software(releases: Mapping[str, str]) -> str:
    """What runs were trained in: TensorFlow 2.5.3, Keras 2.5.0, NumPy 1.19.5 and Python 3.9.18.

    Args:
        releases: The ``software`` of replay.json.
    """
    return joined(f"{NAMES[name]} {literal(releases[name])}" for name in NAMES if name in releases)


def outcome(run: pd.Series, comparison: pd.DataFrame) -> str:
    """Whether one run came out again, and to how many digits.

    Args:
        run: A row of ``analysis.replays.judge``.
        comparison: The rows of ``analysis.replays.compare`` on that run.
    """
    text = (
        f"{dataset_name(run['dataset'])}, seed {run['seed']}: **{run['verdict']}**. "
        f"{run['full']} of {count(run['figures'], 'published number')} agree in every printed digit"
    )
    judged = comparison[~comparison["noise"]]
    if run["full"] == run["figures"]:
        text += "."
    elif run["verdict"] == "replayed":
        text += f", the others to {count(int(run['fewest']), 'decimal')} or more."
    else:
        first = judged[judged["agreed"] < judged["decimals"]].iloc[0]
        text += (
            f"; the first that does not is {figure_name(first['figure'], first['epoch'])} "
            f"({number(first['published'], first['decimals'])} published, "
            f"{number(first['replayed'], first['decimals'])} now)."
        )
    noisy = comparison[comparison["noise"]]
    noise = dict.fromkeys(map(figure_name, noisy["figure"], noisy["epoch"]))
    return f"{text} Rounding noise, not judged: {joined(noise)}." if noise else text
