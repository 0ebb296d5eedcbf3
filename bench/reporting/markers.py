"""Generated parts of pages that are otherwise written by hand, each held between two markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def filled(page: Path, parts: Mapping[str, str]) -> str:
    """The page's text with these parts in it: name between the markers -> what stands there.

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
    """What stands before and after a part."""
    return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
