"""Markdown to HTML: headings to link, tables to sort, figures of one's own."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SECONDS = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_NUMBER = re.compile(r"(<?) ?([+−-]?(?:\d[\d,]*)?\.?\d+(?:e[+-]?\d+)?)(?: (µs|ms|s|min|h)\b)?")


LONG = 45  # characters from which on a cell's text is broken: a hash, the versions of ten libraries


class Heading(NamedTuple):
    """A heading of the second or third depth."""

    depth: int
    text: str
    anchor: str


class Document(NamedTuple):
    """A page's body and what leads into it."""

    title: str
    body: str
    headings: list[Heading]


def sort_key(text: str) -> float | None:
    """The number that a table's cell is sorted by: the one it begins with; None where it has none.

    Durations count in seconds, and a bound lies below the number that it names.
    """
    found = _NUMBER.match(text.strip().strip("*"))
    if not found:
        return None
    below, digits, unit = found.groups()
    value = float(digits.replace(",", "").replace("−", "-")) * SECONDS.get(unit, 1.0)
    return value / 2 if below else value


def document(text: str, figure: Callable[[str, str], str]) -> Document:
    """Renders Markdown.

    Args:
        text: Markdown with pipe tables and HTML; an image stands in a paragraph of its own.
        figure: ``(target, alternative text) -> HTML`` of an image.
    """
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = list(_with_figures(parser.parse(text), figure))
    headings = list(_anchored(tokens))
    _sortable(tokens)
    body = parser.renderer.render(_framed(tokens), parser.options, {})
    return Document(headings[0].text, body, headings[1:])


def _with_figures(tokens: list[Token], figure: Callable[[str, str], str]) -> Iterator[Token]:
    """Paragraphs that hold an image alone become figures: these may not stand in a paragraph."""
    rest = iter(tokens)
    for token in rest:
        if token.type == "paragraph_open" and (image := _image(tokens[tokens.index(token) + 1])):
            next(rest), next(rest)
            yield _html(figure(str(image.attrs["src"]), image.content))
        else:
            yield token


def _image(inline: Token) -> Token | None:
    children = inline.children or []
    return children[0] if [child.type for child in children] == ["image"] else None


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content, block=True)


def _anchored(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Gives every heading an id, and lists them."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = inline.content.replace("`", "")
            anchor = "-".join(re.findall(r"\w+", text.lower()))
            opening.attrSet("id", anchor)
            yield Heading(int(opening.tag[1]), text, anchor)


def _sortable(tokens: Sequence[Token]) -> None:
    """Puts a button into every column's head, and the key that it sorts by on every cell."""
    for opening, inline in pairwise(tokens):
        if opening.type == "th_open":
            before, after = (Token("html_inline", "", 0, content=tag) for tag in _BUTTON)
            inline.children = [before, *(inline.children or []), after]
            for child in inline.children:
                child.content = child.content.replace(" %", "\u00a0%")
        elif opening.type == "td_open":
            if (key := sort_key(inline.content)) is not None:
                opening.attrSet("data-key", f"{key:g}")
            if len(inline.content) > LONG:
                opening.attrSet("class", "long")


_BUTTON = ('<button type="button">', "</button>")


def _framed(tokens: Sequence[Token]) -> list[Token]:
    """Frames every table, so that one wider than the screen scrolls by itself, by keyboard too."""
    framed: list[Token] = []
    heading, number = "", 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before and before.type == "heading_open":
            heading, number = token.content.replace('"', "&quot;"), 0
        if token.type == "table_open":
            number += 1
            label = f"{heading or 'Overview'}, table {number}"
            framed.append(
                _html(f'<div class="table" role="group" tabindex="0" aria-label="{label}">')
            )
        framed.append(token)
        if token.type == "table_close":
            framed.append(_html("</div>"))
    return framed
