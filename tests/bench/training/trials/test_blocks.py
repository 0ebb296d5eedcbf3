"""A block of seeds becomes a list of trials, whichever trainer does it."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from bench.records import LEARNING_RATE, TrialKey
from bench.training.protocols import MOST_EPOCHS, PROTOCOLS
from bench.training.trainers.seeding import stream_of
from bench.training.trials.blocks import Block, _run, train_block, train_one, weight_column
from tests import helpers


def python(program):
    """Runs a program of a few statements in a process of its own."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_keras_has_a_folder_of_the_suites_own_and_the_backend_that_the_trainers_need():
    assert keras.config.backend() == "tensorflow"
    home = Path(os.environ["KERAS_HOME"])
    assert home.parts[-2:] == ("adaact-bench", "keras")
    assert (home / "keras.json").exists()  # written by Keras, and not into the user's home


@pytest.mark.parametrize("trainer", ["many-seeds", "keras"])
def test_every_seed_gives_a_trial_and_tells_its_epochs(trainer):
    block = helpers.block("iris", "paper", "adaact", (5, 2), trainer, epochs=2)
    seen = []
    trials = list(train_block(block, seen.append))
    assert {trial.key for trial in trials} == set(block.keys)
    for trial in trials:
        assert (trial.trainer, trial.status, trial.epochs) == (trainer, "ok", 2)
        assert len(trial.history["val_loss"]) == len(trial.history["k0_1"]) == 2
        assert trial.scores["validation_accuracy"] == trial.scores["test_accuracy"]
    assert {place: done for told in seen for place, done in told.items()} == {
        key.place: 2 for key in block.keys
    }


def unmappable(z):
    return z + 0 * tf.cast(tf.size(tf.unique(tf.reshape(z, [-1]))[0]), z.dtype)


def test_a_trial_names_the_trainer_that_trained_it():
    block = helpers.block("iris", "paper", f"{__name__}:unmappable", (5,), "many-seeds", epochs=1)
    with pytest.warns(UserWarning, match="hidden_1.*trained with Keras fit instead"):
        (trial,) = train_block(block)
    assert (trial.trainer, block.trainer) == ("keras", "many-seeds")


def test_held_out_measures_early_stopping_on_the_test_set():
    (trial,) = train_block(helpers.block("iris", "held-out", "tanh", (0,), "keras", epochs=2))
    assert 0 <= trial.scores["test_accuracy_stopped_on_test"] <= 1
    assert {"val_loss", "test_loss", "test_accuracy"} <= trial.history.keys()
    assert (trial.outcomes >= 0).sum() == 38
    # Those are for tables of somebody's own.
    assert not {"test_roc_auc", "test_brier", "test_balanced_accuracy"} & set(trial.scores)


def test_a_seed_is_another_one_in_every_split_and_a_rate_is_the_optimizers():
    pairs = [(split, seed) for split in (0, 1) for seed in (0, 1)]
    keys = [TrialKey("iris", "held-out", "adaact", *pair, LEARNING_RATE) for pair in pairs]
    slow = keys[0]._replace(learning_rate=1e-6)
    trials = {trial.key: trial for trial in train_block(Block((*keys, slow), "keras", epochs=1))}
    starts = {trial.coefficients["k0_1_initial"] for trial in trials.values()}
    assert len(starts) == 4
    tested = [(trials[key].outcomes >= 0).tobytes() for key in keys]
    assert tested[0] == tested[1] != tested[2] == tested[3]
    assert trials[slow].scores["train_loss"] > trials[keys[0]].scores["train_loss"]


def test_a_stream_does_not_depend_on_activation_protocol_or_learning_rate():
    streams = [
        _run(TrialKey("iris", protocol, activation, 3, 2, rate))[0]
        for protocol in ("held-out", "held-out-scaled")
        for activation in ("adaact", "relu")
        for rate in (0.001, 0.1)
    ]
    assert {(stream, stream.split) for stream in streams} == {(stream_of("iris", 3, 2, 0), 3)}
    papers = [_run(helpers.key("iris", name, seed=7))[0] for name in ("paper", "paper-clean")]
    assert papers == [7, 7]


def test_the_papers_split_keeps_the_papers_cap_and_others_take_any():
    assert PROTOCOLS["paper"].most_epochs(50, 80) == 50
    assert PROTOCOLS["held-out-scaled"].most_epochs(50, 80) == 80
    assert PROTOCOLS["held-out"].most_epochs(50, 3) == PROTOCOLS["paper"].most_epochs(50, 3) == 3
    assert PROTOCOLS["held-out"].most_epochs(50, None) == 50


def test_one_trial_shown_is_the_trial_of_the_study(trial_contents):
    key = helpers.key("iris", "paper", "adaact", 3)
    model, fit, trial = train_one(key, None)
    assert trial_contents([trial]) == trial_contents(
        train_block(helpers.block(*key[:3], (3,), "many-seeds"))
    )
    kept = fit.callbacks[0].kept()["validation"]
    assert trial.epochs <= MOST_EPOCHS
    for place, value in enumerate(kept.weights):
        curve = fit.history[weight_column(place)]
        assert np.shape(curve) == (trial.epochs, *value.shape)
        assert_array_equal(curve[kept.best_epoch - 1], value)
        assert_array_equal(np.asarray(model.weights[place]), value)


def test_what_commands_import_does_not_import_tensorflow():
    modules = (
        "bench.training.trials.blocks, bench.training.pools.process_pool, bench.training.protocols"
    )
    program = f"import sys, bench.runner, {modules}; print('tensorflow' in sys.modules)"
    assert python(program).stdout == "False\n"


def test_tensorflow_is_imported_without_a_word_and_runs_on_one_thread():
    program = (
        "import bench.training.pools.preload, tensorflow as tf;"
        "tf.config.list_physical_devices();"
        "print(tf.config.threading.get_intra_op_parallelism_threads())"
    )
    run = python(program)
    assert (run.stdout, run.stderr) == ("1\n", "")
