"""A hook of the site: links that leave docs/ lead to the reference there, or become plain text.

In a clone they lead to the file; a test holds that it exists.
"""

from __future__ import annotations

import re
from typing import Any

_PACKAGES = ("adaact", "baselines", "bench")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Called by MkDocs for every page."""
    up = re.escape("../" * (page.file.src_uri.count("/") + 1))
    return re.sub(rf"\[([^\]]+)\]\({up}([^)#]+)(?:#[^)]*)?\)", _inward, markdown)


def _inward(link: re.Match[str]) -> str:
    text, target = link.groups()
    path = target.removesuffix(".py").removesuffix("/__init__")
    if path.partition("/")[0] not in _PACKAGES or "." in path:
        return text
    return f"[{text}][{path.replace('/', '.')}]"
