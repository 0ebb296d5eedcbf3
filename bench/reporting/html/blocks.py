"""Render blocks as HTML: headings to link, tables to sort."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod

from bench.reporting.columns import TableColumn
from bench.reporting.document import Block, Bullets, Heading, Picture, Prose, Table
from bench.reporting.inline import plain, to_html
from bench.reporting.svg import picture

LONG = 45  # characters from which on a cell's text is broken: a hash, the versions of ten libraries


def anchor(heading: Heading) -> str:
    """Return the id by which a heading is linked."""
    return "-".join(re.findall(r"\w+", plain(heading.text).lower()))


@dataclass
class Renderer:
    """Renders blocks one after the other.

    Attributes:
        heading: The heading that was rendered last: tables are named after it.
        tables: Tables since then.
    """

    heading: str = "Overview"
    tables: int = 0

    def body(self, blocks: Iterable[Block]) -> str:
        """Return the blocks as HTML."""
        return "\n".join(map(self.html, blocks))

    @singledispatchmethod
    def html(self, block: Block) -> str:
        """Return one block as HTML."""
        raise TypeError(f"no HTML for {type(block).__name__}")

    @html.register
    def _(self, block: Heading) -> str:
        self.heading, self.tables = plain(block.text), 0
        tag = f"h{block.depth}"
        return f'<{tag} id="{anchor(block)}">{to_html(block.text)}</{tag}>'

    @html.register
    def _(self, block: Prose) -> str:
        lead = f"<strong>{to_html(block.lead)}</strong>\n" if block.lead else ""
        return f"<p>{lead}{_joined(block.text)}</p>"

    @html.register
    def _(self, block: Bullets) -> str:
        items = "\n".join(f"<li>{_joined(item)}</li>" for item in block.items)
        return f"<ul>\n{items}\n</ul>"

    @html.register
    def _(self, block: Table) -> str:
        self.tables += 1
        label = html.escape(f"{self.heading}, table {self.tables}")
        # A table wider than the screen scrolls by itself, by keyboard too.
        frame = f'<div class="table" role="group" tabindex="0" aria-label="{label}">'
        table = f"{frame}\n{_table(block)}\n</div>"
        if not block.summary:
            return table
        return f"<details>\n<summary>{to_html(block.summary)}</summary>\n{table}\n</details>"

    @html.register
    def _(self, block: Picture) -> str:
        caption = f"\n<p>{_joined(block.caption)}</p>" if block.caption else ""
        return f"{picture(block.draw(), block.file, block.alt)}{caption}"


def _joined(text: str) -> str:
    return to_html(" ".join(text.split()))


def _table(table: Table) -> str:
    heads = "".join(map(_head, table.columns))
    columns = [_cells(column, table) for column in table.columns]
    rows = "\n".join(f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True))
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _head(column: TableColumn) -> str:
    text = to_html(column.heading.replace(" %", "\u00a0%"))
    pinned = ' class="pinned"' if column.pinned else ""
    return f'<th style="{_align(column)}"{pinned}><button type="button">{text}</button></th>'


def _cells(column: TableColumn, table: Table) -> Sequence[str]:
    """Return the cells of a column, each with the number that it is sorted by."""
    cells = []
    for text, key in zip(column.cells(table.frame), column.keys(table.frame), strict=True):
        number = "" if key is None else f' data-key="{key:.9g}"'
        kind = ' class="long"' if len(plain(text)) > LONG else ""
        kind = ' class="pinned"' if column.pinned else kind
        cells.append(f'<td style="{_align(column)}"{number}{kind}>{to_html(text)}</td>')
    return cells


def _align(column: TableColumn) -> str:
    return f"text-align:{'left' if column.words else 'right'}"
