"""Lanes are taken, replaced and kept without touching each other."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from bench.training.state import State


def state(*lanes):
    """Every number of a lane is the lane's own."""
    values = tf.constant(lanes, tf.float32)
    wide = values[:, None, None] * tf.ones([1, 2, 3])
    return State([wide, values[:, None]], [values], [values, wide])


def lanes_of(state):
    """The number of every lane, after making sure that all its tensors agree."""
    for tensor in tf.nest.flatten(state.fields()):
        rest = [-1] + [1] * (tensor.shape.rank - 1)
        assert_array_equal(
            tensor, tf.broadcast_to(tf.reshape(state.optimizer[0], rest), tensor.shape)
        )
    return state.optimizer[0].numpy().tolist()


@pytest.mark.parametrize("chosen", [[2, 0], [1, 1]])
def test_lanes_can_be_taken_in_any_order_and_twice(chosen):
    lanes = (10, 11, 12)
    assert lanes_of(state(*lanes).take(chosen)) == [lanes[place] for place in chosen]


def test_fresh_lanes_replace_the_given_ones():
    assert lanes_of(state(10, 11, 12).with_lanes([2, 0], state(7, 8))) == [8, 11, 7]


def test_better_lanes_are_kept_with_their_variables_alone():
    kept = state(10, 11).keep(np.array([False, True]), state(0, 1))
    assert_array_equal(kept.trainable[0][:, 0, 0], [0, 11])
    assert_array_equal(kept.other[0], [0, 11])
    assert_array_equal(kept.optimizer[0], [0, 1])  # what goes on training is not the kept state


def test_lanes_are_kept_after_values_of_other_ranks_were():
    better = np.array([True, False, True])
    for rank in (1, 2, 3, 4, 2, 1):
        shape = (3, *range(2, 1 + rank))
        new, old = (
            State((tf.fill(shape, number),), (), ()) for number in (np.float32(1), np.float32(0))
        )
        (kept,) = new.keep(better, old).trainable
        expected = np.broadcast_to(better.reshape(3, *[1] * (rank - 1)), shape)
        np.testing.assert_array_equal(kept.numpy(), expected.astype(np.float32))
