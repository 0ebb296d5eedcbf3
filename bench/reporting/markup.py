"""Prose as Markdown source: wrapped paragraphs, list items, nested lists."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 100  # columns of the source


def prose(text: str, indent: str = "", first: str | None = None) -> str:
    """A paragraph, wrapped between words; links and numbers stay whole.

    Args:
        text: One paragraph; white space in it means nothing.
        indent: What every line begins with.
        first: What the first line begins with instead.
    """
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def items(lines: Sequence[str]) -> str:
    """A bullet a line; nothing without lines."""
    return "\n".join(prose(line, "  ", "- ") for line in lines)


def nested(lines: Sequence[str]) -> str:
    """Bullets within a numbered point; says so where nothing was measured."""
    return "\n".join(prose(line, "     ", "   - ") for line in lines or ["Not measured here."])


def numbered(lines: Sequence[str]) -> str:
    """A numbered list."""
    return "\n".join(prose(line, "    ", f"{n}. ".ljust(4)) for n, line in enumerate(lines, 1))
