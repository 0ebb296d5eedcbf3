"""Puts what `tox -e stress` recorded into docs/reliability.md.

Usage: python docs/reliability_table.py .tox/stress/tmp/scorecard.json ...
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pandas as pd

from bench.reporting.output import filled, write_text

TARGET = Path(__file__).with_name("reliability.md")

TITLES = {
    1: "killed at random moments (`kill -9`), then the same command again",
    2: "the store: full disk, read-only, locked, wrong file, flipped bits, cuts",
    3: "bad data files",
    4: "bad downloads",
    5: "two runs on one results folder at once",
    6: "workers killed, blocks that crash or hang",
    7: "SIGINT and SIGTERM at random moments",
    8: "mistyped names and options, values out of range, doubled seeds",
    9: "the same trial trained another way: bits compared",
    10: "runs without a number, in every table",
    11: "an audit hook over a local run",
    12: "results folders, claims files and tables of others",
    13: "terminals, services and systems",
    14: "texts that leave: terminal, Markdown, HTML",
    15: "what decides a trial: imported sources, libraries, settings of XLA, initial values",
}


def recorded(paths: list[Path]) -> list[dict]:
    """Return the lines of several files, sorted by row; a later file's line takes the place."""
    lines = {}
    for path in paths:
        for line in json.loads(path.read_text(encoding="utf-8")):
            lines[line["row"], line["what"]] = line
    return [lines[key] for key in sorted(lines)]


def table(lines: list[dict]) -> str:
    """Return the scorecard: a row of the page for each row, one cell for what was tried in it.

    Raises:
        SystemExit: Something did not hold, or a row is missing.
    """
    broken = [line for line in lines if line["held"] != line["tried"]]
    absent = TITLES.keys() - {line["row"] for line in lines}
    if broken or absent:
        sys.exit(f"not to be published: broken {broken}, without record {sorted(absent)}")
    rows = []
    for row, group in groupby(lines, key=itemgetter("row")):
        tried = [f"{line['tried']:,} {line['what']}" for line in group]
        rows.append({"#": row, "test": TITLES[row], "tried": "; ".join(tried), "held": "all"})
    return pd.DataFrame(rows).to_markdown(index=False)


if __name__ == "__main__":
    found = table(recorded(list(map(Path, sys.argv[1:]))))
    write_text(TARGET, filled(TARGET, {"scorecard": found}))
