"""Tell the form of a table from its text: its separator, and whether row 1 is a header."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING

from bench.data.tables.numbers import MARKERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "white space"}
GAPS = MARKERS | {"", "?"}
SAMPLE = 100  # rows; a file that separates otherwise further down gets an error with the row
OFTEN = 0.5  # share of the cells of row 1 that occur again below, from which it counts as data


def fields(lines: Sequence[str], sep: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and stripped fields of every row that is not blank.

    Raises:
        csv.Error: A quotation mark is not closed, or stands where none can.
    """
    if sep == " ":
        lines = [f"{' '.join(line.split())}\n" for line in lines]
    reader = csv.reader(lines, delimiter=sep, strict=True, skipinitialspace=True)
    for row in reader:
        stripped = [text.strip() for text in row]
        if any(stripped):
            yield reader.line_num, stripped


def separator(lines: Sequence[str]) -> str:
    """Return the sign that cuts most rows into as many fields as the first, of two or more.

    Of two such signs, the one that gives more fields; a comma where there is none.
    """
    best = max(SEPARATORS, key=lambda sep: _fit(lines, sep))
    return best if _fit(lines, best)[0] else ","


def _fit(lines: Sequence[str], sep: str) -> tuple[float, int]:
    try:
        widths = [len(row) for _, row in islice(fields(lines[:SAMPLE], sep), SAMPLE)]
    except csv.Error:
        widths = [len(line.split(sep)) for line in lines[:SAMPLE] if line.strip()]
    if not widths or widths[0] < 2:
        return 0.0, 0
    alike = sum(width == widths[0] for width in widths) / len(widths)
    if sep == " " and alike < 1:  # texts have blanks too
        return 0.0, 0
    return round(alike, 1), widths[0] if sep != " " else 0


def is_data(first: Sequence[str], body: pd.DataFrame, target: str | None) -> bool:
    """Return whether the row in the header's place is one of data.

    It is if it holds numbers alone, but for a plain count of the columns. It is not if a name
    stands above numbers. Else it is if the target's name occurs among the target's own values, or
    if half of its cells occur again in their columns.

    Args:
        first: The cells of the first row.
        body: The cells below.
        target: The name of the target.
    """
    if all(map(_is_number, first)):
        counts = ([str(place + start) for place in range(len(first))] for start in (0, 1))
        return list(first) not in counts
    again = {text for place, text in enumerate(first) if text and (body[place] == text).any()}
    if any(_heads_numbers(name, body[place]) for place, name in enumerate(first)):
        return False
    return target in again or len(again) >= OFTEN * len(first)


def _heads_numbers(name: str, cells: pd.Series) -> bool:
    """Return whether a column holds numbers below a name that is none, nor a gap."""
    if _is_number(name) or name.lower() in GAPS:
        return False
    filled = cells[~cells.isin(["", "?"])]
    return len(filled) > 0 and all(map(_is_number, filled))


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
