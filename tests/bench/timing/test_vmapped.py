"""The trainer in JAX trains as the many-seeds trainer does: a comparison of the two is fair."""

from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest

from baselines.layers import hidden_layer
from bench.data.splits import Split
from bench.training import networks
from bench.training.trials.cells import Cell

COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")
SEEDS = (3, 4)


@pytest.fixture
def task():
    random = np.random.default_rng(0)
    y = np.arange(128) % 4
    x = (random.normal(size=(4, 6))[y] + random.normal(0, 0.7, (128, 6))).astype(np.float32)
    split = Split(np.arange(96), np.arange(96, 128), np.arange(96, 128))
    build = partial(networks.mnist, partial(hidden_layer, "adaact"), 6, 4)
    return Cell(networks.compiled(build, "rmsprop", networks.loss(4)), x, y, split, epochs=3)


@pytest.mark.skipif(find_spec("jax") is None, reason="the extra `jax` is not installed")
def test_losses_and_accuracies_agree_to_rounding(task, monkeypatch):
    fits = {fit.seed: fit.history for fit in task.fit(SEEDS)}
    monkeypatch.delenv("XLA_FLAGS", raising=False)  # TensorFlow has read its own; JAX ends at them
    from bench.timing.vmapped import Vmapped

    trainer = Vmapped(task, SEEDS)
    epochs = [trainer.epoch() for _ in range(3)]
    for place, seed in enumerate(SEEDS):
        for column in COLUMNS:
            theirs = [epoch[column][place] for epoch in epochs]
            np.testing.assert_allclose(theirs, fits[seed][column], rtol=1e-4)
