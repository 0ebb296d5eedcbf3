"""Escapes for texts of the user's: names, cells, claims, paths and errors.

Markdown's and HTML's are in ``reporting.inline``; the terminal's is ``cli.terminal``.
"""

from __future__ import annotations

import re

# Control characters but the line feed; line and paragraph separators; signs that change the
# direction of what follows; halves of a pair, by which Python holds bytes that are no UTF-8.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return a text with its control characters as Python writes them: ``\x1b``."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def file_name(text: str) -> str:
    """Return a text as a part of a file name that every system takes, with dashes for the rest."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", text)
