"""``python -m tools.calibration``: measure how often the report's statistics are wrong.

It draws many tables of one size from MNIST, makes a whole study of each, and counts on how many
the interval of the mean gap misses the mean gap over all tables. It renews the tables in
docs/calibration-table.md: those of real studies, or with ``--simulated`` that of the simulations.
Real studies take about 40 minutes on one core; what is trained is kept in the cache.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import pandas as pd
import typer

from bench.data import load
from bench.reporting.output import filled, write_text
from tools import fast_learners, page, trained_networks
from tools.mnist_tables import Family, Outcomes, tables
from tools.rates import estimates, margin, rates
from tools.simulated_worlds import BINOMIAL, GAUSSIAN, SKEWED, real_trials, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.data import Dataset

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "calibration-table.md"
TRIALS = ROOT / "results" / "trials.csv"
CACHE = Path(".calibration")
TABLES_AT_ONCE = 10  # what an interruption loses at most

THREE, TEN = (3, 5, 8), tuple(range(10))
AGAIN = trained_networks.AGAIN  # against relu: the true gap is 0
FAST = fast_learners.RANDOM, fast_learners.RIDGE

STUDIES = {
    Family("three-digits", 150, THREE, 4, tables=150, splits=20, seeds=3): (
        ("adaact", "relu"),
        ("adaact", "linear"),
        (AGAIN, "relu"),
    ),
    Family("ten-digits", 400, TEN, 4, tables=150, splits=12, seeds=3, batch_size=32): (
        ("adaact", "relu"),
    ),
    # The sizes of Iris and Bank Note in the default study are out of reach of networks.
    Family("fast-150", 150, THREE, 7, tables=810, splits=50, seeds=40): (FAST,),
    Family("fast-400", 400, TEN, 7, tables=525, splits=50, seeds=5): (FAST,),
    Family("fast-1400", 1_400, TEN, 7, tables=150, splits=100, seeds=10): (FAST,),
}


def main(
    simulated: Annotated[bool, typer.Option(help="The simulations instead.")] = False,
    cache: Annotated[Path, typer.Option(help="Folder of trials.")] = CACHE,
    target: Annotated[Path, typer.Option("--page", help="The page to renew.")] = PAGE,
) -> None:
    """Renew a part of docs/calibration-table.md."""
    if simulated:
        worlds = GAUSSIAN, BINOMIAL, SKEWED, real_trials(pd.read_csv(TRIALS))
        parts = {"simulated": page.simulated(pd.concat(map(simulate, worlds)))}
    else:
        cache.mkdir(parents=True, exist_ok=True)
        found = pd.DataFrame(_measured(cache))
        parts = {"coverage": page.coverage(found), "power": page.power(found)}
    write_text(target, filled(target, parts))


def _measured(cache: Path) -> Iterator[dict[str, object]]:
    """Yield the rates of every family, comparison and estimator."""
    mnist = load("mnist")
    for family, pairs in STUDIES.items():
        drawn = tables(family, mnist.x, mnist.y)
        asked = sorted({name for pair in pairs for name in pair})
        made = {name: outcomes(family, drawn, name, cache) for name in asked}
        for method, reference in pairs:
            found = estimates(family, made[method], made[reference])
            gap = 0.0 if method == AGAIN else None
            named = {
                "rows": family.rows,
                "classes": len(family.digits),
                "size": f"{family.splits} × {family.seeds}",
                "method": method,
                "reference": reference,
            }
            for estimator, own in found.groupby("estimator", sort=False):
                yield {**named, "estimator": estimator, **rates(own, margin(family.rows), gap)}


def outcomes(family: Family, drawn: Sequence[Dataset], name: str, cache: Path) -> Outcomes:
    """Return what a method scores on every table; what was trained before is in the cache.

    Args:
        family: The size of the study.
        drawn: As ``mnist_tables.tables`` returns them.
        name: An activation, ``AGAIN``, or one of ``FAST``.
        cache: Folder with one file for some tables.
    """
    learner = fast_learners if name in FAST else trained_networks
    train = learner.trainer(family, drawn, name)
    parts = []
    for start in range(0, len(drawn), TABLES_AT_ONCE):
        numbers = range(start, min(start + TABLES_AT_ONCE, len(drawn)))
        size = f"{family.rows}x{len(family.digits)}-{family.splits}x{family.seeds}"
        path = cache / f"{family.name}-{size}-{name}-{start}-{numbers[-1]}.npz"
        if not path.exists():
            np.savez_compressed(path, **vars(train(numbers)))
            print(f"{path.stem} of {len(drawn)} tables", file=sys.stderr, flush=True)
        with np.load(path) as kept:
            parts.append(dict(kept))
    return Outcomes(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


if __name__ == "__main__":
    typer.run(main)
