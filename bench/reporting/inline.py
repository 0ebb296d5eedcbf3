"""The inline marks of a text: escape what is no mark, render as HTML, remove.

Markdown's own: ``**strong**``, ``*emphasis*``, `` `code` ``, ``[text](target)``, and a backslash
before a sign that is no mark. A text of the user's (a name, a claim, an error) enters a sentence
through ``literal``.
"""

import html
import re

from bench.escapes import visible

_MARK = re.compile(
    r"\\(?P<sign>[!-/:-@\[-`{-~])|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>(?:\\.|[^\\])+?)\*\*|\*(?P<em>(?:\\.|[^*\s\\])(?:\\.|[^*\\])*)\*"
    r"|\[(?P<text>(?:\\.|[^\]\\])+)\]\((?P<target>[^)\s]+)\)"
)
# Signs that mean something to Markdown: anywhere, or where a word begins, since a line may begin
# there. An underscore between letters and a bracket before a space mean nothing.
_SIGN = re.compile(
    r"[\\`*\[\]|~$&]|<(?!\s)|(?<![^\W_])_|_(?![^\W_])"
    r"|(?<!\S)(?:>|#(?=#*(?:\s|$))|[-+=:](?=[-+=:]*(?:\s|$)))"
    r"|(?<!\S)(?P<number>\d+)(?P<dot>[.)])(?=\s|$)"
)


def literal(text: str) -> str:
    """Return a text of the user's with its signs escaped, so that it is shown as typed."""
    return _SIGN.sub(_escaped, visible(text.replace("\n", " ")))


def _escaped(sign: re.Match[str]) -> str:
    return f"{sign['number']}\\{sign['dot']}" if sign["number"] else f"\\{sign[0]}"


def code(text: str) -> str:
    """Return a text of the user's as code, or escaped where code can't hold it."""
    shown = visible(text.replace("\n", " "))
    return f"`{shown}`" if re.fullmatch(r"[^`|\\]*[^`|\\\s][^`|\\]*", shown) else literal(text)


def to_html(text: str) -> str:
    """Return the text as HTML; everything but its marks is escaped."""
    parts, end = [], 0
    for mark in _MARK.finditer(text):
        parts += [html.escape(text[end : mark.start()], quote=False), _element(mark)]
        end = mark.end()
    return "".join([*parts, html.escape(text[end:], quote=False)])


def _element(mark: re.Match[str]) -> str:
    if sign := mark["sign"]:
        return html.escape(sign, quote=False)
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
    return mark["sign"] or mark["code"] or plain(mark["strong"] or mark["em"] or mark["text"])
