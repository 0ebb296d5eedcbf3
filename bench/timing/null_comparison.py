"""Time two equal nets: ``python -m bench.timing.null_comparison``.

Two nets that are alike, measured as any two activations are, again and again with fresh nets. The
interval of their ratio should contain 1 in 95 of 100 runs. Exit code 1: it did so in too few runs
for chance, or was too wide.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from bench.analysis import LEVEL
from bench.analysis.timings import paired_ratio
from bench.data import DATASETS, load
from bench.reporting.columns import TableColumn
from bench.reporting.document import Table
from bench.reporting.markdown import markdown
from bench.reporting.wording import spread
from bench.timing.interleave import interleaved
from bench.timing.nets import OPERATIONS, Net

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCE = "relu"
RUNS = 20
WIDEST = 0.05  # half the width of an interval, as a share of the ratio


class Comparison(NamedTuple):
    """The ratio of one net's time to another's, with its interval."""

    ratio: float
    low: float
    high: float

    @property
    def contains_one(self) -> bool:
        """Whether the interval contains 1."""
        return self.low <= 1 <= self.high

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def compared(dataset: str, operation: str) -> Comparison:
    """Compares two fresh nets that are alike, by the benchmarks' own rounds."""
    what, table = OPERATIONS[operation], load(dataset)
    ready = {name: Net.of(table, REFERENCE).ready(operation) for name in ("one", "other")}
    samples = interleaved(ready, rounds=what.rounds_on(dataset), calls=what.calls)
    ratio, interval = paired_ratio(np.asarray(samples["one"]), np.asarray(samples["other"]))
    return Comparison(ratio, *interval)


def fewest(runs: int) -> int:
    """How many of the intervals have to contain 1: fewer come by chance once in 60 times.

    17 of 20: chance gives 16 or fewer with probability .016.
    """
    from scipy import stats

    return int(stats.binom.ppf(0.02, runs, LEVEL))


COLUMNS = (
    TableColumn("run"),
    TableColumn("ratio [95 %]", ("ratio", "low", "high"), partial(spread, decimals=3)),
    TableColumn("contains 1", ("inside",), lambda inside: "yes" if inside else "no"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints every comparison.

    Returns:
        0: the method holds what it promises; 1: it does not.
    """
    parser = argparse.ArgumentParser(prog="bench.timing.null_comparison", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--dataset", choices=DATASETS, default="iris")
    parser.add_argument("--operation", choices=OPERATIONS, default="step")
    options = parser.parse_args(arguments)
    from bench.training.blocks import quiet

    quiet(1)
    found = [compared(options.dataset, options.operation) for _ in range(options.runs)]
    inside_each, widths = [one.contains_one for one in found], [one.half_width for one in found]
    inside = sum(inside_each)
    what = OPERATIONS[options.operation].title
    frame = pd.DataFrame(found).assign(run=range(1, len(found) + 1), inside=inside_each)
    sys.stdout.write(
        f"{markdown(Table(frame, COLUMNS))}\n\n{options.dataset}, {what}: "
        f"{inside} of {len(found)} intervals contain 1; half their width is {median(widths):.1%} "
        f"in the median, {max(widths):.1%} at most.\n"
    )
    return int(inside < fewest(len(found)) or max(widths) > WIDEST)


if __name__ == "__main__":
    sys.exit(main())
