"""From a trained seed to its trial; Keras' ``evaluate`` and scikit-learn are the oracles."""

from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import (
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    roc_auc_score,
)

from adaact import collapse
from bench.csv_columns import KNOWN
from bench.data import load
from bench.data.splits import Split, held_out_split
from bench.records import SHAPE_AT
from bench.training import networks
from bench.training.trainers.initial_values import seeded_model
from bench.training.trainers.training_task import Fit
from bench.training.trials import evaluate
from bench.training.trials.cells import Cell
from bench.training.trials.evaluate import Evaluator, kept_by, learned_scalars
from bench.training.trials.stopping import Kept
from tests import helpers

KEY = helpers.key("iris", "held-out", "adaact", 4)
CURVES = {"loss": np.array([2.0, 1.5, 1.0]), "val_loss": np.array([2.0, 1.0, 1.5])}


def network(name, activation, features=4, classes=3):
    build = partial(networks.build, name, activation, features, classes)
    return networks.compiled(build, "sgd", networks.loss(classes))


def iris_task(activation="adaact", *, standardise=True):
    """On inputs around 0 also untrained networks predict more than one class."""
    iris = load("iris")
    split = lambda seed: held_out_split(iris, seed)  # noqa: E731 - one expression
    return Cell(network("iris", activation), iris.x, iris.y, split, standardise=standardise)


def drawn(task, seed):
    """Weights that stand in for trained ones."""
    return seeded_model(task.build, seed).get_weights()


def fit(task, *parts, history=CURVES):
    """A seed whose rules kept weights drawn from other seeds."""
    kept = {part: Kept(3, 2 + n, drawn(task, 12 + 3 * n)) for n, part in enumerate(parts)}
    return fit_of(drawn(task, 4), history, kept)


def fit_of(initial, history, kept):
    return Fit(4, {}, "many-seeds", history, [], initial, [Rules(kept)])


@dataclass
class Rules:
    """Stand in for the cell's ``Stopping``."""

    by_part: dict[str, Kept]

    def kept(self):
        return self.by_part


def judged(task, *parts, classes=3, **options):
    trained = fit(task, *(parts or ["validation"]), **options)
    return trained, Evaluator(task, classes).trial(KEY, trained)


@pytest.mark.parametrize("standardise", [False, True])
def test_scores_are_those_of_keras_and_scikit_learn_on_the_seeds_rows(standardise):
    task = iris_task(standardise=standardise)
    trained, trial = judged(task)
    model, split = task.build(), task.split(4)
    model.set_weights(kept_by(trained)["validation"].weights)
    for part in ("train", "validation", "test"):
        rows = getattr(split, part)
        x, y = task.inputs(4, rows), task.y[rows]
        loss, accuracy = model.evaluate(x, y, verbose=0)
        assert_allclose(trial.scores[f"{part}_loss"], loss, rtol=1e-5)
        assert_allclose(trial.scores[f"{part}_accuracy"], accuracy, rtol=1e-6)
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    assert trial.scores["test_f1"] == pytest.approx(f1_score(y, predicted, average="weighted"))
    assert_array_equal(trial.outcomes[split.test], predicted == y)
    assert (np.delete(trial.outcomes, split.test) == -1).all()


def test_a_trial_says_what_was_asked_and_how_it_went():
    trained, trial = judged(iris_task())
    assert (trial.key, trial.trainer, trial.status, trial.reason) == (KEY, "many-seeds", "ok", "")
    assert (trial.epochs, trial.best_epoch) == (3, 2)
    assert trial.parameters["parameters"] == 2_503
    assert trial.history == {"loss": [2.0, 1.5, 1.0], "val_loss": [2.0, 1.0, 1.5]}
    assert "test_accuracy_stopped_on_test" not in trial.scores
    places = learned_scalars(Evaluator(iris_task(), 3).model)
    assert list(places) == ["k0_1", "k1_1", "k0_2", "k1_2"]
    for name, place in places.items():
        assert trial.coefficients[f"{name}_initial"] == trained.initial[place].item()
        assert trial.coefficients[name] == kept_by(trained)["validation"].weights[place].item()


def test_every_figure_of_a_trial_is_a_known_column():
    _, trial = judged(iris_task(), "validation", "test")
    figures = {*trial.scores, *trial.parameters, *trial.coefficients, *trial.history}
    assert figures <= KNOWN.keys()


def test_early_stopping_on_the_test_set_scores_the_weights_it_keeps():
    task = iris_task()
    trained, trial = judged(task, "validation", "test")
    _, plain = judged(task, "validation")
    swapped = fit_of(trained.initial, CURVES, {"validation": kept_by(trained)["test"]})
    expected = Evaluator(task, 3).trial(KEY, swapped).scores["test_accuracy"]
    assert trial.scores["test_accuracy_stopped_on_test"] == expected
    rest = {
        name: score
        for name, score in trial.scores.items()
        if name != "test_accuracy_stopped_on_test"
    }
    assert rest == plain.scores
    assert expected != plain.scores["test_accuracy"]  # else the wrong weights would do


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_makes_a_trial_without_numbers(value):
    curves = CURVES | {"loss": np.array([2.0, value, value])}
    _, trial = judged(iris_task(), history=curves)
    assert (trial.status, trial.reason) == ("diverged", "a loss is not finite")
    assert (trial.epochs, trial.best_epoch) == (3, 2)
    assert not trial.scores
    assert not trial.history
    assert not trial.outcomes.size


def test_a_network_that_predicts_one_class_is_flagged_and_keeps_its_accuracy():
    task = iris_task()
    evaluator, trained = Evaluator(task, 3), fit(task, "validation")
    assert not evaluator.trial(KEY, trained).constant
    kept_by(trained)["validation"].weights[-1][:] = [0, 1e6, 0]  # the output's bias
    trial = evaluator.trial(KEY, trained)
    assert (trial.constant, trial.status) == (True, "ok")
    assert trial.scores["test_accuracy"] == pytest.approx(np.mean(task.y[task.split(4).test] == 1))


@pytest.mark.parametrize("activation", ["adaact", "linear"])
@pytest.mark.parametrize("name", ["iris", "mnist", "banknote"])
def test_an_affine_network_equals_its_fold(name, activation):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 5)).astype("float32"), rng.integers(0, 2, 40)
    split = Split(np.arange(20), np.arange(20, 40), np.arange(20, 40))
    task = Cell(network(name, activation, 5, 2), x, y, split)
    _, trial = judged(task, classes=2)
    assert trial.scores["collapse_error"] < 1e-12
    assert trial.scores["collapse_flips"] == 0
    assert trial.scores["collapse_error"] < trial.scores["collapse_error_float32"] < 1e-5
    assert ("k0_1" in trial.coefficients) == (activation == "adaact")


def test_rows_are_taken_in_parts_without_changing_a_score(monkeypatch):
    _, whole = judged(iris_task())
    monkeypatch.setattr(evaluate, "FORWARD_ROWS", 7)
    _, parts = judged(iris_task())
    assert_array_equal(parts.outcomes, whole.outcomes)
    for name in ("train_accuracy", "train_loss", "test_loss", "test_f1"):
        assert parts.scores[name] == pytest.approx(whole.scores[name], rel=1e-6)


@pytest.mark.parametrize("classes", [2, 3])
def test_scores_of_probabilities_are_those_of_what_the_network_predicts(classes):
    x, y = np.random.default_rng(0).normal(size=(60, 4)).astype("float32"), np.arange(60) % classes
    split = Split(np.arange(30), np.arange(30, 40), np.arange(40, 60))
    task = Cell(network("own", "relu", 4, classes), x, y, split, standardise=True)
    trained, model = fit(task, "validation"), task.build()
    trial = Evaluator(task, classes).trial(KEY._replace(dataset="own"), trained)
    model.set_weights(kept_by(trained)["validation"].weights)
    said, truth = model.predict(task.inputs(4, split.test), verbose=0).astype(float), y[split.test]
    said = said[:, 0] if classes == 2 else said / said.sum(axis=1, keepdims=True)
    predicted = said > 0.5 if classes == 2 else said.argmax(axis=1)
    expected = {
        "test_roc_auc": roc_auc_score(truth, said, multi_class="ovr"),
        "test_brier": brier_score_loss(truth, said),
        "test_loss": log_loss(truth, said),
        "test_balanced_accuracy": balanced_accuracy_score(truth, predicted),
    }
    assert {name: trial.scores[name] for name in expected} == pytest.approx(expected, rel=1e-5)
    assert_array_equal(trial.outcomes[split.test], predicted == truth)


def test_an_affine_network_keeps_its_fold_and_another_learned_one_its_shape():
    task = iris_task()
    trained, trial = judged(task)
    fold = collapse(task.build(), kept_by(trained)["validation"].weights)
    assert list(trial.vectors) == ["fold_1", "fold_2", "fold_3"]
    assert_array_equal(trial.vectors["fold_2"], [*fold.W[:, 1], fold.b[1]])
    z = np.array(SHAPE_AT)
    _, trial = judged(iris_task("prelu"))
    assert_allclose(trial.vectors["g_1"], np.where(z > 0, z, 0.25 * z), rtol=1e-6)  # He et al.
    _, trial = judged(iris_task("relu"))
    assert not [name for name in trial.scores if name.startswith("collapse")]
    assert not trial.coefficients
    assert not trial.vectors


class Own(keras.layers.Layer):
    """Learns two scalars without a name, one with a name, and a vector."""

    def build(self, shape):
        self.one = self.add_weight(shape=(1,))
        self.other = self.add_weight(shape=())
        self.alpha = self.add_weight(shape=(1,), name="alpha")
        self.beta = self.add_weight(shape=shape[-1:], name="beta")

    def call(self, z):
        return z * self.one + self.other + self.alpha + self.beta


def test_scalars_have_the_same_columns_in_every_model_and_vectors_none():
    for _ in range(2):  # Keras counts the names of variables on
        layers = [keras.layers.Dense(3, name="first"), Own(name="hidden_7")]
        model = keras.Sequential([keras.Input((4,)), *layers])
        assert learned_scalars(model) == {"scalar1_7": 2, "scalar2_7": 3, "alpha_7": 4}


def test_a_tuning_trial_has_the_validation_scores_of_its_kept_epoch_alone():
    key, task = KEY._replace(protocol="held-out-tuning"), iris_task()
    history = CURVES | {"val_accuracy": np.array([0.25, 0.5, 0.75])}
    trial = Evaluator(task, 3).trial(key, fit(task, "validation", history=history))
    assert trial.status == "ok"
    assert trial.scores == {"validation_loss": 1.0, "validation_accuracy": 0.5}
    assert not trial.history
    assert not len(trial.outcomes)
    history["loss"] = np.array([2.0, np.inf, 1.0])
    trial = Evaluator(task, 3).trial(key, fit(task, "validation", history=history))
    assert (trial.status, trial.scores) == ("diverged", {})
