"""Sentences on a table of somebody's own: what it holds, and how it is turned into inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.reporting.wording import count, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CLASSES = 12  # named one by one; more would fill the screen


def described(table: Mapping[str, Any] | None) -> list[str]:
    """One line each: size, classes, and what was done to the columns.

    Args:
        table: The ``table`` of provenance.json; None where there is none.
    """
    if table is None:
        return []
    return [
        f"{table['name']}: {count(table['rows'], 'row')}, {count(table['columns'], 'input')}.",
        _classes(table["classes"]),
        *table["notes"],
    ]


def _classes(classes: Mapping[str, int]) -> str:
    largest = max(classes.values()) / sum(classes.values())
    text = f"{count(len(classes), 'class', 'classes')}"
    if len(classes) <= MOST_CLASSES:
        text += f": {joined(f'{name} ({rows:,})' for name, rows in classes.items())}"
    return f"{text}. Always naming the largest scores {largest:.4f}."
