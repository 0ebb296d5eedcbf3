"""Render the report for a CI job's own page: first screen and tables."""

import errno
import html
import os
from pathlib import Path

from bench.reporting.document import Heading, Picture, Report, Table
from bench.reporting.markdown import render
from bench.reporting.output import filled, markers

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
    part = f"adaact-bench {html.escape(name)}"  # no name ends a comment
    begin, end = markers(part)
    if begin not in before:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{begin}\n{end}\n")
    path.write_text(filled(path, {part: digest(report)}), encoding="utf-8")


def digest(report: Report) -> str:
    """Return the first screen, then every table under its headings; no picture, no other prose."""
    kept = [block for block in report.first if not isinstance(block, Picture)]
    headings: list[Heading] = []
    for block in report.rest:
        if isinstance(block, Heading):
            headings = [each for each in headings if each.depth < block.depth] + [block]
        elif isinstance(block, Table):
            kept += [*headings, block]
            headings = []
    return render(kept)
