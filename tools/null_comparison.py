"""Time two equal nets: ``python -m tools.null_comparison``.

Two nets that are alike, measured as any two activations are, again and again with fresh nets. The
interval of their ratio should contain 1 in 95 of 100 runs. Exit code 1: it did so in too few runs
for chance, or was too wide.
"""

from __future__ import annotations

from statistics import median
from typing import Annotated

import numpy as np
import typer
from scipy import stats

from bench.analysis import LEVEL
from bench.analysis.timings import paired_ratio
from bench.data import DATASETS, load
from bench.reporting.wording import spread
from bench.timing.interleave import interleaved
from bench.timing.nets import OPERATIONS, Net

REFERENCE = "relu"
RUNS = 20
WIDEST = 0.05  # half the width of an interval, as a share of the ratio


def compared(dataset: str, operation: str) -> tuple[float, float, float]:
    """Return the ratio of two fresh nets that are alike, by the benchmarks' own rounds.

    Returns:
        The ratio and the ends of its interval.
    """
    what, table = OPERATIONS[operation], load(dataset)
    pair = {name: what.prepare(Net(table, REFERENCE)) for name in ("one", "other")}
    found = interleaved(pair, rounds=what.rounds_on(dataset), calls=what.calls)
    one, other = (np.asarray(measured.samples) for measured in found.values())
    ratio, interval = paired_ratio(one, other)
    return ratio, *interval


def fewest(runs: int) -> int:
    """Return how many intervals have to contain 1: fewer come by chance once in 60 times.

    17 of 20: chance gives 16 or fewer with probability .016.
    """
    return int(stats.binom.ppf(0.02, runs, LEVEL))


def main(
    runs: Annotated[int, typer.Option(help="How often.")] = RUNS,
    dataset: Annotated[str, typer.Option(help=f"One of {', '.join(DATASETS)}.")] = "iris",
    operation: Annotated[str, typer.Option(help=f"One of {', '.join(OPERATIONS)}.")] = "step",
) -> None:
    """Time two equal nets against each other, again and again."""
    from bench.training.quiet import quiet

    quiet(1)
    inside, widths = 0, []
    for _ in range(runs):
        ratio, low, high = compared(dataset, operation)
        inside += low <= 1 <= high
        widths.append((high - low) / 2)
        print(spread(ratio, low, high, decimals=3), flush=True)
    print(
        f"{dataset}, {OPERATIONS[operation].title}: {inside} of {runs} intervals contain 1; half "
        f"their width is {median(widths):.1%} in the median, {max(widths):.1%} at most."
    )
    raise typer.Exit(int(inside < fewest(runs) or max(widths) > WIDEST))


if __name__ == "__main__":
    typer.run(main)
