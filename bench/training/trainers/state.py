"""What the many-seeds trainer carries from step to step, stacked over lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np


class State(NamedTuple):
    """Everything that training changes, stacked over lanes: the first axis of every tensor.

    Attributes:
        trainable: One tensor per trainable variable.
        other: One per non-trainable variable: moving statistics, dropout seeds.
        optimizer: One per variable of the optimizer: step count, learning rate, moments.
    """

    trainable: list[tf.Tensor]
    other: list[tf.Tensor]
    optimizer: list[tf.Tensor]

    def take(self, lanes: Sequence[int]) -> State:
        """The state of these lanes alone."""
        return tf.nest.map_structure(lambda v: tf.gather(v, lanes), self)

    def with_lanes(self, lanes: Sequence[int], fresh: State) -> State:
        """This state with the lanes of ``fresh`` in place of the given ones."""
        positions = [[lane] for lane in lanes]

        return tf.nest.map_structure(
            lambda stack, values: tf.tensor_scatter_nd_update(stack, positions, values), self, fresh
        )


def where_lanes(chosen: tf.Tensor, one: Any, other: Any) -> Any:
    """The lanes of ``one`` where ``chosen``, of shape (lanes,), those of ``other`` elsewhere."""

    def choose(new: tf.Tensor, old: tf.Tensor) -> tf.Tensor:
        return tf.where(tf.reshape(chosen, [-1, *[1] * (new.shape.rank - 1)]), new, old)

    return tf.nest.map_structure(choose, one, other)


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the lanes see: rows of the task's table, scaled.

    Attributes:
        rows: Row numbers, shape (lanes, rows); where lanes differ in their rows, padded at the end.
        counts: How many rows each lane has, shape (lanes,).
        shift: Shape (lanes, ...) of the features, or a scalar.
        scale: The same.
    """

    rows: np.ndarray
    counts: np.ndarray
    shift: np.ndarray
    scale: np.ndarray
