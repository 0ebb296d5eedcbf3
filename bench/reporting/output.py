"""Write files: whole ones by ``bench.atomic_writes``, or parts of a page between two markers."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bench.atomic_writes import atomic_write
from bench.errors import UserError


def write_bytes(path: Path, content: bytes) -> Path:
    """Replace a file as a whole; make its folder where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as stream:
        stream.write(content)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with Unix line ends, as ``write_bytes`` does."""
    return write_bytes(path, text.encode())


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """Write a table at full precision, as ``write_bytes`` does."""
    return write_text(path, table.to_csv(index=False, lineterminator="\n"))


def filled(page: Path, parts: Mapping[str, str]) -> str:
    """Return a page's text with these parts in it: name between the markers -> its Markdown.

    Raises:
        UserError: The page lacks a marker.
    """
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        begin, end = markers(name)
        before, found_begin, rest = text.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            raise UserError(f"{page}: the markers {begin} and {end} are missing. Put them back.")
        text = f"{before}{begin}\n\n{part}\n\n{end}{after}"
    return text


def markers(name: str) -> tuple[str, str]:
    """Return the comments before and after a part."""
    return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
