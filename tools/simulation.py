"""Simulate studies whose truth is known, and count how often the statistics are wrong.

Every rate comes from the functions that the report uses, study by study.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis import ALPHA
from bench.analysis.estimator import over_test_rows
from bench.analysis.spread import mean_intervals, median_interval
from bench.analysis.typical import place_among
from bench.analysis.verdicts import p_values
from tools.simulated_worlds import official_differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.simulated_worlds import World

STUDIES = 10_000
SEEDS = (10, 40, 100)
DECIMALS = 3  # of the published value
BATCH = 100  # studies at a time; bounds the memory


def simulate(
    world: World, seeds: Sequence[int] = SEEDS, studies: int = STUDIES, seed: int = 0
) -> pd.DataFrame:
    """Return how often each statistic is wrong, one row a number of seeds.

    Args:
        world: Where the studies come from.
        seeds: Numbers of seeds of a study.
        studies: Simulated studies of each kind.
        seed: Of the simulation.

    Returns:
        ``world, seeds`` and, each a share of the studies: ``claim_rejected``: a true published
        value is *not typical*; ``median_covers, mean_covers``: the interval includes the truth;
        ``test_rows_reject``: a true gap of 0 on an official test set is rejected.
    """
    rows, truth = [], world.truth()
    for n in seeds:
        # A stream of its own for each row: adding a world or a size changes no other.
        rng = np.random.default_rng([seed, zlib.crc32(world.name.encode()), n])
        sizes = (min(BATCH, studies - start) for start in range(0, studies, BATCH))
        batches = [_batch(world, truth, rng, size, n) for size in sizes]
        rates = (pd.DataFrame(batches).sum() / studies).to_dict()
        rows.append({"world": world.name, "seeds": n, **rates})
    return pd.DataFrame(rows)


def _batch(
    world: World, truth: tuple[float, float], rng: np.random.Generator, studies: int, n: int
) -> dict[str, int]:
    """Return the counts of one batch of studies."""
    mean, median = truth
    trials = world.scores(rng, (studies, n))
    values = np.round(world.scores(rng, (studies,)), DECIMALS)
    low, high = mean_intervals(trials, seed=int(rng.integers(2**32)))
    medians = [median_interval(row) for row in trials]
    places = [place_among(own, v, DECIMALS).p for own, v in zip(trials, values, strict=True)]
    official = zip(*official_differences(world, rng, studies, n), strict=True)
    return {
        "claim_rejected": sum(p <= ALPHA for p in places),
        "median_covers": sum(a <= median <= b for a, b in medians),
        "mean_covers": int(((low <= mean) & (mean <= high)).sum()),
        "test_rows_reject": _rejected(official),
    }


def _rejected(studies: Iterator[tuple[np.ndarray, np.ndarray]]) -> int:
    """Return how many studies on an official test set reject a gap of 0."""
    found = [over_test_rows(by_row, by_seed) for by_row, by_seed in studies]
    family = pd.DataFrame([one.columns() for one in found])
    different, _ = p_values(family, 0.0)
    return int((different <= ALPHA).sum())
