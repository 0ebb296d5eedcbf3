"""Train the suite's network of Iris on every table of a family, with the suite's own trainer."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from bench.data.splits import Split, held_out_split
from bench.records import LEARNING_RATE, TrialKey
from bench.training.quiet import quiet
from tools.mnist_tables import Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.data import Dataset
    from bench.training.trials.cells import Cell
    from bench.training.trials.evaluate import Evaluator
    from tools.mnist_tables import Family

AGAIN = "relu, other seeds"
EPOCHS = 20  # enough to tell the activations apart; more would only cost time
OTHER_SEEDS = 10_000_000  # added to every seed of ``AGAIN``
SPLITS_OF_A_TABLE = 1_000  # more than any family has: no two tables share the number of a split


def trainer(
    family: Family, tables: Sequence[Dataset], name: str
) -> Callable[[Sequence[int]], Outcomes]:
    """Return a function from numbers of tables to what an activation scores on them.

    Args:
        family: The size of the study.
        tables: As ``mnist_tables.tables`` returns them.
        name: Name in ``baselines.ACTIVATIONS``, or ``AGAIN``: with seeds that no other has.
    """
    first_seed = OTHER_SEEDS * (name == AGAIN)

    @cache  # nothing is compiled where no table is trained
    def prepared() -> tuple[Cell, Evaluator]:
        from bench.training.trials.evaluate import Evaluator

        cell = _cell(family, tables, "relu" if name == AGAIN else name, first_seed)
        return cell, Evaluator(cell, tables[0].classes)

    def train(numbers: Sequence[int]) -> Outcomes:
        cell, evaluator = prepared()
        first = first_seed + numbers[0] * family.trials
        right = np.full((len(numbers) * family.trials, family.rows), -1, np.int8)
        for fit in cell.fit(range(first, first + len(right))):
            key = TrialKey("iris", "held-out", name, 0, fit.seed, LEARNING_RATE)
            tested = cell.split(fit.seed).test
            right[fit.seed - first, tested % family.rows] = evaluator.trial(key, fit).outcomes[
                tested
            ]
        shape = len(numbers), family.splits, family.seeds, family.rows
        return Outcomes.counted(right.reshape(shape))

    return train


def _cell(family: Family, tables: Sequence[Dataset], activation: str, first_seed: int) -> Cell:
    """Return one cell of all tables, in which a seed has a table and a split of its own."""
    quiet()
    from baselines.layers import hidden_layer
    from bench.training import networks
    from bench.training.trials.cells import Cell

    @cache
    def rows(table: int, number: int) -> Split:
        split = held_out_split(tables[table], table * SPLITS_OF_A_TABLE + number)
        parts = (part + table * family.rows for part in (split.train, split.validation, split.test))
        return Split(*parts)

    def split(seed: int) -> Split:
        return rows(*divmod((seed - first_seed) // family.seeds, family.splits))

    recipe = networks.RECIPES["iris"]
    features, classes = tables[0].x.shape[1], tables[0].classes
    build = partial(networks.iris, partial(hidden_layer, activation), features, classes)
    compiled = networks.compiled(build, recipe.optimizer, networks.loss(classes))
    x, y = (np.concatenate([getattr(table, name) for table in tables]) for name in ("x", "y"))
    return Cell(compiled, x, y, split, family.batch_size, EPOCHS, recipe.patience)
