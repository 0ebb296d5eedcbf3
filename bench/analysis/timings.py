"""Times as a frame, made from pytest-benchmark's own JSON.

What is read of a benchmark's ``extra_info``: ``dataset``, ``activation`` and ``operation`` (what
was timed), without which it is left out; ``competitor`` and ``reference``: among the benchmarks of
the same data set and operation, which one this is and which one it is compared with; ``paired``,
where the rounds of competitors were interleaved; ``accuracy``, ``f1``, ``compile_seconds``,
``peak_bytes`` and ``epochs``; ``logistic_accuracy``, ``epochs_to_logistic`` and
``seconds_to_logistic``: what it took to be as accurate as logistic regression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench.analysis.spread import Interval, median_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

GAPS = float("nan")
COLUMNS = (
    *("dataset", "activation", "operation", "competitor", "reference"),
    *("median_seconds", "median_low", "median_high", "iqr_seconds", "min_seconds", "rounds"),
    *("ratio", "ratio_low", "ratio_high", "compile_seconds", "peak_bytes", "accuracy", "f1"),
    *("epochs", "logistic_accuracy", "epochs_to_logistic", "seconds_to_logistic"),
)


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
        if {"dataset", "activation", "operation"} <= set(benchmark["extra_info"])
    ]
    samples = {_place(one): np.asarray(one["stats"].get("data", ()), float) for one in cells}
    rows = [_row(one) | _ratio(one, samples) for one in cells]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _place(benchmark: Mapping[str, Any]) -> tuple[str, str, str]:
    extra = benchmark["extra_info"]
    competitor = extra.get("competitor", extra["activation"])
    return extra["dataset"], str(extra["operation"]), str(competitor)


def _row(benchmark: Mapping[str, Any]) -> dict[str, object]:
    extra, stats = benchmark["extra_info"], benchmark["stats"]
    dataset, operation, competitor = _place(benchmark)
    low, high = median_interval(np.asarray(stats.get("data", ()), float))
    return {
        "dataset": dataset,
        "activation": extra["activation"],
        "operation": operation,
        "competitor": competitor,
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
    if len(mine) == 0 or len(other) == 0 or place[2] == extra["reference"]:
        return dict.fromkeys(("ratio", "ratio_low", "ratio_high"), GAPS)
    if extra.get("paired") and len(mine) == len(other):
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
