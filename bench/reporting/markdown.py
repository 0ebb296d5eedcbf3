"""Render blocks as Markdown."""

import textwrap
from collections.abc import Iterable
from functools import singledispatch

from tabulate import tabulate

from bench.reporting.document import Block, Bullets, Heading, Picture, Prose, Report, Table
from bench.reporting.inline import literal, to_html

WIDTH = 100  # columns of the source
END_OF_FIRST_SCREEN = "<!-- end of the first screen -->"


def render(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown, one empty line between two of them."""
    return "\n\n".join(map(markdown, blocks))


def page(report: Report) -> str:
    """Return report.md."""
    return "\n\n".join([render(report.first), END_OF_FIRST_SCREEN, render(report.rest)]) + "\n"


@singledispatch
def markdown(block: Block) -> str:
    """Return one block as Markdown."""
    raise TypeError(f"no Markdown for {type(block).__name__}")


@markdown.register
def _(block: Heading) -> str:
    return f"{'#' * block.depth} {block.text}"


@markdown.register
def _(block: Prose) -> str:
    lead = [f"**{block.lead}**"] if block.lead else []
    text = [wrapped(block.text)] if block.text.strip() else []
    return "\n".join([*lead, *text])


@markdown.register
def _(block: Bullets) -> str:
    return "\n".join(wrapped(item, "  ", "- ") for item in block.items)


@markdown.register
def _(block: Table) -> str:
    cells = [column.cells(block.frame) for column in block.columns]
    table = tabulate(
        list(zip(*cells, strict=True)),
        headers=[column.heading for column in block.columns],
        tablefmt="pipe",
        colalign=["left" if column.words else "right" for column in block.columns],
        disable_numparse=True,
    )
    if not block.summary:
        return table
    return f"<details>\n<summary>{to_html(block.summary)}</summary>\n\n{table}\n\n</details>"


@markdown.register
def _(block: Picture) -> str:
    caption = f"\n\n{wrapped(block.caption)}" if block.caption else ""
    return f"![{literal(block.alt)}](figures/{block.file}){caption}"


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Wrap a paragraph between words; links and numbers stay whole.

    Args:
        text: One paragraph; white space in it means nothing.
        indent: Beginning of every line.
        first: Beginning of the first line, where it differs.
    """
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
