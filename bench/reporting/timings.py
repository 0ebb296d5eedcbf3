"""The time tables, made from pytest-benchmark's own JSON.

What is read of a benchmark's ``extra_info``: ``dataset`` and ``activation``, without which it is
left out; ``operation``, what was timed; ``competitor`` and ``reference``: among the benchmarks of
the same data set and operation, which one this is and which one it is compared with; ``paired``,
where the rounds of competitors were interleaved; ``accuracy``, ``f1``, ``compile_seconds``,
``peak_bytes`` and ``epochs``; ``logistic_accuracy``, ``epochs_to_logistic`` and
``seconds_to_logistic``: what it took to be as accurate as logistic regression.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis.spread import Interval, median_interval
from bench.data import title
from bench.reporting.names import LOGISTIC, activation_title
from bench.reporting.tables import folded, markdown
from bench.reporting.wording import GAP, count, number, seconds, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

GAPS = float("nan")
COLUMNS = (
    "dataset",
    "activation",
    "operation",
    "competitor",
    "reference",
    "median_seconds",
    "median_low",
    "median_high",
    "iqr_seconds",
    "min_seconds",
    "rounds",
    "ratio",
    "ratio_low",
    "ratio_high",
    "compile_seconds",
    "peak_bytes",
    "accuracy",
    "f1",
    "epochs",
    "logistic_accuracy",
    "epochs_to_logistic",
    "seconds_to_logistic",
)
QUICK = "Quick form: few rounds, and without the benchmarks that take long."
TO_LOGISTIC = (
    "*To logistic regression*: what it took until the test accuracy was first that of "
    "scikit-learn's `LogisticRegression` with its defaults, fitted on the same rows; one run."
)
MEASURED = (
    "Measured apart from the study, serially, competitors interleaved round by round; medians with "
    "their 95 % intervals. Accuracy and F1 are those of the net that was timed, after the epochs "
    "that were timed. *First call* is what the first call took beyond that: tracing and compiling."
)
MISSING = (
    "Times are not measured in these results. `pytest bench/ --benchmark-only` measures them, "
    "`adaact-bench report` then shows them; `tox -e bench` does both."
)


def note(timing: Mapping[str, Any] | None) -> str:
    """How the times came about, or how to come by them."""
    if timing is None or timing_frame(timing).empty:
        return MISSING
    quick = f"{QUICK} " if timing.get("quick") else ""
    reached = any("logistic_accuracy" in one["extra_info"] for one in timing["benchmarks"])
    return f"{quick}{MEASURED}" + (f" {TO_LOGISTIC}" if reached else "")


def timing_frame(timing: Mapping[str, Any] | None) -> pd.DataFrame:
    """One row per benchmark of a data set and an activation.

    Args:
        timing: pytest-benchmark's JSON; None where nothing was timed.

    Returns:
        A frame with the columns COLUMNS. ``ratio`` is to the reference: the median of the ratios
        round by round, with its interval, where the rounds are paired, else the ratio of the
        medians.
    """
    cells = [
        benchmark
        for benchmark in (timing or {}).get("benchmarks", ())
        if {"dataset", "activation"} <= set(benchmark["extra_info"])
    ]
    samples = {_place(one): np.asarray(one["stats"].get("data", ()), float) for one in cells}
    rows = [_row(one) | _ratio(one, samples) for one in cells]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _place(benchmark: Mapping[str, Any]) -> tuple[str, str, str]:
    return benchmark["extra_info"]["dataset"], _operation(benchmark), _competitor(benchmark)


def _competitor(benchmark: Mapping[str, Any]) -> str:
    extra = benchmark["extra_info"]
    return str(extra.get("competitor", extra["activation"]))


def _row(benchmark: Mapping[str, Any]) -> dict[str, object]:
    extra, stats = benchmark["extra_info"], benchmark["stats"]
    low, high = median_interval(np.asarray(stats.get("data", ()), float))
    return {
        "dataset": extra["dataset"],
        "activation": extra["activation"],
        "operation": _operation(benchmark),
        "competitor": _competitor(benchmark),
        "reference": extra.get("reference", ""),
        "median_seconds": stats["median"],
        "median_low": low,
        "median_high": high,
        "iqr_seconds": stats["iqr"],
        "min_seconds": stats["min"],
        "rounds": stats["rounds"],
        **{name: extra.get(name, GAPS) for name in COLUMNS[COLUMNS.index("compile_seconds") :]},
    }


def _ratio(
    benchmark: Mapping[str, Any], samples: Mapping[tuple[str, str, str], np.ndarray]
) -> dict[str, float]:
    extra, place = benchmark["extra_info"], _place(benchmark)
    mine, other = samples[place], samples.get((*place[:2], extra.get("reference", "")), ())
    if len(mine) == 0 or len(other) == 0 or _competitor(benchmark) == extra["reference"]:
        return dict.fromkeys(("ratio", "ratio_low", "ratio_high"), GAPS)
    if extra.get("paired"):
        ratio, (low, high) = paired_ratio(mine, np.asarray(other))
    else:
        ratio, low, high = float(np.median(mine) / np.median(other)), GAPS, GAPS
    return {"ratio": ratio, "ratio_low": low, "ratio_high": high}


def paired_ratio(mine: np.ndarray, other: np.ndarray) -> tuple[float, Interval]:
    """How many times as long one competitor takes as another, measured in the same rounds.

    Args:
        mine: Seconds, shape (rounds,).
        other: Seconds of the reference in the same rounds, shape (rounds,).

    Returns:
        The median of the ratios and the exact 95 % interval between two order statistics.
    """
    ratios = mine / other
    return float(np.median(ratios)), median_interval(ratios)


def _operation(benchmark: Mapping[str, Any]) -> str:
    """What was timed: the group's name without the data set's."""
    extra, group = benchmark["extra_info"], str(benchmark["group"] or benchmark["name"])
    if "operation" in extra:
        return str(extra["operation"])
    names = "|".join(map(re.escape, (extra["dataset"], title(extra["dataset"]))))
    rest = re.sub(rf"\b({names})\b", "", group, flags=re.IGNORECASE)
    return " ".join(rest.split()).strip(" :,-–/|[]()")


def medians(timings: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Median seconds of what has scores: index activation, one column per operation."""
    nets = (timings["competitor"] == timings["activation"]) & (timings["activation"] != LOGISTIC)
    mine = timings[nets & (timings["dataset"] == dataset) & timings["accuracy"].notna()]
    table = mine.pivot_table(
        index="activation", columns="operation", values="median_seconds", sort=False
    )
    return table.reindex(columns=list(dict.fromkeys(mine["operation"])))


def timing_table(timings: pd.DataFrame, *, fold: bool = True) -> str:
    """The activations, one table per data set, then the trainers.

    Args:
        timings: As ``timing_frame`` has them.
        fold: Whether long tables are folded away, which needs a reader that knows HTML.
    """
    activations = timings["competitor"] == timings["activation"]
    tables = []
    for dataset, rows in timings[activations].groupby("dataset", sort=False):
        table = _activation_table(rows)
        words = ["timed", "activation"]
        heading = f"What an activation costs on {title(str(dataset))}"
        tables.append(
            folded(heading, table, words) if fold else f"{heading}\n\n{markdown(table, words)}"
        )
    if not activations.all():
        tables.append(_trainer_table(timings[~activations]))
    return "\n\n".join(tables)


def _activation_table(timings: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "timed": list(timings["operation"]),
            "activation": [activation_title(name) for name in timings["activation"]],
            "median [95 %]": times(timings),
            _ratio_head(timings): ratios(timings),
            "first call": [seconds(value) for value in timings["compile_seconds"]],
            "accuracy, F1": [
                ", ".join(map(number, scores)) if math.isfinite(scores[0]) else GAP
                for scores in timings[["accuracy", "f1"]].itertuples(index=False)
            ],
            "peak memory": list(map(_megabytes, timings["peak_bytes"])),
            "to logistic regression": [
                _to_logistic(*row) for row in timings[_LOGISTIC].itertuples(index=False)
            ],
        }
    )


_LOGISTIC = ["logistic_accuracy", "epochs", "epochs_to_logistic", "seconds_to_logistic"]


def _to_logistic(target: float, epochs: float, needed: float, took: float) -> str:
    """Seconds and epochs; of a net that never got there, how many epochs it had."""
    if math.isnan(target):
        return GAP
    if math.isnan(needed):
        return f"not in {count(int(epochs), 'epoch')}"
    return f"{seconds(took)}, {count(int(needed), 'epoch')}"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB" if math.isfinite(size) else GAP


def _trainer_table(timings: pd.DataFrame) -> str:
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in timings["dataset"]],
            "timed": list(timings["operation"]),
            "by": list(timings["competitor"]),
            "median [95 %]": times(timings),
            "ratio [95 %]": ratios(timings),
            "accuracy": [number(value) for value in timings["accuracy"]],
            "compiling": [seconds(value) for value in timings["compile_seconds"]],
            "peak memory": list(map(_megabytes, timings["peak_bytes"])),
        }
    )
    return markdown(table, ["data set", "timed", "by"])


def times(timings: pd.DataFrame) -> list[str]:
    """Medians with their intervals."""
    rows = timings[["median_seconds", "median_low", "median_high"]].itertuples(index=False)
    return [
        f"{seconds(middle)} [{seconds(low)}, {seconds(high)}]" if low <= high else seconds(middle)
        for middle, low, high in rows
    ]


def _ratio_head(timings: pd.DataFrame) -> str:
    names = {name for name in timings["reference"] if name}
    return f"ratio to {activation_title(names.pop())} [95 %]" if len(names) == 1 else "ratio [95 %]"


def ratios(timings: pd.DataFrame) -> list[str]:
    """Ratios to the reference, which itself has 1."""
    rows = timings[["competitor", "reference", "ratio", "ratio_low", "ratio_high"]]
    return [
        "1" if competitor == reference else _ratio_text(*ratio)
        for competitor, reference, *ratio in rows.itertuples(index=False)
    ]


def _ratio_text(ratio: float, low: float, high: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else spread(ratio, low, high, 2 if ratio < 10 else 1)
