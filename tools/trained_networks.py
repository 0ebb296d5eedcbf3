"""Train the suite's network of Iris on every table of a family, with the suite's own trainer."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from bench.data.splits import Split, held_out_split
from bench.training.quiet import quiet
from tools.mnist_tables import Outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.data import Dataset
    from bench.training.trainers.training_task import Weights
    from bench.training.trials.cells import Cell
    from tools.mnist_tables import Family

    Predict = Callable[[Sequence[Weights], np.ndarray], np.ndarray]

EPOCHS = 20  # enough to tell the activations apart; more would only cost time
TABLES_AT_ONCE = 10  # what an interruption loses at most
OTHER_SEEDS = 10_000_000  # added to every seed of the second half of an A/A pair
SPLITS_OF_A_TABLE = 1_000  # more than any family has: no two tables share the number of a split


def outcomes(
    family: Family,
    tables: Sequence[Dataset],
    activation: str,
    folder: Path,
    *,
    other_seeds: bool = False,
    tell: Callable[[str], None] = print,
) -> Outcomes:
    """Return what an activation scores on every table; trained blocks are read from the cache.

    Args:
        family: The size of the study.
        tables: As ``mnist_tables.tables`` returns them.
        activation: Name in ``baselines.ACTIVATIONS``.
        folder: The cache: one file per block of tables.
        other_seeds: Whether to train with seeds that no other call uses.
        tell: Prints a line of progress.
    """
    train = _trainer(family, tables, activation, OTHER_SEEDS * other_seeds)
    arm = f"{activation}-again" if other_seeds else activation
    parts = []
    for start in range(0, len(tables), TABLES_AT_ONCE):
        numbers = range(start, min(start + TABLES_AT_ONCE, len(tables)))
        size = f"{family.rows}x{len(family.digits)}-{family.splits}x{family.seeds}"
        path = folder / f"{family.name}-{size}-{arm}-{start}-{numbers[-1]}.npy"
        if not path.exists():
            np.save(path, train(numbers))
            tell(f"{family.name}, {arm}: {numbers[-1] + 1} of {len(tables)} tables")
        parts.append(np.load(path))
    return counted(np.concatenate(parts))


def counted(right: np.ndarray) -> Outcomes:
    """Return accuracies and counts by row.

    Args:
        right: 1 where a trial got a test row right, 0 where it did not, -1 where the row is not in
            its test set; shape (tables, splits, seeds, rows).
    """
    tested, correct = right >= 0, right == 1
    return Outcomes(
        correct.sum(axis=3) / tested.sum(axis=3), tested.sum(axis=(1, 2)), correct.sum(axis=(1, 2))
    )


def _trainer(
    family: Family, tables: Sequence[Dataset], activation: str, first_seed: int
) -> Callable[[Sequence[int]], np.ndarray]:
    """Return a function that trains an activation on the tables with some numbers."""

    @cache  # nothing is compiled where the cache has all
    def prepared() -> tuple[Cell, Predict]:
        cell = _cell(family, tables, activation, first_seed)
        return cell, _predictor(cell)

    def train(numbers: Sequence[int]) -> np.ndarray:
        cell, predict = prepared()
        first = first_seed + numbers[0] * family.trials
        fits = list(cell.fit(range(first, first + len(numbers) * family.trials)))
        tests = np.stack([cell.split(fit.seed).test for fit in fits])
        classes = predict([fit.weights for fit in fits], tests)
        right = np.full((len(fits), family.rows), -1, np.int8)
        places = np.array([fit.seed - first for fit in fits])[:, np.newaxis]
        right[places, tests % family.rows] = classes == cell.y[tests]
        return right.reshape(len(numbers), family.splits, family.seeds, family.rows)

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


def _predictor(cell: Cell) -> Predict:
    """Return a function from the weights of some trials and their rows to predicted classes."""
    import tensorflow as tf

    from bench.training.trainers.lanes import over_lanes

    model, x = cell.build(), tf.constant(cell.x)
    others = [tf.convert_to_tensor(variable) for variable in model.non_trainable_variables]

    def one(trial: tuple[list[tf.Tensor], tf.Tensor]) -> tf.Tensor:
        outputs, _ = model.stateless_call(trial[0], others, tf.gather(x, trial[1]))
        return tf.argmax(outputs, axis=-1)

    forward = tf.function(lambda trials: over_lanes(one, trials), autograph=False)

    def predict(weights: Sequence[Weights], rows: np.ndarray) -> np.ndarray:
        stacked = [tf.constant(np.stack(values)) for values in zip(*weights, strict=True)]
        return np.asarray(forward((stacked, tf.constant(rows))))

    return predict
