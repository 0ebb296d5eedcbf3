"""Simulate studies whose true mean and median are known; count how often the statistics are wrong.

A trial has a skill, its expected accuracy; skills differ between seeds. Its score is the skill
itself, or the share of test rows that it got right. Two methods of one world are alike, so every
difference between them is chance. Every rate comes from the functions that the report uses, study
by study.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from bench.analysis import ALPHA
from bench.analysis.gap_estimator import over_test_rows
from bench.analysis.scores import has_score
from bench.analysis.spread import mean_intervals, median_interval
from bench.analysis.typical import place_among
from bench.analysis.verdicts import p_values

if TYPE_CHECKING:
    from collections.abc import Sequence

STUDIES = 10_000
SEEDS = (10, 40, 100)
DECIMALS = 3  # of the published value
BATCH = 100  # studies at a time; bounds the memory

ROW_LIKENESS = 0.8  # correlation of a row's hardness for one method with that for the other
OFFICIAL_ROWS = 1_000  # of an official test set; a tenth of MNIST's, so that rows matter more

TRUTH_DRAWS = 2_000_000
TRUTH_SEED = 7

Skill = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
"""Draws expected accuracies of trials, in [0, 1], in some shape."""


@dataclass(frozen=True)
class World:
    """One way in which scores come about.

    Attributes:
        name: As the table shows it.
        skill: Of trials.
        test_rows: Rows on which a score is counted; None where the score is the skill.
        row_share: Of what makes a trial fail on a row, the share that lies in the row: at 1 every
            trial of a method fails on the same rows. High, as with networks.
    """

    name: str
    skill: Skill
    test_rows: int | None = None
    row_share: float = 0.8

    def scores(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        """Return the scores of independent trials."""
        skill = self.skill(rng, shape)
        if self.test_rows is None:
            return skill
        return rng.binomial(self.test_rows, skill) / self.test_rows

    def truth(self) -> tuple[float, float]:
        """Return mean and median of the scores, from two million of them."""
        scores = self.scores(np.random.default_rng(TRUTH_SEED), (TRUTH_DRAWS,))
        return float(scores.mean()), float(np.quantile(scores, 0.5, method="inverted_cdf"))


def _skewed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    usual = np.clip(1 - rng.gamma(2, 0.015, shape), 0, 1)
    return np.where(rng.random(shape) < 0.05, rng.uniform(0.30, 0.45, shape), usual)


GAUSSIAN = World("Gaussian", lambda rng, shape: np.clip(rng.normal(0.95, 0.01, shape), 0, 1))
# All chance lies in the rows, 95 % of which are within reach.
BINOMIAL = World("binomial rows", lambda _, shape: np.full(shape, 0.95), 343, row_share=1.0)
SKEWED = World("skewed, 5 % collapsed", _skewed)


def real_trials(trials: pd.DataFrame) -> World:
    """Return the world whose trials are drawn from those of the hardest real cell.

    That is Adaact on Iris under ``held-out``, where trials collapse and tie.

    Args:
        trials: As ``trials.csv``; the test accuracies of the cell are the whole truth.
    """
    cell = trials[["dataset", "protocol", "activation"]]
    hard = cell.eq(["iris", "held-out", "adaact"]).all(axis=1)
    pool = trials.loc[hard & has_score(trials, "test_accuracy"), "test_accuracy"].to_numpy(float)
    return World("real trials", lambda rng, shape: rng.choice(pool, shape))


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
    official = map(over_test_rows, *official_differences(world, rng, studies, n))
    rejected, _ = p_values(pd.DataFrame([found.columns() for found in official]), 0.0)
    return {
        "claim_rejected": sum(p <= ALPHA for p in places),
        "median_covers": sum(a <= median <= b for a, b in medians),
        "mean_covers": int(((low <= mean) & (mean <= high)).sum()),
        "test_rows_reject": int((rejected <= ALPHA).sum()),
    }


def official_differences(
    world: World, rng: np.random.Generator, studies: int, seeds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gaps of two equal methods on an official test set, by row and by seed.

    Each study has a test set of its own, drawn from all rows.

    Returns:
        Shapes (studies, rows) and (studies, seeds).
    """
    shape = (studies, seeds, OFFICIAL_ROWS)
    first, second = (
        _right(world, rng, np.broadcast_to(method, shape))
        for method in _hardness(rng, studies, OFFICIAL_ROWS)
    )
    by_row = first.mean(axis=1) - second.mean(axis=1)
    return by_row, first.mean(axis=2) - second.mean(axis=2)


def _hardness(rng: np.random.Generator, studies: int, rows: int) -> np.ndarray:
    """Return how hard each row is for each method, standard normal, shape (2, studies, 1, rows)."""
    shared = rng.standard_normal((1, studies, 1, rows), np.float32)
    own = rng.standard_normal((2, studies, 1, rows), np.float32)
    return np.float32(ROW_LIKENESS**0.5) * shared + np.float32((1 - ROW_LIKENESS) ** 0.5) * own


def _right(world: World, rng: np.random.Generator, hardness: np.ndarray) -> np.ndarray:
    """Return which rows each trial gets right; over all rows its share is its skill.

    Args:
        world: Where skills come from.
        rng: Generator.
        hardness: Of the rows that each trial is tested on, shape (studies, seeds, rows).

    Returns:
        Booleans of the same shape.
    """
    ability = special.ndtri(world.skill(rng, hardness.shape[:2])).astype(np.float32)
    chance = rng.standard_normal(hardness.shape, np.float32)
    of_row, of_trial = np.float32(world.row_share**0.5), np.float32((1 - world.row_share) ** 0.5)
    met = of_row * hardness + of_trial * chance
    return met < ability[:, :, np.newaxis]
