"""The blocks that a report is made of. They hold text and numbers; renderers give them a form.

Texts may hold inline marks: ``**strong**``, ``*emphasis*``, `` `code` ``, ``[text](target)``. A
text of the user's is put into them by ``inline.literal``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from bench.reporting.columns import TableColumn
    from bench.reporting.marks import Drawing


@dataclass(frozen=True)
class Heading:
    """A heading; depth 1 is the title."""

    text: str
    depth: int = 2


@dataclass(frozen=True)
class Prose:
    """A paragraph; white space in its text means nothing.

    Attributes:
        text: Sentences.
        lead: A question that the paragraph answers, on a line of its own.
    """

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of numbers and words, and the columns that show them.

    Attributes:
        frame: The rows.
        columns: What is shown of them.
        summary: Stands for a table that is folded away until a reader opens it; empty: it is shown.
    """

    frame: pd.DataFrame
    columns: Sequence[TableColumn]
    summary: str = ""


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure.

    Attributes:
        file: File name within the folder ``figures``.
        alt: Description for a reader who can't see it; it has no marks.
        caption: Explanation for a reader who sees it; may be empty.
        draw: Returns the figure.
    """

    file: str
    alt: str
    caption: str
    draw: Callable[[], Drawing] = field(repr=False)


Block: TypeAlias = Heading | Prose | Bullets | Table | Picture


@dataclass(frozen=True, eq=False)
class Report:
    """All blocks in reading order: those of the first screen, then the others."""

    first: list[Block]
    rest: list[Block]

    @property
    def blocks(self) -> list[Block]:
        """All of them."""
        return [*self.first, *self.rest]


LONG = 12  # rows; a table with more is folded away


def folded(title: str, table: Table) -> Table:
    """Fold a table away where it is long."""
    rows = len(table.frame)
    return replace(table, summary=f"{title} ({rows} rows)") if rows > LONG else table


def without_empty(blocks: Sequence[Block]) -> list[Block]:
    """Drop paragraphs and lists that have nothing to say."""
    return [block for block in blocks if not _is_empty(block)]


def _is_empty(block: Block) -> bool:
    if isinstance(block, Prose):
        return not (block.text.strip() or block.lead)
    return isinstance(block, Bullets) and not block.items
