"""Render report.html: the report as a page that needs no other file and no network."""

import base64
import hashlib
import html
from collections.abc import Sequence
from importlib import resources
from string import Template

from bench.reporting.document import Block, Heading
from bench.reporting.html.blocks import Renderer, anchor
from bench.reporting.inline import plain


def page(blocks: Sequence[Block]) -> str:
    """Return the blocks as a page; its policy allows page.js and no other script."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    behaviour = f"\n{_source('page.js')}"
    return Template(_source("page.html")).substitute(
        title=html.escape(plain(headings[0].text)),
        style=_source("page.css"),
        contents="\n".join(map(_entry, headings[1:])),
        body=Renderer().body(blocks),
        behaviour=behaviour,
        hash=base64.b64encode(hashlib.sha256(behaviour.encode()).digest()).decode(),
    )


def _entry(heading: Heading) -> str:
    """Return a line of the contents."""
    link = f'<a href="#{anchor(heading)}">{html.escape(plain(heading.text))}</a>'
    return f'<li class="depth-{heading.depth}">{link}</li>'


def _source(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
