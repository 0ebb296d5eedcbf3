"""The time table, made from pytest-benchmark's own JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.reporting.names import activation_title, title
from bench.reporting.tables import markdown
from bench.reporting.wording import number, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = (
    "dataset",
    "activation",
    "operation",
    "median_seconds",
    "iqr_seconds",
    "min_seconds",
    "rounds",
    "accuracy",
    "f1",
)
MEASURED = (
    "Measured apart from the study, serially; accuracy and F1 are those of the net that was timed."
)
MISSING = (
    "Times are not measured in these results. `pytest bench/ --benchmark-only` measures them, "
    "`adaact-bench report` then shows them; `tox -e bench` does both."
)


def timing_frame(timing: Mapping[str, Any] | None) -> pd.DataFrame:
    """One row per benchmark of a data set and an activation.

    Args:
        timing: pytest-benchmark's JSON; None where nothing was timed.

    Returns:
        A frame with the columns COLUMNS; benchmarks of something else are left out.
    """
    rows = []
    for benchmark in (timing or {}).get("benchmarks", ()):
        extra, stats = benchmark["extra_info"], benchmark["stats"]
        if not {"dataset", "activation"} <= set(extra):
            continue
        rows.append(
            {
                "dataset": extra["dataset"],
                "activation": extra["activation"],
                "operation": _operation(benchmark),
                "median_seconds": stats["median"],
                "iqr_seconds": stats["iqr"],
                "min_seconds": stats["min"],
                "rounds": stats["rounds"],
                "accuracy": extra.get("accuracy", float("nan")),
                "f1": extra.get("f1", float("nan")),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _operation(benchmark: Mapping[str, Any]) -> str:
    """What was timed: the group's name without the data set's."""
    extra, group = benchmark["extra_info"], str(benchmark["group"] or benchmark["name"])
    if "operation" in extra:
        return str(extra["operation"])
    names = "|".join(map(re.escape, (extra["dataset"], title(extra["dataset"]))))
    rest = re.sub(rf"\b({names})\b", "", group, flags=re.IGNORECASE)
    return " ".join(rest.split()).strip(" :,-–/|[]()")


def medians(timings: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Median seconds on one data set: index activation, one column per operation."""
    mine = timings[timings["dataset"] == dataset]
    table = mine.pivot_table(
        index="activation", columns="operation", values="median_seconds", sort=False
    )
    return table.reindex(columns=list(dict.fromkeys(mine["operation"])))


def timing_table(timings: pd.DataFrame) -> str:
    """Every benchmark with its spread, and the scores of the net that was timed."""
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in timings["dataset"]],
            "activation": [activation_title(name) for name in timings["activation"]],
            "timed": list(timings["operation"]),
            "median": [seconds(value) for value in timings["median_seconds"]],
            "quartile range": [seconds(value) for value in timings["iqr_seconds"]],
            "rounds": [str(int(n)) for n in timings["rounds"]],
            "accuracy": [number(value) for value in timings["accuracy"]],
            "F1": [number(value) for value in timings["f1"]],
        }
    )
    return markdown(table, ["data set", "activation", "timed"])
