"""The rank order of the trainers, fastest first, for the README."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.data import title
from bench.reporting.markup import prose
from bench.reporting.tables import markdown
from bench.reporting.timings import MISSING, ratios, times

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAD = (
    "One thread each, interleaved round by round; ratios are times over those of the reference, "
    "whose ratio is 1."
)


def ranking(timings: pd.DataFrame) -> str:
    """Every race of paired trainers as one table, the fastest of each race first.

    Args:
        timings: As ``timing_frame`` has them.
    """
    races = list(_races(timings))
    if not races:
        return prose(MISSING)
    return f"{prose(LEAD)}\n\n{markdown(pd.concat(races), ['race', 'by'])}"


def _races(timings: pd.DataFrame) -> Iterator[pd.DataFrame]:
    trainers = timings[timings["competitor"] != timings["activation"]]
    for (dataset, operation), rows in trainers.groupby(["dataset", "operation"], sort=False):
        if rows["ratio_low"].isna().all():
            continue  # not measured in the same rounds: no race
        ordered = rows.sort_values("median_seconds")
        yield pd.DataFrame(
            {
                "race": f"{title(str(dataset))}, {operation}",
                "rank": [str(n) for n in range(1, len(ordered) + 1)],
                "by": list(ordered["competitor"]),
                "median [95 %]": times(ordered),
                "ratio [95 %]": ratios(ordered),
            }
        )
