"""Tables drawn from made-up images of 28 by 28 pixels, and what fast learners score on them."""

import numpy as np
from sklearn.linear_model import Ridge

from bench.data.dataset import Dataset
from tools import fast_learners
from tools.calibration import STUDIES
from tools.fast_learners import PENALTY, RANDOM, RIDGE, trainer
from tools.mnist_tables import Family, Outcomes, averaged, tables

DIGITS = (3, 5, 8)
IMAGES_OF_A_DIGIT = 6_313  # of the rarest in MNIST, 5


def test_tables_of_one_partition_share_no_row_and_then_comes_another():
    # Thirty images, each of one grey value of its own; those of the digits make two tables of four.
    grey = np.arange(30, dtype=np.float32)
    images, labels = np.repeat(grey[:, np.newaxis], 784, axis=1), np.tile(np.arange(10), 3)
    drawn = tables(Family("toy", 4, DIGITS, 7, tables=6, splits=1, seeds=1), images, labels)
    found = [set(table.x[:, 0].astype(int)) for table in drawn]

    for table in drawn:
        assert table.x.shape == (4, 16)
        assert (np.array(DIGITS)[table.y] == table.x[:, 0].astype(int) % 10).all()
    assert {len(rows) for rows in found} == {4}
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


def test_answers_are_counted_by_trial_and_by_row():
    right = np.array([[[[1, 0, -1], [1, 1, -1]], [[-1, 0, 0], [-1, 1, 0]]]])
    found = Outcomes.counted(right)
    assert found.scores.tolist() == [[[0.5, 1], [0, 0.5]]]
    assert found.tested.tolist() == [[2, 4, 2]]
    assert found.correct.tolist() == [[2, 2, 0]]


def test_ridge_regression_is_scikit_learn_s():
    rng = np.random.default_rng(0)
    features, targets = rng.normal(size=(30, 4)), np.eye(3)[rng.integers(3, size=30)]
    test = np.arange(30) < 8
    model = Ridge(alpha=PENALTY, fit_intercept=False).fit(features[~test], targets[~test])
    found = fast_learners._fitted(features, targets, test)
    assert found.tolist() == model.predict(features).argmax(axis=1).tolist()


def test_fast_learners_learn_on_three_quarters_of_the_rows_whatever_the_memory(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 40, 4)).astype(np.float32)
    y = x[:, :, :3].argmax(axis=2)
    drawn = [Dataset("toy", x[n], y[n], 3, ("a",) * 4, ("b",) * 3) for n in range(2)]
    family = Family("toy", 40, (0, 1, 2), 7, tables=2, splits=6, seeds=5)
    method, reference = (trainer(family, drawn, name)(range(2)) for name in (RANDOM, RIDGE))

    assert reference.scores.shape == (2, 6, 1)  # it has no seed
    assert (method.tested.sum(axis=1) == 6 * 5 * 10).all()
    assert (reference.tested * 5 == method.tested).all()
    assert min(method.scores.mean(), reference.scores.mean()) > 0.5  # a third by chance
    monkeypatch.setattr(fast_learners, "NUMBERS_AT_ONCE", 1)
    assert (trainer(family, drawn, RANDOM)(range(2)).scores == method.scores).all()
