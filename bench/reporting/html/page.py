"""Write report.html: the report as a page that needs no other file and no network."""

from __future__ import annotations

import base64
import html
import json
import re
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any

from bench.errors import UserError
from bench.reporting.document import Heading
from bench.reporting.html.blocks import Renderer, anchor
from bench.reporting.inline import plain
from bench.reporting.output import write_text
from bench.reporting.style import LOOKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.reporting.document import Block, Picture
    from bench.reporting.html.parts import Drawing
    from bench.reporting.view import View

EXTRA = "pip install -c constraints.txt -e '.[html]'"


def require() -> None:
    """Tells a user who lacks the libraries of the page how to get them.

    Raises:
        UserError: Altair or vl-convert is not installed.
    """
    try:
        import altair as alt  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise UserError(f"--html needs {error.name}, which is not installed. {EXTRA}") from error


def write_page(view: View, blocks: Sequence[Block], results_dir: Path) -> Path:
    """Writes report.html.

    Args:
        view: The study, from whose rows the charts are made.
        blocks: The report.
        results_dir: Results folder; pictures that no chart replaces are read from it.

    Returns:
        The path of report.html.
    """
    return write_text(results_dir / "report.html", page(view, blocks, results_dir))


def page(view: View, blocks: Sequence[Block], results_dir: Path) -> str:
    """The page as one string; see ``write_page``."""
    from bench.reporting.html.charts import charts

    known = charts(view)
    specs: list[dict[str, Any]] = []

    def figure(picture: Picture) -> str:
        drawing = known.get(picture.file)
        if drawing is None:
            return _picture(results_dir / "figures" / picture.file, picture.alt)
        return _chart(drawing, picture.alt, specs)

    headings = [block for block in blocks if isinstance(block, Heading)]
    return Template(_source("page.html")).substitute(
        title=html.escape(plain(headings[0].text)),
        looks="\n".join(f"  --look-{n}: {look.color};" for n, look in enumerate(LOOKS)),
        style=_source("page.css"),
        contents="\n".join(map(_entry, headings[1:])),
        body=Renderer(figure).body(blocks),
        specs=_script(json.dumps(specs, separators=(",", ":"))),
        libraries=_script(_vega()),
        behaviour=_source("page.js"),
    )


def _entry(heading: Heading) -> str:
    """A line of the contents."""
    link = f'<a href="#{anchor(heading)}">{html.escape(plain(heading.text))}</a>'
    return f'<li class="depth-{heading.depth}">{link}</li>'


def _chart(drawing: Drawing, alt: str, specs: list[dict[str, Any]]) -> str:
    """The HTML of a drawing's figure; its charts go to ``specs``, in the page's order."""
    panels = []
    for chart in drawing.charts:
        panels.append(f'<div class="chart" data-chart="{len(specs)}"></div>')
        described = chart.properties(width="container", description=alt)
        specs.append(described.to_dict(validate=False))  # the tests draw them
    control = ""
    if drawing.control:
        options = "".join(f"<option>{html.escape(o)}</option>" for o in drawing.control.options)
        control = (
            f"<label>{drawing.control.label} "
            f'<select data-parameter="{drawing.control.parameter}">{options}</select></label>'
        )
    told = f"<figcaption>{html.escape(alt)}</figcaption>"
    return f"<figure>{told}{control}<div class='panels'>{''.join(panels)}</div></figure>\n"


def _picture(path: Path, alt: str) -> str:
    content = base64.b64encode(path.read_bytes()).decode()
    source = f"data:image/png;base64,{content}"
    return f'<figure><img src="{source}" alt="{html.escape(alt)}"></figure>\n'


def _vega() -> str:
    """The scripts that draw a chart, in the versions that Altair writes for."""
    import altair as alt
    import vl_convert

    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    bundle: str = vl_convert.javascript_bundle(vl_version=version)
    return bundle


def _source(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _script(source: str) -> str:
    """What stands in a script element must not end it; strings alone hold such signs."""
    return re.sub("<(?=/script|!--)", r"\\u003c", source, flags=re.IGNORECASE)
