"""Lanes are taken, replaced and kept without touching each other."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from bench.training.trainers.lanes import State, where_lanes


def state(*lanes):
    """Every number of a lane is the lane's own."""
    values = tf.constant(lanes, tf.float32)
    wide = values[:, None, None] * tf.ones([1, 2, 3])
    return State([wide, values[:, None]], [values], [values, wide])


def lanes_of(state):
    """The number of every lane, after making sure that all its tensors agree."""
    for tensor in tf.nest.flatten(state):
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


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_chosen_lanes_go_on_and_the_others_stay(rank):
    shape = (3, *range(2, 1 + rank))
    kept = where_lanes(np.array([True, False, True]), [tf.ones(shape)], [tf.zeros(shape)])
    expected = np.broadcast_to(np.reshape([1, 0, 1], (3, *[1] * (rank - 1))), shape)
    assert_array_equal(kept[0], expected)
