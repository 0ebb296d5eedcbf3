"""Render the inline marks of a text as HTML: strong, emphasis, code, links."""

from __future__ import annotations

import html
import re

_MARK = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*\s][^*]*)\*"
    r"|\[(?P<text>[^\]]+)\]\((?P<target>[^)\s]+)\)"
)


def to_html(text: str) -> str:
    """Return the text as HTML; everything but its marks is escaped."""
    parts, end = [], 0
    for mark in _MARK.finditer(text):
        parts += [html.escape(text[end : mark.start()], quote=False), _element(mark)]
        end = mark.end()
    return "".join([*parts, html.escape(text[end:], quote=False)])


def _element(mark: re.Match[str]) -> str:
    if code := mark["code"]:
        return f"<code>{html.escape(code, quote=False)}</code>"
    if target := mark["target"]:
        return f'<a href="{html.escape(target)}">{to_html(mark["text"])}</a>'
    name = "strong" if mark["strong"] else "em"
    return f"<{name}>{to_html(mark[name])}</{name}>"


def plain(text: str) -> str:
    """Return the text without its marks."""
    return _MARK.sub(_plain, text)


def _plain(mark: re.Match[str]) -> str:
    return mark["code"] or plain(mark["strong"] or mark["em"] or mark["text"])
