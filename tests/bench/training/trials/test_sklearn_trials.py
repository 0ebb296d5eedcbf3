"""Fits on the networks' own rows; scikit-learn and SciPy are the oracles, the figures PAPER's."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from baselines import CLASSICAL
from baselines.sklearn_models import logistic_regression
from bench.data import DATASETS, Budget, DataMissing, load, locate
from bench.data.splits import held_out_split, paper_split
from bench.data.tables import bundled
from bench.training.trials.sklearn_trials import fit, mean_loss, models
from tests import helpers

L2, FREE = "logistic-regression", "logistic-regression-unpenalised"


def fitted(name, protocol, model, split=0):
    return fit(load(name), helpers.key(name, protocol, model, split=split))


def test_a_large_set_goes_without_boosting():
    assert models("iris") == CLASSICAL
    assert set(CLASSICAL) - set(models("mnist")) == {"gradient-boosting"}


@pytest.mark.parametrize(
    ("name", "penalty", "expected"),
    [
        ("iris", L2, (0.9643, 1)),
        ("iris", FREE, (0.9821, 1)),
        pytest.param("banknote", L2, (0.9913, 0.9883), marks=pytest.mark.data),
        pytest.param("banknote", FREE, (0.9922, 0.9883), marks=pytest.mark.data),
    ],
)
def test_the_known_figures_come_out(name, penalty, expected):
    try:
        locate(name, download=False)
    except DataMissing as missing:
        pytest.skip(str(missing))
    trial = fitted(name, "paper", penalty)
    assert (trial.trainer, trial.status, trial.reason) == ("scikit-learn", "ok", "")
    found = trial.scores["train_accuracy"], trial.scores["test_accuracy"]
    assert tuple(round(score, 4) for score in found) == expected


@pytest.mark.parametrize("protocol", ["held-out", "held-out-scaled"])
def test_scores_are_those_of_scikit_learn_on_the_rows_of_the_seed(protocol):
    iris, split = load("iris"), held_out_split(load("iris"), 5)
    x, y = iris.x.astype(np.float64), iris.y
    scaler = StandardScaler() if protocol == "held-out-scaled" else None
    oracle = make_pipeline(scaler, LogisticRegression(tol=1e-8, max_iter=10_000))
    oracle.fit(x[split.train], y[split.train])
    predicted = oracle.predict(x[split.test])
    trial = fitted("iris", protocol, L2, split=5)
    assert trial.scores["train_accuracy"] == oracle.score(x[split.train], y[split.train])
    assert trial.scores["test_accuracy"] == oracle.score(x[split.test], y[split.test])
    assert trial.scores["test_f1"] == pytest.approx(
        f1_score(y[split.test], predicted, average="weighted")
    )
    assert np.array_equal(trial.outcomes[split.test], predicted == y[split.test])
    assert (trial.test_rows, trial.other_rows) == (38, 112)
    for part in ("train", "test"):
        rows = getattr(split, part)
        # The inputs are scaled in float32, and the solver stops at a small slope.
        expected = log_loss(y[rows], oracle.predict_proba(x[rows]))
        assert trial.scores[f"{part}_loss"] == pytest.approx(expected, abs=1e-4)


def test_without_a_penalty_the_training_loss_is_the_smaller_and_the_same_on_scaled_inputs():
    protocols = ("held-out", "held-out-scaled")
    free, scaled = (fitted("iris", name, FREE).scores["train_loss"] for name in protocols)
    assert free < fitted("iris", "held-out", L2).scores["train_loss"]
    assert scaled == pytest.approx(free, abs=1e-6)


def test_the_unpenalised_fit_stands_where_the_likelihood_has_no_slope():
    iris = load("iris")
    rows = paper_split(iris).train
    x, y = iris.x[rows].astype(np.float64), iris.y[rows]
    estimator = logistic_regression(x, y, penalised=False)
    errors = softmax(estimator.decision_function(x), axis=1) - np.eye(3)[y]
    assert abs(errors.T @ x / len(x)).max() < 1e-7
    assert abs(errors.mean(axis=0)).max() < 1e-7


@pytest.mark.parametrize("name", ["iris", "breast_cancer"])
def test_the_majority_class_is_right_as_often_as_it_is_there(name):
    dataset = load("iris") if name == "iris" else bundled(name).dataset
    trial = fit(dataset, helpers.key(dataset.name, "held-out", "majority-class", split=2))
    split = held_out_split(dataset, 2)
    counts = np.bincount(dataset.y[split.train])
    assert trial.constant
    assert trial.scores["test_accuracy"] == np.mean(dataset.y[split.test] == counts.argmax())
    shares = counts / counts.sum()
    assert trial.scores["train_loss"] == pytest.approx(-(shares * np.log(shares)).sum())


def test_boosted_trees_are_those_of_scikit_learn():
    trial, iris = fitted("iris", "held-out", "gradient-boosting", 3), load("iris")
    split = held_out_split(iris, 3)
    oracle = HistGradientBoostingClassifier().fit(iris.x[split.train], iris.y[split.train])
    assert trial.scores["test_accuracy"] == oracle.score(iris.x[split.test], iris.y[split.test])


def test_a_fit_cut_short_says_so(monkeypatch):
    monkeypatch.setitem(DATASETS, "iris", replace(DATASETS["iris"], budget=Budget(iterations=3)))
    trial = fitted("iris", "paper", FREE)
    assert (trial.status, trial.reason) == ("ok", "not converged in 3 iterations")


def test_the_loss_is_the_mean_cross_entropy_in_nats():
    rng = np.random.default_rng(0)
    logits, y = rng.normal(size=(20, 3)), rng.integers(0, 3, 20)
    assert mean_loss(logits, y) == pytest.approx(log_loss(y, softmax(logits, axis=1)), rel=1e-12)
    one = logits[:, 0]
    expected = log_loss(y > 0, 1 / (1 + np.exp(-one)))
    assert mean_loss(one, (y > 0).astype(int)) == pytest.approx(expected, rel=1e-12)


def test_a_row_confidently_wrong_keeps_its_loss():
    assert mean_loss(np.array([-2000.0]), np.array([1])) == 2000.0
