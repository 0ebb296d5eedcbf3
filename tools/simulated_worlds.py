"""Simulate trials whose true mean and median are known.

A trial has a skill, its expected accuracy; skills differ between seeds. Its score is the skill
itself, or the share of test rows that it got right. Two methods of one world are alike, so every
difference between them is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bench.analysis.scores import has_score

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

ROW_LIKENESS = 0.8  # correlation of a row's hardness for one method with that for the other
OFFICIAL_ROWS = 1_000  # of an official test set; a tenth of MNIST's, so that rows matter more

TRUTH_DRAWS = 2_000_000
TRUTH_SEED = 7


@dataclass(frozen=True)
class World:
    """One way in which scores come about.

    Attributes:
        name: As the table shows it.
        skill: ``(generator, shape) -> `` expected accuracy of trials, in [0, 1].
        test_rows: Rows on which a score is counted; None where the score is the skill.
        row_share: Of what makes a trial fail on a row, the share that lies in the row: at 1 every
            trial of a method fails on the same rows. High, as with networks.
    """

    name: str
    skill: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
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


def _gaussian(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.clip(rng.normal(0.95, 0.01, shape), 0, 1)


def _equal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:  # noqa: ARG001 (a skill)
    return np.full(shape, 0.95)


def _skewed(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    usual = np.clip(1 - rng.gamma(2, 0.015, shape), 0, 1)
    return np.where(rng.random(shape) < 0.05, rng.uniform(0.30, 0.45, shape), usual)


GAUSSIAN = World("Gaussian", _gaussian)
# All chance lies in the rows, 95 % of which are within reach.
BINOMIAL = World("binomial rows", _equal, test_rows=343, row_share=1.0)
SKEWED = World("skewed, 5 % collapsed", _skewed)


def hard_cell(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the trials of the hardest real cell: Adaact on Iris, where trials collapse and tie."""
    return trials[
        (trials["dataset"] == "iris")
        & (trials["activation"] == "adaact")
        & (trials["protocol"] == "held-out")
    ]


def resampled(trials: pd.DataFrame) -> World:
    """Return the world whose trials are drawn from real trials, with replacement.

    Args:
        trials: Of one cell, as ``trials.csv``; their test accuracies are the whole truth.
    """
    pool = trials.loc[has_score(trials, "test_accuracy"), "test_accuracy"].to_numpy(dtype=float)
    return World("real trials", partial(_drawn, pool))


def _drawn(pool: np.ndarray, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.choice(pool, shape)


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
