"""How the cost of training many seeds grows: the loads that were timed, and fitted exponents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = ("axis", "size", "median_seconds", "rounds", "compile_seconds", "peak_bytes")


def scaling_frame(timing: Mapping[str, Any] | None) -> pd.DataFrame:
    """One row per load that was timed.

    Args:
        timing: pytest-benchmark's JSON; None where nothing was timed.

    Returns:
        The columns COLUMNS: ``axis`` is what grew and ``size`` how large it was.
    """
    rows = [
        {
            **{name: one["extra_info"][name] for name in ("axis", "size")},
            "median_seconds": one["stats"]["median"],
            "rounds": one["stats"]["rounds"],
            **{name: one["extra_info"].get(name, float("nan")) for name in COLUMNS[-2:]},
        }
        for one in (timing or {}).get("benchmarks", ())
        if "axis" in one["extra_info"]
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def exponents(points: pd.DataFrame) -> pd.DataFrame:
    """The growth of cost along each axis that has two sizes or more.

    Args:
        points: As ``scaling_frame`` has them.

    Returns:
        Columns ``axis, sizes, smallest, largest, seconds_smallest, seconds_largest``;
        ``exponent``: the slope of a least-squares line through the logarithms, with its 95 %
        interval ``low, high`` (NaN for fewer than three sizes) and its ``constant``: seconds are
        constant · size^exponent; ``last``: the exponent between the two largest sizes.
    """
    rows = []
    for axis, mine in points.groupby("axis", sort=False):
        ordered = mine.sort_values("size")
        if len(ordered) > 1:
            rows.append({"axis": axis, **_growth(ordered)})
    return pd.DataFrame(rows, columns=_GROWTH)


_GROWTH = [
    *("axis", "sizes", "smallest", "largest", "seconds_smallest", "seconds_largest"),
    *("exponent", "low", "high", "constant", "last"),
]


def _growth(ordered: pd.DataFrame) -> dict[str, float]:
    sizes = ordered["size"].to_numpy(float)
    times = ordered["median_seconds"].to_numpy(float)
    x, y = np.log(sizes), np.log(times)
    line = stats.linregress(x, y)
    freedom = len(x) - 2
    reach = stats.t.ppf((1 + LEVEL) / 2, freedom) * line.stderr if freedom else float("nan")
    return {
        "sizes": len(x),
        "smallest": sizes[0],
        "largest": sizes[-1],
        "seconds_smallest": times[0],
        "seconds_largest": times[-1],
        "exponent": line.slope,
        "low": line.slope - reach,
        "high": line.slope + reach,
        "constant": float(np.exp(line.intercept)),
        "last": (y[-1] - y[-2]) / (x[-1] - x[-2]),
    }
