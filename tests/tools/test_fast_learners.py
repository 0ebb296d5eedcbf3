import numpy as np
import pytest
from sklearn.linear_model import Ridge

from bench.data.dataset import Dataset
from tools import fast_learners
from tools.fast_learners import PENALTY, RANDOM, RIDGE, trainer
from tools.mnist_tables import Family

FAMILY = Family("toy", 40, (0, 1, 2), 7, tables=2, splits=6, seeds=5)


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 40, 4)).astype(np.float32)
    y = x[:, :, :3].argmax(axis=2)
    return [Dataset("toy", x[n], y[n], 3, ("a",) * 4, ("b",) * 3) for n in range(2)]


def test_ridge_regression_is_scikit_learn_s():
    rng = np.random.default_rng(0)
    features, targets = rng.normal(size=(30, 4)), np.eye(3)[rng.integers(3, size=30)]
    test = np.arange(30) < 8
    model = Ridge(alpha=PENALTY, fit_intercept=False).fit(features[~test], targets[~test])
    found = fast_learners._fitted(features, targets, test)
    assert found.tolist() == model.predict(features).argmax(axis=1).tolist()


def test_a_quarter_of_the_rows_is_tested_in_each_split(drawn):
    method, reference = (trainer(FAMILY, drawn, name)(range(2)) for name in (RANDOM, RIDGE))
    assert method.scores.shape == (2, 6, 5)
    assert reference.scores.shape == (2, 6, 1)  # it has no seed
    assert (method.tested.sum(axis=1) == 6 * 5 * 10).all()
    assert (reference.tested * 5 == method.tested).all()


def test_scores_and_rows_count_the_same_answers(drawn):
    for name in (RANDOM, RIDGE):
        one = trainer(FAMILY, drawn, name)(range(2))
        assert one.correct.sum(axis=1) == pytest.approx(10 * one.scores.sum(axis=(1, 2)))
        assert (one.correct <= one.tested).all()
        assert one.scores.mean() > 0.5  # a third by chance


def test_results_do_not_depend_on_the_memory_at_hand(drawn, monkeypatch):
    train = trainer(FAMILY, drawn, RANDOM)
    whole = train(range(2))
    monkeypatch.setattr(fast_learners, "NUMBERS_AT_ONCE", 1)
    assert (train(range(2)).scores == whole.scores).all()
