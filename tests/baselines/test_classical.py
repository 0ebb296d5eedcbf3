"""The figures are PAPER's: scikit-learn on the paper's own splits."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy import special
from sklearn.datasets import load_iris
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from baselines.classical import converged, logistic_regression


def paper_split(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    return train_test_split(x.astype(np.float32), y, test_size=0.25, random_state=42)


@pytest.fixture
def iris() -> list[np.ndarray]:
    return paper_split(*load_iris(return_X_y=True))


@pytest.fixture
def banknote() -> list[np.ndarray]:
    path = Path(os.environ.get("ADAACT_DATA_DIR", "")) / "banknote_authentication.csv"
    if not path.is_file():
        pytest.skip("no banknote_authentication.csv in ADAACT_DATA_DIR")
    table = np.loadtxt(path, delimiter=",")
    return paper_split(table[:, :4], table[:, 4].astype(np.int64))


def accuracies(split: list[np.ndarray], *, penalised: bool) -> tuple[float, float]:
    x_train, x_test, y_train, y_test = split
    estimator = logistic_regression(x_train, y_train, penalised=penalised)
    assert converged(estimator)
    return (
        round(estimator.score(x_train, y_train), 4),
        round(estimator.score(x_test, y_test), 4),
    )


@pytest.mark.parametrize(("penalised", "expected"), [(True, (0.9643, 1)), (False, (0.9821, 1))])
def test_reaches_the_known_figures_on_iris(
    iris: list[np.ndarray], penalised: bool, expected: tuple[float, float]
) -> None:
    assert accuracies(iris, penalised=penalised) == expected


@pytest.mark.data
@pytest.mark.parametrize(
    ("penalised", "expected"), [(True, (0.9913, 0.9883)), (False, (0.9922, 0.9883))]
)
def test_reaches_the_known_figures_on_bank_note(
    banknote: list[np.ndarray], penalised: bool, expected: tuple[float, float]
) -> None:
    assert accuracies(banknote, penalised=penalised) == expected


def test_unpenalised_fit_stands_where_the_likelihood_has_no_slope(iris: list[np.ndarray]) -> None:
    x_train, _, y_train, _ = iris
    x_train = x_train.astype(np.float64)
    estimator = logistic_regression(x_train, y_train, penalised=False)
    errors = special.softmax(estimator.decision_function(x_train), axis=1) - np.eye(3)[y_train]

    assert abs(errors.T @ x_train / len(x_train)).max() < 1e-7
    assert abs(errors.mean(axis=0)).max() < 1e-7


def test_unpenalised_fit_has_the_higher_training_likelihood(iris: list[np.ndarray]) -> None:
    x_train, _, y_train, _ = iris
    free, penalised = (
        log_loss(y_train, logistic_regression(x_train, y_train, penalised=p).predict_proba(x_train))
        for p in (False, True)
    )

    assert free < penalised


def test_a_fit_cut_short_says_so_without_a_warning(iris: list[np.ndarray]) -> None:
    x_train, _, y_train, _ = iris

    assert not converged(logistic_regression(x_train, y_train, penalised=False, max_iter=3))
