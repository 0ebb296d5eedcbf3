"""``python -m tools.calibration``: measure how often the report's statistics are wrong.

It draws many tables of one size from MNIST, makes a whole study of each, and counts on how many
the interval of the mean gap misses the mean gap over all tables. It renews the tables in
docs/calibration-table.md: those of real studies, or with ``--simulated`` that of the simulations.
Real studies take about 40 minutes on one core; what is trained is kept in the cache.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.data import load
from bench.reporting.output import filled, write_text
from tools import fast_learners, page, trained_networks
from tools.mnist_tables import Family, Outcomes, tables
from tools.rates import estimates, margin, rates
from tools.simulated_worlds import BINOMIAL, GAUSSIAN, SKEWED, World, hard_cell, resampled
from tools.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bench.data import Dataset

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "calibration-table.md"
TRIALS = ROOT / "results" / "trials.csv"

THREE, TEN = (3, 5, 8), tuple(range(10))
AGAIN = "relu, other seeds"  # against relu: the true gap is 0
RANDOM, RIDGE = "random features", "ridge"

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
    Family("fast-150", 150, THREE, 7, tables=810, splits=50, seeds=40): ((RANDOM, RIDGE),),
    Family("fast-400", 400, TEN, 7, tables=525, splits=50, seeds=5): ((RANDOM, RIDGE),),
    Family("fast-1400", 1_400, TEN, 7, tables=150, splits=100, seeds=10): ((RANDOM, RIDGE),),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Renew a part of the page."""
    asked = _parser().parse_args(arguments)
    if asked.simulated:
        parts = {"simulated": page.simulated(_simulated(asked.trials))}
    else:
        found = pd.DataFrame(_measured(asked))
        parts = {"coverage": page.coverage(found), "power": page.power(found)}
        print(page.misses(found))
    write_text(asked.page, filled(asked.page, parts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tools.calibration", description=__doc__)
    parser.add_argument("--simulated", action="store_true", help="the simulations instead")
    parser.add_argument("--tables", type=int, help="so many of each family instead of all")
    parser.add_argument("--cache", type=Path, default=".calibration", help="folder of trials")
    parser.add_argument("--data-dir", type=Path, help="folder of the data files")
    parser.add_argument("--trials", type=Path, default=TRIALS, help="real trials to draw from")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to renew")
    return parser


def _measured(asked: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Yield the rates of every family, comparison and estimator."""
    mnist = load("mnist", asked.data_dir)
    for whole, pairs in STUDIES.items():
        family = replace(whole, tables=min(whole.tables, asked.tables or whole.tables))
        drawn = tables(family, mnist.x, mnist.y)
        made = _outcomes(family, drawn, {name for pair in pairs for name in pair}, asked.cache)
        for method, reference in pairs:
            found = estimates(family, made[method], made[reference])
            gap = 0.0 if method == AGAIN else None
            for estimator, own in found.groupby("estimator", sort=False):
                names = {"method": method, "reference": reference, "estimator": estimator}
                yield {**page.named(family), **names, **rates(own, margin(family.rows), gap)}


def _outcomes(
    family: Family, drawn: Sequence[Dataset], names: Collection[str], folder: Path
) -> dict[str, Outcomes]:
    """Return the outcomes of each method on every table, from the cache where they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    if RANDOM in names:
        return dict(zip((RANDOM, RIDGE), _fast(family, drawn, folder), strict=True))
    return {
        name: trained_networks.outcomes(
            family,
            drawn,
            "relu" if name == AGAIN else name,
            folder,
            other_seeds=name == AGAIN,
            tell=_tell,
        )
        for name in sorted(names)
    }


def _fast(family: Family, drawn: Sequence[Dataset], folder: Path) -> list[Outcomes]:
    path = folder / f"{family.name}-{family.tables}-{family.splits}x{family.seeds}.npz"
    if not path.exists():
        made = fast_learners.outcomes(family, drawn, _tell)
        arrays = {
            f"{name}{n}": part for n, one in enumerate(made) for name, part in vars(one).items()
        }
        np.savez_compressed(path, **arrays)
    names = [field.name for field in fields(Outcomes)]
    with np.load(path) as kept:
        return [Outcomes(*(kept[f"{name}{n}"] for name in names)) for n in range(2)]


def worlds(trials: Path) -> dict[str, World]:
    """Return the simulated worlds by name."""
    real = resampled(hard_cell(pd.read_csv(trials)))
    return {world.name: world for world in (GAUSSIAN, BINOMIAL, SKEWED, real)}


def _simulated(trials: Path) -> pd.DataFrame:
    names = list(worlds(trials))
    with ProcessPoolExecutor(2) as processes:
        return pd.concat(processes.map(_of_world, names, [trials] * len(names)))


def _of_world(name: str, trials: Path) -> pd.DataFrame:
    """Return one world's rows; worlds go to the processes by name, for functions do not travel."""
    return simulate([worlds(trials)[name]])


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
