"""Describe a user's own table and how it is turned into inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bench.reporting.columns import TableColumn
from bench.reporting.document import Block, Bullets, Heading, Prose, Table, folded
from bench.reporting.inline import literal
from bench.reporting.names import activation_name
from bench.reporting.view import View
from bench.reporting.wording import count, first_of, joined, number

MOST_CLASSES = 12  # named one by one; more would fill the screen
MOST_COLUMNS = 5  # likewise, of one kind
COLUMNS = (
    TableColumn("column", ("name",), words=True),
    TableColumn("kind", words=True),
    TableColumn("values", text="{:,}".format),
    TableColumn("gaps", text="{:,}".format),
    TableColumn("inputs", text="{:,}".format),
    TableColumn("what was done", ("done",), words=True),
)


def own_table(view: View) -> list[Block]:
    """Describe each table, the only one in full; nothing for a registered data set."""
    told = []
    for name, table in view.tables.items():
        networks = view.networks[view.networks["dataset"] == name]
        told += described(table)[: 1 if len(view.tables) > 1 else None]
        told += no_better(networks, table["classes"])
    return [Prose("", "What is compared?"), Bullets(told)] if told else []


def own_columns(view: View) -> list[Block]:
    """Show what became of each column of the tables, and what is to be known of several."""
    blocks: list[Block] = []
    for name, own in view.tables.items():
        table = Table(pd.DataFrame(own["columns"]), COLUMNS)
        if len(view.tables) > 1:
            blocks.append(Bullets(described(own)))
        blocks.append(folded(f"Columns of {literal(name)}", table))
    return [Heading("What became of each column?"), *blocks] if blocks else []


def described(table: Mapping[str, Any]) -> list[str]:
    """Return one line each on size, columns, classes, and what to beware of.

    Args:
        table: One of the ``tables`` of provenance.json.
    """
    size = f"{literal(table['name'])}: {table['rows']:,} rows, {count(table['inputs'], 'input')}."
    return [
        f"{size} {_columns(table['columns'])}",
        _classes(table["classes"], table["positive"]),
        *([_groups(table["groups"])] if "groups" in table else []),
        *map(literal, filter(None, [table["source"], *table["notes"]])),
    ]


def _columns(columns: Sequence[Mapping[str, Any]]) -> str:
    """Return how many columns give inputs, and which are left out, gappy or suspect."""
    features = [column for column in columns if column["kind"] not in ("target", "group")]
    used = [column for column in features if column["inputs"]]
    kinds = {
        "Left out": [column for column in features if not column["inputs"]],
        "With gaps": [column for column in used if column["gaps"]],
        "Like ids": [column for column in used if column["kind"] == "id"],
        "Like codes": [column for column in features if column["kind"] == "code"],
    }
    told = [
        f"{what}: {first_of([literal(one['name']) for one in found], MOST_COLUMNS)}."
        for what, found in kinds.items()
        if found
    ]
    return " ".join([f"They come from {count(len(features), 'column')}.", *told])


def _classes(classes: Mapping[str, int], positive: str) -> str:
    text = count(len(classes), "class", "classes")
    if len(classes) <= MOST_CLASSES:
        text += f": {joined(f'{literal(name)} ({rows:,})' for name, rows in classes.items())}"
    text += f". Always naming the largest scores {largest(classes):.4f}."
    return f"{text} The positive class is {literal(positive)}." if positive else text


def _groups(groups: Mapping[str, Any]) -> str:
    column, many = literal(groups["column"]), count(groups["number"], "group")
    return f"Rows of one {column} stay on one side of every split ({many})."


def largest(classes: Mapping[str, int]) -> float:
    """Return the accuracy of always naming the largest class."""
    return max(classes.values()) / sum(classes.values())


def no_better(networks: pd.DataFrame, classes: Mapping[str, int]) -> list[str]:
    """Warn of activations whose mean accuracy is not above that of naming the largest class.

    Args:
        networks: The scored trials of networks.
        classes: By class: its rows.
    """
    means = networks.groupby("activation")["test_accuracy"].mean()
    poor = means[means <= largest(classes)]
    if poor.empty:
        return []
    named = joined(f"{activation_name(name)} ({number(mean)})" for name, mean in poor.items())
    return [f"No better than always naming the largest class, by mean test accuracy: {named}."]
