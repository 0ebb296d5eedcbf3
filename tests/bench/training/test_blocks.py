"""A block of seeds becomes a list of trials, whichever trainer does it."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.training.blocks import Block, train_block, train_one, weight_column
from bench.training.executors import Pool
from bench.training.processes import ProcessPool
from bench.training.protocols import MOST_EPOCHS
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


@pytest.mark.parametrize("trainer", ["replicate", "keras"])
def test_every_seed_gives_a_trial_and_tells_its_epochs(trainer):
    block = Block("iris", "paper", "adaact", (5, 2), trainer, epochs=2)
    seen = []
    trials = list(train_block(block, seen.append))
    assert {trial.key for trial in trials} == set(block.keys)
    for trial in trials:
        assert (trial.trainer, trial.status, trial.epochs) == (trainer, "ok", 2)
        assert len(trial.history["val_loss"]) == len(trial.history["k0_1"]) == 2
        assert trial.scores["validation_accuracy"] == trial.scores["test_accuracy"]
    assert {seed: epochs for told in seen for seed, epochs in told.items()} == {5: 2, 2: 2}


def test_a_trial_is_handed_over_before_the_others_are_trained():
    epochs = []
    trials = train_block(Block("iris", "paper", "relu", (4, 6), "keras", epochs=2), epochs.append)
    assert next(trials).key.seed == 4
    assert epochs == [{4: 1}, {4: 2}]


def test_the_two_trainers_begin_alike():
    one, other = (
        next(train_block(Block("iris", "paper", "relu", (1,), trainer, epochs=1)))
        for trainer in ("replicate", "keras")
    )
    # Dropout draws from other streams; the first epoch of ten steps is little changed by it.
    assert one.scores["train_loss"] == pytest.approx(other.scores["train_loss"], rel=0.2)
    assert one.parameters == other.parameters


def test_held_out_measures_the_leak_and_the_test_curve():
    (trial,) = train_block(Block("iris", "held-out", "tanh", (0,), "replicate", epochs=2))
    assert 0 <= trial.scores["leaked_test_accuracy"] <= 1
    assert {"val_loss", "test_loss", "test_accuracy"} <= trial.history.keys()
    assert (trial.outcomes >= 0).sum() == 38


def test_one_trial_shown_is_the_trial_of_the_study(trial_contents):
    key = helpers.key("iris", "paper", "adaact", 3)
    model, fit, trial = train_one(key, None)
    assert trial_contents([trial]) == trial_contents(
        train_block(Block(*key[:3], (3,), "replicate"))
    )
    kept = fit.kept["validation"]
    assert trial.epochs <= MOST_EPOCHS
    for place, value in enumerate(kept.weights):
        curve = fit.history[weight_column(place)]
        assert curve.shape == (trial.epochs, *value.shape)
        assert_array_equal(curve[kept.best_epoch - 1], value)
        assert_array_equal(np.asarray(model.weights[place]), value)


def test_worker_processes_give_the_bits_of_one_process(trial_contents, run):
    blocks = [
        Block("iris", "paper", "adaact", seeds, "replicate", epochs=3) for seeds in ((0, 1), (2,))
    ]
    results = []
    for pool in (Pool(), ProcessPool(2)):
        ran = run(pool, blocks)
        pool.close()
        assert not any(outcome.reason for outcome in ran.outcomes.values())
        trials = [trial for block in blocks for trial in ran.results[block]]
        results.append(sorted(trials, key=lambda trial: trial.key))
    assert trial_contents(results[0]) == trial_contents(results[1])


def test_what_commands_import_does_not_import_tensorflow():
    modules = "bench.training.blocks, bench.training.processes, bench.training.protocols"
    program = f"import sys, bench.runner, {modules}; print('tensorflow' in sys.modules)"
    assert python(program).stdout == "False\n"


def test_tensorflow_is_imported_without_a_word_and_runs_on_one_thread():
    program = (
        "import bench.training.preload, tensorflow as tf;"
        "tf.config.list_physical_devices();"
        "print(tf.config.threading.get_intra_op_parallelism_threads())"
    )
    run = python(program)
    assert (run.stdout, run.stderr) == ("1\n", "")
