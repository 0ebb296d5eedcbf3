"""Gate the ratios of two timing runs: ``python -m tools.compare_timings BEFORE.json NOW.json``.

Absolute times move with the machine's mood; the ratio of two competitors measured in the same
rounds does not. A ratio has become worse if its interval lies above the earlier one by more than a
tolerance. Runs of different machines are not compared. Exit code 1: something became slower; 2:
the files can't be compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.analysis.timings import timing_frame
from bench.errors import UserError
from bench.reporting.columns import TableColumn
from bench.reporting.document import Table
from bench.reporting.markdown import markdown
from bench.reporting.wording import spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

PLACE = ["dataset", "operation", "competitor", "reference"]
INTERVAL = ["ratio", "ratio_low", "ratio_high"]
TOLERANCE = 0.1  # of the earlier ratio; five intervals a group and run would cross now and then


def compared(before: Mapping[str, Any], now: Mapping[str, Any], tolerance: float) -> pd.DataFrame:
    """Set the paired ratios of two runs, pytest-benchmark's JSON, side by side.

    Returns:
        One row per pair of competitors that both runs have: ``dataset, operation, competitor,
        reference``, the ratios with their intervals (``_before``, ``_now``) and ``slower``: whether
        the interval lies above the earlier one by more than the tolerance.

    Raises:
        UserError: The runs are of different machines, or have nothing in common.
    """
    differing = [name for name, get in _MACHINE.items() if get(before) != get(now)]
    if differing:
        raise UserError(
            f"the two runs are of different machines ({', '.join(differing)} differ), whose ratios "
            "can't be compared. Measure both on one machine."
        )
    frames = [timing_frame(run).dropna(subset=INTERVAL)[PLACE + INTERVAL] for run in (before, now)]
    both = frames[0].merge(frames[1], on=PLACE, suffixes=("_before", "_now"), validate="1:1")
    if both.empty:
        raise UserError(
            "the two runs have no pair of interleaved competitors in common. Measure both with "
            "`pytest bench/ --benchmark-only`."
        )
    both["slower"] = both["ratio_low_now"] > both["ratio_high_before"] * (1 + tolerance)
    return both


_MACHINE = {
    "processors": lambda run: run["machine_info"]["cpu"].get("brand_raw"),
    "numbers of cores": lambda run: run["machine_info"]["cpu"].get("count"),
    "systems": lambda run: run["machine_info"].get("system"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two files and print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="tools.compare_timings", description=__doc__)
    parser.add_argument("before", type=Path, help="timing.json of the earlier run")
    parser.add_argument("now", type=Path, help="timing.json of the later run")
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, metavar="SHARE")
    options = parser.parse_args(arguments)
    try:
        both = compared(_read(options.before), _read(options.now), options.tolerance)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{markdown(Table(both, COLUMNS))}\n")
    return int(both["slower"].any())


COLUMNS = (
    *(TableColumn(name, words=True) for name in PLACE),
    TableColumn(
        "before", tuple(f"{name}_before" for name in INTERVAL), partial(spread, decimals=2)
    ),
    TableColumn("now", tuple(f"{name}_now" for name in INTERVAL), partial(spread, decimals=2)),
    TableColumn("", ("slower",), lambda slower: "slower" if slower else "", words=True),
)


def _read(path: Path) -> dict[str, Any]:
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        return {"machine_info": run["machine_info"], "benchmarks": run["benchmarks"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path}: not a timing.json ({error}). `pytest bench/ --benchmark-only` writes one."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
