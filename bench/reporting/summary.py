"""Render the report for a CI job's own page: first screen and tables."""

import errno
import html
import os
import re
from pathlib import Path

from bench.reporting.document import Details, Heading, Picture, Report, Table
from bench.reporting.markdown import render

VARIABLE = "GITHUB_STEP_SUMMARY"


def append_summary(report: Report, name: str) -> None:
    """Append a report to the file that $GITHUB_STEP_SUMMARY names; nothing without it.

    A second call with the same name replaces what the first one wrote: the commands of one job may
    each write the report, and the page shows it once.

    Args:
        report: The blocks.
        name: Tells the results of one folder from those of another.
    """
    target = os.environ.get(VARIABLE)
    if not target:
        return
    path = Path(target)
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "Not a regular file", target)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    mark = f"<!-- adaact-bench {html.escape(name)}:"  # no name ends a comment
    begin, end = f"{mark} begin -->", f"{mark} end -->"
    block = f"{begin}\n{digest(report)}\n{end}\n"
    old = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    if old.search(before):
        path.write_text(old.sub(lambda _: block, before, count=1), encoding="utf-8")
    else:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(block if before.endswith("\n") or not before else f"\n{block}")


def digest(report: Report) -> str:
    """Return the first screen, then every table under its headings; no picture, no other prose."""
    kept = [block for block in report.first if not isinstance(block, Picture)]
    headings: list[Heading] = []
    for block in report.rest:
        if isinstance(block, Heading):
            headings = [each for each in headings if each.depth < block.depth] + [block]
        elif isinstance(block, Table | Details):
            kept += [*headings, block]
            headings = []
    return render(kept)
