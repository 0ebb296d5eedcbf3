"""Say what is wrong with a file of a results folder, and where in it."""

from __future__ import annotations


class FileError(Exception):
    """What is wrong in a file, and where.

    Args:
        text: What is wrong.
        line: Number of the line, from 1; 0: it is not about a line.
        field: The column, or the field of a JSON file; empty: it is not about one.
    """

    def __init__(self, text: str, *, line: int = 0, field: str = "") -> None:
        place = [f"line {line}"] if line else []
        place += [f"column {field}" if line else field] if field else []
        super().__init__(f"{', '.join(place)}: {text}" if place else text)


def shown(value: object) -> str:
    """Return a value as an error message quotes it: in ASCII, cut if it is long."""
    try:
        text = ascii(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
