"""Gate the ratios of two timing runs: ``python -m tools.compare_timings BEFORE.json NOW.json``.

Absolute times move with the machine's mood; the ratio of two competitors measured in the same
rounds does not. A ratio has become worse if its interval lies above the earlier one by more than a
tolerance. Runs of different machines are not compared. Exit code 1: something became slower; 2:
the files can't be compared.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.analysis.timings import timing_frame
from bench.errors import UserError
from bench.reporting.columns import TableColumn
from bench.reporting.document import Table
from bench.reporting.markdown import markdown
from bench.reporting.wording import spread

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    machines = _machine(before), _machine(now)
    differing = [name for name, fact in machines[0].items() if machines[1][name] != fact]
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


def _machine(run: Mapping[str, Any]) -> dict[str, object]:
    machine = run["machine_info"]
    cpu = machine["cpu"]
    return {
        "processors": cpu.get("brand_raw"),
        "numbers of cores": cpu.get("count"),
        "systems": machine.get("system"),
    }


def main(
    before: Annotated[Path, typer.Argument(help="timing.json of the earlier run.")],
    now: Annotated[Path, typer.Argument(help="timing.json of the later run.")],
    tolerance: Annotated[float, typer.Option(help="Of the earlier ratio.")] = TOLERANCE,
) -> None:
    """Print the ratios of two timing runs side by side, and gate them."""
    try:
        both = compared(_read(before), _read(now), tolerance)
    except UserError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    print(markdown(Table(both, COLUMNS)))
    raise typer.Exit(int(both["slower"].any()))


COLUMNS = (
    *(TableColumn(name, words=True) for name in PLACE),
    *(
        TableColumn(run, tuple(f"{name}_{run}" for name in INTERVAL), partial(spread, decimals=2))
        for run in ("before", "now")
    ),
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
    typer.run(main)
