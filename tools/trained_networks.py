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

    from bench.data import Dataset
    from bench.training.trainers.training_task import Weights
    from bench.training.trials.cells import Cell
    from tools.mnist_tables import Family

    Predict = Callable[[Sequence[Weights], np.ndarray], np.ndarray]

AGAIN = "relu, other seeds"
EPOCHS = 20  # enough to tell the activations apart; more would only cost time
OTHER_SEEDS = 10_000_000  # added to every seed of ``AGAIN``
SPLITS_OF_A_TABLE = 1_000  # more than any family has: no two tables share the number of a split


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
    def prepared() -> tuple[Cell, Predict]:
        cell = _cell(family, tables, "relu" if name == AGAIN else name, first_seed)
        return cell, _predictor(cell)

    def train(numbers: Sequence[int]) -> Outcomes:
        cell, predict = prepared()
        first = first_seed + numbers[0] * family.trials
        fits = list(cell.fit(range(first, first + len(numbers) * family.trials)))
        tests = np.stack([cell.split(fit.seed).test for fit in fits])
        classes = predict([fit.weights for fit in fits], tests)
        right = np.full((len(fits), family.rows), -1, np.int8)
        places = np.array([fit.seed - first for fit in fits])[:, np.newaxis]
        right[places, tests % family.rows] = classes == cell.y[tests]
        return counted(right.reshape(len(numbers), family.splits, family.seeds, family.rows))

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
