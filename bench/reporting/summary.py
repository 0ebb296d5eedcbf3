"""The report on a CI job's own page: first screen and tables, once."""

from __future__ import annotations

import os
import re
from pathlib import Path

END_OF_FIRST_SCREEN = "<!-- end of the first screen -->"
VARIABLE = "GITHUB_STEP_SUMMARY"


def append_summary(report: str, name: str) -> bool:
    """Appends a report to the file that $GITHUB_STEP_SUMMARY names.

    A second call with the same name replaces what the first one wrote: the commands of one job may
    each write the report, and the page shows it once.

    Args:
        report: The text of report.md.
        name: Tells the results of one folder from those of another.

    Returns:
        Whether the variable is set.
    """
    target = os.environ.get(VARIABLE)
    if not target:
        return False
    path = Path(target)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    begin, end = f"<!-- adaact-bench {name}: begin -->", f"<!-- adaact-bench {name}: end -->"
    block = f"{begin}\n{digest(report)}\n{end}\n"
    old = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    if old.search(before):
        path.write_text(old.sub(lambda _: block, before, count=1), encoding="utf-8")
    else:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(block if before.endswith("\n") or not before else f"\n{block}")
    return True


def digest(report: str) -> str:
    """First screen, then every table under its heading; no image, no other prose.

    Args:
        report: The text of report.md.
    """
    first, _, rest = report.partition(END_OF_FIRST_SCREEN)
    kept = [first.strip()]
    headings: list[str] = []
    for block in re.split(r"\n{2,}", rest.strip()):
        if block.startswith("#"):
            depth = len(block) - len(block.lstrip("#"))
            headings = [h for h in headings if len(h) - len(h.lstrip("#")) < depth] + [block]
        elif block.startswith(("|", "<details>", "</details>")):
            kept += [*headings, block]
            headings = []
    return "\n\n".join(kept)
