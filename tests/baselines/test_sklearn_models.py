"""The figures are PAPER's: scikit-learn on the paper's own splits."""

import numpy as np
import pytest
from scipy import special
from sklearn.metrics import log_loss

import bench.data
from baselines.sklearn_models import converged, logistic_regression
from bench.data.splits import paper_split


def rows(name):
    """Inputs and classes of the training rows, then of the test rows."""
    dataset = bench.data.load(name)
    split = paper_split(dataset)
    return [(dataset.x[part], dataset.y[part]) for part in (split.train, split.test)]


@pytest.fixture
def iris():
    return rows("iris")[0]


@pytest.mark.parametrize(
    ("name", "sizes", "penalised", "expected"),
    [
        ("iris", (112, 38), True, (0.9643, 1)),
        ("iris", (112, 38), False, (0.9821, 1)),
        pytest.param("banknote", (1029, 343), True, (0.9913, 0.9883), marks=pytest.mark.data),
        pytest.param("banknote", (1029, 343), False, (0.9922, 0.9883), marks=pytest.mark.data),
    ],
)
def test_reaches_the_known_scores(name, sizes, penalised, expected):
    train, test = rows(name)
    estimator = logistic_regression(*train, penalised=penalised)
    assert converged(estimator)
    assert (len(train[0]), len(test[0])) == sizes
    assert (round(estimator.score(*train), 4), round(estimator.score(*test), 4)) == expected


def test_unpenalised_fit_stands_where_the_likelihood_has_no_slope(iris):
    x_train, y_train = iris
    x_train = x_train.astype(np.float64)
    estimator = logistic_regression(x_train, y_train, penalised=False)
    errors = special.softmax(estimator.decision_function(x_train), axis=1) - np.eye(3)[y_train]

    assert abs(errors.T @ x_train / len(x_train)).max() < 1e-7
    assert abs(errors.mean(axis=0)).max() < 1e-7


def test_unpenalised_fit_has_the_higher_training_likelihood(iris):
    x_train, y_train = iris
    free, penalised = (
        log_loss(y_train, logistic_regression(x_train, y_train, penalised=p).predict_proba(x_train))
        for p in (False, True)
    )

    assert free < penalised


def test_a_fit_cut_short_says_so_without_a_warning(iris):
    x_train, y_train = iris

    assert not converged(logistic_regression(x_train, y_train, penalised=False, max_iter=3))
