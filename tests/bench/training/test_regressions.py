"""Fits on the networks' own rows; scikit-learn and SciPy are the oracles, the figures PAPER's."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.data import DATASETS, Budget, DataMissing, load, locate
from bench.data.splits import held_out_split
from bench.records import CeilingKey
from bench.training.regressions import ALL_SEEDS, fit, keys, mean_loss


def test_one_split_for_all_seeds_has_one_fit_a_penalty():
    assert keys("iris", "paper", range(100)) == [
        CeilingKey("iris", "paper", -1, "l2"),
        CeilingKey("iris", "paper", -1, "none"),
    ]
    assert keys("mnist", "paper", range(40)) == keys("mnist", "paper", [7])


def test_a_split_a_seed_has_fits_of_its_own_unless_they_are_too_dear():
    assert [key.seed for key in keys("banknote", "held-out", (3, 8))] == [3, 3, 8, 8]
    assert keys("mnist", "held-out", range(40)) == []


def paper_accuracies(name, penalty):
    ceiling = fit(load(name), CeilingKey(name, "paper", ALL_SEEDS, penalty))
    assert ceiling.converged
    return round(ceiling.train_accuracy, 4), round(ceiling.test_accuracy, 4)


@pytest.mark.parametrize(("penalty", "expected"), [("l2", (0.9643, 1)), ("none", (0.9821, 1))])
def test_the_known_figures_come_out_on_iris(penalty, expected):
    assert paper_accuracies("iris", penalty) == expected


@pytest.mark.data
@pytest.mark.parametrize(
    ("penalty", "expected"), [("l2", (0.9913, 0.9883)), ("none", (0.9922, 0.9883))]
)
def test_the_known_figures_come_out_on_bank_note(penalty, expected):
    try:
        locate("banknote", download=False)
    except DataMissing as missing:
        pytest.skip(str(missing))
    assert paper_accuracies("banknote", penalty) == expected


@pytest.mark.parametrize("protocol", ["held-out", "held-out-scaled"])
def test_scores_are_those_of_scikit_learn_on_the_rows_of_the_seed(protocol):
    iris, split = load("iris"), held_out_split(load("iris"), 5)
    x, y = iris.x.astype(np.float64), iris.y
    scaler = StandardScaler() if protocol == "held-out-scaled" else None
    oracle = make_pipeline(scaler, LogisticRegression(tol=1e-8, max_iter=10_000))
    oracle.fit(x[split.train], y[split.train])
    predicted = oracle.predict(x[split.test])
    ceiling = fit(iris, CeilingKey("iris", protocol, 5, "l2"))
    assert ceiling.train_accuracy == oracle.score(x[split.train], y[split.train])
    assert ceiling.test_accuracy == oracle.score(x[split.test], y[split.test])
    assert ceiling.test_f1 == f1_score(y[split.test], predicted, average="weighted")
    for rows, loss in ((split.train, ceiling.train_loss), (split.test, ceiling.test_loss)):
        # The inputs are scaled in float32, and the solver stops at a small slope.
        assert loss == pytest.approx(log_loss(y[rows], oracle.predict_proba(x[rows])), abs=1e-4)


def test_without_a_penalty_the_training_loss_is_the_smaller_and_the_same_on_scaled_inputs():
    free, scaled = (
        fit(load("iris"), CeilingKey("iris", protocol, 0, "none"))
        for protocol in ("held-out", "held-out-scaled")
    )
    assert free.train_loss < fit(load("iris"), CeilingKey("iris", "held-out", 0, "l2")).train_loss
    assert scaled.train_loss == pytest.approx(free.train_loss, abs=1e-6)


def test_the_same_fit_has_the_same_bits():
    key = CeilingKey("iris", "held-out", 1, "l2")
    assert fit(load("iris"), key) == fit(load("iris"), key)


def test_a_fit_cut_short_says_so(monkeypatch):
    monkeypatch.setitem(DATASETS, "iris", replace(DATASETS["iris"], budget=Budget(iterations=3)))
    ceiling = fit(load("iris"), CeilingKey("iris", "paper", ALL_SEEDS, "none"))
    assert (ceiling.iterations, ceiling.converged) == (3, False)


def test_the_loss_is_the_mean_cross_entropy_in_nats():
    rng = np.random.default_rng(0)
    logits, y = rng.normal(size=(20, 3)), rng.integers(0, 3, 20)
    assert mean_loss(logits, y) == pytest.approx(log_loss(y, softmax(logits, axis=1)), rel=1e-12)
    one = logits[:, 0]
    expected = log_loss(y > 0, 1 / (1 + np.exp(-one)))
    assert mean_loss(one, (y > 0).astype(int)) == pytest.approx(expected, rel=1e-12)


def test_a_row_confidently_wrong_keeps_its_loss():
    assert mean_loss(np.array([-2000.0]), np.array([1])) == 2000.0


def test_tensorflow_is_not_imported():
    program = "import sys, bench.training.regressions; print('tensorflow' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"
