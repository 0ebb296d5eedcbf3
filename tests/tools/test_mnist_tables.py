"""Tables drawn from made-up images of 28 by 28 pixels."""

import numpy as np
import pytest

from tools.calibration import STUDIES
from tools.mnist_tables import Family, averaged, tables

DIGITS = (3, 5, 8)
IMAGES_OF_A_DIGIT = 6_313  # of the rarest in MNIST, 5


@pytest.fixture
def mnist():
    """Thirty images, each of one grey value of its own; ten digits, thrice."""
    grey = np.arange(30, dtype=np.float32)
    return np.repeat(grey[:, np.newaxis], 784, axis=1), np.tile(np.arange(10), 3)


def drawn(mnist, count):
    family = Family("toy", 4, DIGITS, 7, tables=count, splits=1, seeds=1)
    return [(table, set(table.x[:, 0].astype(int))) for table in tables(family, *mnist)]


def test_a_table_has_rows_of_its_digits_with_their_classes(mnist):
    for table, rows in drawn(mnist, 2):
        assert table.x.shape == (4, 16)
        assert len(rows) == 4
        assert (np.array(DIGITS)[table.y] == table.x[:, 0].astype(int) % 10).all()


def test_tables_of_one_partition_share_no_row_and_then_comes_another(mnist):
    # Nine images of the digits make two tables of four.
    found = [rows for _, rows in drawn(mnist, 6)]
    assert all(found[n].isdisjoint(found[n + 1]) for n in (0, 2, 4))
    assert not found[0] | found[1] == found[2] | found[3] == found[4] | found[5]


def test_pixels_are_averaged_over_square_blocks():
    image = np.zeros((1, 28, 28))
    image[0, :4, 4:8] = 1
    image[0, 27, 0] = 1
    blocks = averaged(image.reshape(1, 784), 4)[0]
    assert blocks.shape == (49,)
    assert np.flatnonzero(blocks).tolist() == [1, 42]
    assert blocks[[1, 42]].tolist() == [1, 1 / 16]


def test_tables_of_a_family_share_at_most_two_per_cent_of_their_rows():
    for family in STUDIES:
        assert family.rows / (IMAGES_OF_A_DIGIT * len(family.digits)) <= 0.0225
