"""Figures as SVG elements for the page, with a tooltip for every mark."""

import html
import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import matplotlib as mpl

from bench.reporting.marks import Drawing
from bench.reporting.style import context

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HUNDREDTH = re.compile(r"(\.\d\d)\d+")  # of a point, 1/72 inch
ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)


def svg(figure: Drawing, name: str) -> str:
    """Return an SVG element whose text is text; the same figure gives the same string.

    Args:
        figure: A figure.
        name: Its name within the page: no other figure there has the same.
    """
    content = io.StringIO()
    with context(), mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    root = ET.fromstring(content.getvalue())  # noqa: S314 (our own)
    for id_, titles in figure.titles.items():
        _entitle(root, id_, titles)
    _strip(root)
    return ET.tostring(root, encoding="unicode")


def _entitle(root: ET.Element, id_: str, titles: tuple[str, ...]) -> None:
    """Put a title into every mark of an artist."""
    groups = [group for group in root.iter(f"{{{SVG}}}g") if group.get("id") == id_]
    marks = [mark for group in groups for mark in _marks(group)]
    for mark, title in zip(marks, titles, strict=True):
        ET.SubElement(mark, f"{{{SVG}}}title").text = title


def _marks(group: ET.Element) -> Iterator[ET.Element]:
    """Yield what is seen of an artist; definitions are not."""
    for child in group:
        if child.tag in (f"{{{SVG}}}path", f"{{{SVG}}}use"):
            yield child
        elif child.tag != f"{{{SVG}}}defs":
            yield from _marks(child)


def _strip(root: ET.Element) -> None:
    """Remove what a page doesn't need: metadata, style sheets, sizes, unused ids, digits."""
    for size in ("width", "height"):
        del root.attrib[size]
    for parent in list(root.iter()):
        for place in {"d", "x", "y"} & set(parent.attrib):
            parent.attrib[place] = _HUNDREDTH.sub(r"\1", parent.attrib[place])
        if parent.tag == f"{{{SVG}}}g":
            parent.attrib.pop("id", None)
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)


def picture(figure: Drawing, name: str, alt: str) -> str:
    """Return the figure as one picture with a description."""
    frame = f'<div class="picture" role="img" tabindex="0" aria-label="{html.escape(alt)}">'
    drawn = svg(figure, name).replace("<svg", '<svg aria-hidden="true"', 1)
    return f"<figure>{frame}{drawn}</div></figure>"
