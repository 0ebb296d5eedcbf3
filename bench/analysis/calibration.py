"""How often the statistics are wrong, by simulation in worlds where the truth is known.

Every rate comes from the functions that the report uses, study by study.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis import ALPHA
from bench.analysis.comparisons import sign_flip_p, superiority
from bench.analysis.generalisation import over_resplits, over_test_rows
from bench.analysis.judging import place_among
from bench.analysis.minimum_sample import least_p, least_place_p
from bench.analysis.simulated_worlds import (
    TABLE_ROWS,
    TABLE_TEST_ROWS,
    World,
    official_differences,
    resplit_differences,
)
from bench.analysis.spread import binomial_interval, mean_intervals, median_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STUDIES = 10_000
SEEDS = (10, 40, 100)
DECIMALS = 3  # of the published figure
BATCH = 100  # studies at a time; bounds the memory


def calibrate(
    worlds: Sequence[World],
    seeds: Sequence[int] = SEEDS,
    studies: int = STUDIES,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how often each statistic is wrong, one row a world and number of seeds.

    Args:
        worlds: Where the studies come from.
        seeds: Numbers of seeds of a study.
        studies: Simulated studies of each kind.
        seed: Of the simulation.

    Returns:
        ``world, seeds`` and, each a share of the studies: ``claim_refuted``: a true figure is
        *not reproduced*; ``median_covers, mean_covers, superiority_covers``: the interval holds
        the truth; ``sign_flip_rejects, resplits_reject, test_rows_reject``: a true "no difference"
        is rejected (one minus that is what the interval of the same name covers);
        ``plain_t_rejects, rows_alone_reject``: the same for two tests that are not used, the t
        test of resplits without the correction and the one over test rows that leaves out the
        seeds. ``impossible``: p-values below what so many seeds allow, a count.
    """
    rows = []
    for world in worlds:
        truth = world.truth()
        for n in seeds:
            # A stream of its own for each row: adding a world or a size changes no other.
            rng = np.random.default_rng([seed, zlib.crc32(world.name.encode()), n])
            batches = [_batch(world, truth, rng, size, n) for size in _sizes(studies)]
            counts = pd.DataFrame(batches).sum()
            impossible = int(counts.pop("impossible"))
            rates = (counts / studies).to_dict()
            rows.append({"world": world.name, "seeds": n, **rates, "impossible": impossible})
    return pd.DataFrame(rows)


def in_percent(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of ``calibrate`` as it is printed: percent, one digit, short heads."""
    printed = table.rename(columns=HEADS)
    rates = list(HEADS.values())
    printed[rates] = printed[rates].map("{:.1%}".format).map(lambda cell: cell.removesuffix("%"))
    return printed


HEADS = {
    "claim_refuted": "claim refuted",
    "median_covers": "median",
    "mean_covers": "mean",
    "superiority_covers": "P(A > B)",
    "sign_flip_rejects": "sign flip",
    "resplits_reject": "resplits",
    "test_rows_reject": "test rows",
    "plain_t_rejects": "plain t",
    "rows_alone_reject": "rows alone",
}


def binomial_coverage(rows: int, accuracy: float) -> float:
    """Return what the exact binomial interval covers, without simulation.

    Exact means never under 95 %; for accuracies near 1 it is well above.
    """
    right = np.arange(rows + 1)
    intervals = [binomial_interval(int(k), rows) for k in right]
    covers = np.array([low <= accuracy <= high for low, high in intervals])
    return float(stats.binom.pmf(right, rows, accuracy)[covers].sum())


def _sizes(studies: int) -> Iterator[int]:
    for start in range(0, studies, BATCH):
        yield min(BATCH, studies - start)


def _batch(
    world: World, truth: tuple[float, float], rng: np.random.Generator, studies: int, n: int
) -> dict[str, int]:
    """Return the counts of one batch of studies."""
    mean, median = truth
    runs = world.scores(rng, (studies, n))
    figures = np.round(world.scores(rng, (studies,)), DECIMALS)
    pairs = runs - world.scores(rng, (studies, n))
    resplits = resplit_differences(world, rng, studies, n)
    official = list(zip(*official_differences(world, rng, studies, n), strict=True))

    low, high = mean_intervals(runs, seed=int(rng.integers(2**32)))
    medians = [median_interval(row) for row in runs]
    wins = [superiority(row) for row in pairs]
    places = [place_among(r, f, DECIMALS).p for r, f in zip(runs, figures, strict=True)]
    flips = [sign_flip_p(row) for row in pairs]
    other_rows = TABLE_ROWS - TABLE_TEST_ROWS
    split = [over_resplits(row, TABLE_TEST_ROWS, other_rows).p for row in resplits]
    test_rows = [over_test_rows(by_row, by_seed).p for by_row, by_seed in official]
    return {
        "claim_refuted": _rejected(places),
        "median_covers": sum(a <= median <= b for a, b in medians),
        "mean_covers": int(((low <= mean) & (mean <= high)).sum()),
        "superiority_covers": sum(win.low <= 0.5 <= win.high for win in wins),
        "sign_flip_rejects": _rejected(flips),
        "resplits_reject": _rejected(split),
        "test_rows_reject": _rejected(test_rows),
        "plain_t_rejects": _rejected(_t_test(row) for row in resplits),
        "rows_alone_reject": _rejected(_t_test(by_row) for by_row, _ in official),
        "impossible": sum(p < least_place_p(n) for p in places)
        + sum(p < least_p(n) for p in (*flips, *split, *test_rows)),
    }


def _rejected(p_values: Iterator[float] | Sequence[float]) -> int:
    return sum(p <= ALPHA for p in p_values)


def _t_test(differences: np.ndarray) -> float:
    """Return p of the plain one-sample t test; 1 where nothing differs."""
    if not differences.any():
        return 1.0
    error = differences.std(ddof=1) / len(differences) ** 0.5
    if error == 0:
        return 0.0
    return float(2 * stats.t.sf(abs(differences.mean()) / error, len(differences) - 1))
