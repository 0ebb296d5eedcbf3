"""Describe a user's own table and how it is turned into inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.reporting.document import Block, Bullets, Prose
from bench.reporting.inline import literal
from bench.reporting.wording import count, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.reporting.view import View

MOST_CLASSES = 12  # named one by one; more would fill the screen


def own_table(view: View) -> list[Block]:
    """Return its description; nothing for a registered data set."""
    told = described(view.results.provenance.get("table"))
    return [Prose("", "What is compared?"), Bullets(told)] if told else []


def described(table: Mapping[str, Any] | None) -> list[str]:
    """Return one line each: size, classes, and what was done to the columns.

    Args:
        table: The ``table`` of provenance.json; None where there is none.
    """
    if table is None:
        return []
    return [
        f"{literal(table['name'])}: {table['rows']:,} rows, {count(table['columns'], 'input')}.",
        _classes(table["classes"]),
        *map(literal, table["notes"]),
    ]


def _classes(classes: Mapping[str, int]) -> str:
    largest = max(classes.values()) / sum(classes.values())
    text = f"{count(len(classes), 'class', 'classes')}"
    if len(classes) <= MOST_CLASSES:
        text += f": {joined(f'{literal(name)} ({rows:,})' for name, rows in classes.items())}"
    return f"{text}. Always predicting the largest class scores {largest:.4f}."
