"""How often does training fail?"""

from functools import partial

import pandas as pd

from bench.analysis.failed_training import by_initial_values
from bench.reporting.columns import ACTIVATION, DATASET, TableColumn
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.names import activation_name, dataset_name
from bench.reporting.view import View
from bench.reporting.wording import joined, number, probability


def failed_training(view: View) -> list[Block]:
    """Return shares per activation, the test against Adaact, and what a failure starts from."""
    table = _of(view.failed, view.headline_protocol)
    if table.empty:
        return []
    starts = _of(by_initial_values(view.trials), view.headline_protocol)
    return [
        Heading("Failed training"),
        Prose(RULE),
        Prose(told(table) if view.of_adaact else ""),
        Table(table, COLUMNS),
        Prose(mechanism(starts) if view.of_adaact else ""),
    ]


def _of(table: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """Return the rows of a protocol, of the data sets on which some training failed."""
    mine = table[table["protocol"] == protocol]
    return mine[mine.groupby("dataset")["failed"].transform("max") > 0]


RULE = """
Training failed in a trial if its *training* accuracy is below halfway between the largest class and
logistic regression. Data sets without such a trial are left out. p compares an activation's share
with Adaact's by sign flips over splits."""

COLUMNS = (
    DATASET,
    ACTIVATION,
    TableColumn("trials"),
    TableColumn("failed"),
    TableColumn("share", ("share",), lambda share: f"{share:.1%}"),
    TableColumn("fails below", ("threshold",), partial(number, decimals=3)),
    TableColumn("p (Holm)", ("p_holm",), probability),
)


def told(table: pd.DataFrame) -> str:
    """Return how often Adaact fails, and how often the others do.

    Args:
        table: As ``analysis.failed_training`` has it, of one protocol.
    """
    sentences = []
    for dataset, rows in table.groupby("dataset", sort=False):
        worst = rows.sort_values("share", ascending=False).to_dict("records")
        shares = joined(f"{activation_name(row['activation'])} {row['share']:.1%}" for row in worst)
        sentences.append(f"On {dataset_name(dataset)} training fails in: {shares}.")
    return " ".join(sentences)


def mechanism(starts: pd.DataFrame) -> str:
    """Return how often Adaact fails by the size of its initial k1 · k1'.

    Args:
        starts: As ``analysis.failed_training`` has it: by data set and third.
    """
    sentences = []
    for dataset, rows in starts.groupby("dataset", sort=False):
        shares = joined(f"{row['failed']} of {row['trials']}" for row in rows.to_dict("records"))
        sentences.append(
            f"{dataset_name(dataset)}, Adaact: by thirds of the product of both layers' initial "
            f"k1, from small to large, {shares} fail."
        )
    return " ".join(sentences)
