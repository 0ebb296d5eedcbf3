"""Can the paper's runs be repeated?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.analysis import ALPHA
from bench.analysis.minimum_sample import FEWEST_RUNS
from bench.analysis.replays import judge
from bench.exports.layout import ARRAYS, OLD, SUITE
from bench.reporting.columns import DATASET, TableColumn
from bench.reporting.document import Block, Bullets, Details, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import dataset_name, metric_title
from bench.reporting.wording import DASH, count, equals, joined, number, scientific

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View

NAMES = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy", "python": "Python"}
# In the paper's protocol the test set is the validation set.
WATCHED = {"val_loss": "test_loss", "val_accuracy": "test_accuracy"}
NEGLIGIBLE = 1e-12  # no float32 differs by so little from another


def replay(view: View) -> list[Block]:
    """Return published and repeated values, and the rank of these runs among other seeds."""
    if view.replay.empty:
        return []
    ranks = [rank(rows) for _, rows in view.replay_ranks.groupby("dataset", sort=False)]
    releases = (view.results.replay or {}).get("software", {})
    return [
        Heading("The paper's runs, repeated"),
        Prose(LEAD.format(software=software(releases))),
        Bullets(outcomes(view.replay)),
        Details("Published and repeated values", replay_table(view.replay)),
        Prose(RANKS if ranks else ""),
        Bullets(ranks),
    ]


LEAD = """
The notebook's three runs, trained again with {software}, with the same seeds and the same order of
random draws. A run is *replayed* if every value agrees to the three decimals that the paper prints,
or to all that the notebook prints. Rounding noise is shown and not judged."""
RANKS = "The rank of each repeated run among other seeds:"


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
    if column.startswith("k"):
        scalar, layer = column.split("_")
        name = f"{scalar} of layer {layer}"
    else:
        name = metric_title(WATCHED.get(column, column))
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
    judged = comparison[~comparison["noise"]]
    if run["full"] == run["figures"]:
        text += "."
    elif run["verdict"] == "replayed":
        text += f", the others to {count(int(run['fewest']), 'decimal')} or more."
    else:
        first = judged[judged["agreed"] < judged["decimals"]].iloc[0]
        text += (
            f"; the first that differs is {value_name(first['figure'], first['epoch'])} "
            f"({number(first['published'], first['decimals'])} published, "
            f"{number(first['replayed'], first['decimals'])} repeated)."
        )
    noisy = comparison[comparison["noise"]]
    noise = dict.fromkeys(map(value_name, noisy["figure"], noisy["epoch"]))
    return f"{text} Rounding noise, not judged: {joined(noise)}." if noise else text


def rank(places: pd.DataFrame) -> str:
    """Return the rank of one repeated run among other seeds, by what trained them.

    Args:
        places: The rows of ``analysis.replay_rank`` on one data set.
    """
    first = places.iloc[0]
    told = "; ".join(
        _place(row) for by in _TRAINED_BY for _, row in places[places["arm"] == by].iterrows()
    )
    return f"{dataset_name(first['dataset'])}, test accuracy {number(first['replayed'])}: {told}."


_TRAINED_BY = {
    SUITE: "of this suite",
    OLD: "in the old software",
    ARRAYS: "of `fit` on arrays in current software",
}


def _place(row: pd.Series) -> str:
    text = (
        f"of {count(row['seeds'], 'seed')} {_TRAINED_BY[row['arm']]}, {row['below']} score below "
        f"it, {row['level']} the same, {row['above']} above"
    )
    if row["seeds"] < FEWEST_RUNS:
        return text
    typical = "typical" if row["p"] > ALPHA else "not typical"
    return f"{text} (p {equals(row['p'])}: {typical})"


def repeated_values(published: pd.DataFrame) -> str:
    """Return how many published values were repeated, and how many of those are typical.

    Args:
        published: Rows of claims.csv on published values.
    """
    tried = published[published["replayed"] != ""]
    if tried.empty:
        return ""
    repeated = tried[tried["replayed"] == "replayed"]
    text = f" Repeated in the software of their day: {len(repeated)} of {len(tried)}"
    verdicts = repeated["verdict"].value_counts()
    told = [
        count(verdicts[verdict], *phrases)
        for verdict, phrases in _TYPICAL.items()
        if verdict in verdicts
    ]
    return f"{text}; of these, {joined(told)}." if told else f"{text}."


_TYPICAL = {
    "reproduced": ("is typical", "are typical"),
    "not reproduced": ("is not typical", "are not typical"),
    "cannot tell": ("is undecided", "are undecided"),
    "not measured": ("has no trials to compare with", "have no trials to compare with"),
}
