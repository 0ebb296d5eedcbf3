"""The many-seeds trainer is the training that Keras' ``fit`` does."""

import warnings
from dataclasses import replace

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from baselines import ACTIVATIONS, DEFAULT
from bench.data.splits import Split
from bench.training.trainers import many_seeds
from bench.training.trainers.initial_values import seeded_model
from bench.training.trials.evaluate import kept_by
from bench.training.trials.stopping import PREFIX

SEEDS = {"banknote": 6, "mnist": 6, "iris": 7}  # under which every rule fires early
FEW = 360  # rows of MNIST: 11 full batches and a short one
CANCELLED = ("hidden_1/bias", "hidden_1/k0")
"""BatchNormalization cancels what is added right before it: the gradient is rounding noise."""


def cells(activations, *quick):
    """The network for Iris with each activation, others with five; not named ones are slow."""
    return [
        pytest.param(
            name,
            activation,
            marks=[pytest.mark.data] * (name != "iris")
            + [pytest.mark.slow] * (not {activation, f"{name}-{activation}"} & set(quick)),
        )
        for name in ("banknote", "mnist", "iris")
        for activation in (activations if name == "iris" else DEFAULT)
    ]


@pytest.mark.parametrize(("name", "activation"), cells(DEFAULT, "adaact"))
def test_in_float64_both_trainers_are_keras_fit_with_early_stopping(
    float64, oracle, paper, name, activation
):
    """On Iris two rules stop and keep as two runs of Keras would."""
    settings = {"dtype": "float64", "dropout": False, "wrong": True, "epochs": 40}
    task, seed = paper(name, activation, most=FEW, **settings), SEEDS[name]
    expected = {part: oracle(task, seed, part) for part in task.monitors}
    lengths = {run.epochs for run in expected.values()}
    assert len(lengths) == len(task.monitors)  # else one rule would do
    variables = task.build().weights
    for trainer, tolerance in (("many-seeds", 1e-9), ("keras", 1e-12)):
        (fit,) = task.fit([seed], trainer=trainer)
        assert len(fit.history["loss"]) == max(lengths)
        for part, run in expected.items():
            assert 1 < run.best_epoch < run.epochs < 40  # else it shows nothing
            kept, prefix = kept_by(fit)[part], PREFIX[part]
            assert (kept.epochs, kept.best_epoch) == (run.epochs, run.best_epoch)
            pairs = [("loss", "loss"), ("accuracy", "accuracy")]
            pairs += [(f"{prefix}_{name}", f"val_{name}") for name, _ in pairs]
            for column, theirs in pairs:
                own = fit.history[column][: run.epochs]
                assert_allclose(own, run.history[theirs], rtol=tolerance)
            for variable, ours, theirs in zip(variables, kept.weights, run.weights, strict=True):
                if name == "mnist" and trainer != "keras" and variable.path.endswith(CANCELLED):
                    continue
                assert_allclose(ours, theirs, rtol=tolerance, atol=1e-12, err_msg=variable.path)


@pytest.mark.parametrize(("name", "activation"), cells(ACTIVATIONS, "iris-rational"))
def test_in_float32_losses_are_those_of_keras_fit(oracle, paper, name, activation):
    epochs = {"mnist": 7}.get(name, 5)  # MNIST: 84 steps
    task = paper(name, activation, most=FEW, dropout=False, epochs=epochs, patience=None)
    expected = oracle(task, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a layer that can't be mapped
        fit = next(fit for fit in task.fit((1, 5)) if fit.seed == 5)
    for column in ("loss", "val_loss"):
        assert len(fit.history[column]) == epochs
        rtol = 1e-4 if activation in DEFAULT else 2e-3
        assert_allclose(fit.history[column], expected.history[column], rtol=rtol)


def test_every_seed_comes_once_and_starts_from_its_own_weights(iris_task, one_layer):
    task = iris_task(one_layer, epochs=2)
    seen = []
    fits = list(task.fit([4, 2, 9], lanes=2, on_epoch=seen.append))
    assert sorted(fit.seed for fit in fits) == [2, 4, 9]
    assert seen == [{0: 1, 1: 1}, {0: 2, 1: 2}, {2: 1}, {2: 2}]
    for fit in fits:
        for value, expected in zip(
            fit.initial, seeded_model(task.build, fit.seed).get_weights(), strict=True
        ):
            assert_array_equal(value, expected)


def test_no_seeds_give_no_fits(iris_task, one_layer):
    assert list(iris_task(one_layer).fit([])) == []


def test_without_patience_all_epochs_run_are_recorded_and_the_best_one_is_kept(
    iris_task, one_layer
):
    (fit,) = iris_task(one_layer, epochs=4, patience=None).fit([3], record={"b": 1})
    kept = kept_by(fit)["validation"]
    assert kept.epochs == len(fit.history["val_loss"]) == 4
    assert kept.best_epoch == np.argmin(fit.history["val_loss"]) + 1
    assert np.shape(fit.history["b"]) == (4, 3)
    assert_array_equal(fit.history["b"][kept.best_epoch - 1], kept.weights[1])


RATES = (1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 7e-3, 1e-2, 2e-2, 3e-2, 5e-2, 1e-1)


def rated(fits):
    """Of fits, by seed and learning rate, what ``==`` compares to the last bit."""
    return {
        (fit.seed, fit.settings["learning_rate"]): {
            name: np.asarray(values).tobytes() for name, values in fit.history.items()
        }
        | {place: value.tobytes() for place, value in enumerate(kept_by(fit)["validation"].weights)}
        for fit in fits
    }


@pytest.mark.parametrize("optimizer", ["adam", pytest.param("rmsprop", marks=pytest.mark.slow)])
def test_twelve_learning_rates_share_one_loop_and_equal_twelve_calls(
    iris_task, one_layer, optimizer, monkeypatch
):
    made, compiled = [], many_seeds.compiled
    monkeypatch.setattr(many_seeds, "compiled", lambda task: made.append(task) or compiled(task))
    task = iris_task(one_layer, optimizer=optimizer, epochs=3)
    settings = [{"learning_rate": rate} for rate in RATES]
    together = rated(task.fit([3, 5], settings=settings))
    assert (len(together), len(made)) == (24, 1)
    for one in settings:
        alone = rated(task.fit([3, 5], settings=[one]))
        assert alone == {key: together[key] for key in alone}


def test_a_learning_rate_is_the_optimizers(iris_task, one_layer, oracle):
    task = iris_task(one_layer, optimizer="adam", epochs=3)
    expected = oracle(iris_task(one_layer, optimizer=keras.optimizers.Adam(0.02), epochs=3), 3)
    (fit,) = task.fit([(3, {"learning_rate": 0.02})], trainer="keras")
    assert_allclose(fit.history["loss"], expected.history["loss"], rtol=1e-5)


def test_settings_that_are_compiled_in_are_grouped(iris_task, one_layer, contents):
    task = iris_task(one_layer, epochs=2)
    settings = [{"batch_size": 16}, {"batch_size": 32, "learning_rate": 0.1}, {"batch_size": 16}]
    seen = []
    fits = list(task.fit([0], settings=settings, on_epoch=seen.append))
    assert [fit.settings for fit in fits] == [settings[0], settings[2], settings[1]]
    assert seen[0] == {0: 1, 2: 1}
    for fit in fits:
        (alone,) = task.fit([(0, fit.settings)])
        assert contents([fit]) == contents([alone])


def ragged(task, sizes):
    """Training rows in these numbers by seed, and validation rows that vary too."""

    def split(seed):
        rows = np.arange(sizes[seed])
        return Split(rows, np.arange(112, 112 + 20 + seed), np.arange(140, 150))

    return replace(task, splits=split, ragged=True)


def test_splits_of_unequal_size_give_the_losses_of_keras_fit(float64, iris_task, one_layer, oracle):
    sizes = {0: 70, 1: 54}  # of which 6 are left over
    task = ragged(iris_task(one_layer, optimizer="adam", epochs=3, batch_size=16), sizes)
    fits = list(task.fit(list(sizes)))
    assert sorted(fit.seed for fit in fits) == list(sizes)
    for fit in fits:
        expected = oracle(task, fit.seed)
        for column in ("loss", "val_loss", "accuracy", "val_accuracy"):
            assert_allclose(fit.history[column], expected.history[column], rtol=1e-9)


def test_splits_of_unequal_size_do_not_touch_other_seeds(iris_task, one_layer, contents):
    sizes = dict(enumerate([112, 16, 70, 54]))
    task = ragged(iris_task(one_layer, optimizer="adam", epochs=3, batch_size=16), sizes)
    together = contents(task.fit(list(sizes)))
    for seed in (1, 3):  # of each size of the last batch, one that takes fewer steps than another
        assert contents(task.fit([seed])) == {seed: together[seed]}


def test_unequal_sizes_that_were_not_announced_are_refused(iris_task, one_layer):
    task = replace(ragged(iris_task(one_layer), {0: 64, 1: 80}), ragged=False)
    with pytest.raises(ValueError, match=r"as many train rows.*from 64 to 80.*ragged=True"):
        list(task.fit([0, 1]))
