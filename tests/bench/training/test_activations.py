"""Every activation goes through the many-seeds trainer as it does through Keras' ``fit``."""

import warnings

import numpy as np
import pytest

from baselines import ACTIVATIONS, DEFAULT

OTHERS = [name for name in ACTIVATIONS if name not in DEFAULT]
QUICK = "rational"  # what it does to its weights no other one does


def same_training(paper, oracle, name):
    task = paper("iris", name, dropout=False, epochs=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a layer that can't be mapped
        fits = {fit.seed: fit for fit in task.fit((1, 5))}
    for seed, fit in fits.items():
        expected = oracle(task, seed)
        for column in ("loss", "val_loss"):
            np.testing.assert_allclose(fit.history[column], expected.history[column], rtol=2e-3)


def test_an_activation_with_weights_of_its_own_trains_as_with_keras(paper, oracle):
    same_training(paper, oracle, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_every_activation_trains_as_with_keras(paper, oracle, name):
    same_training(paper, oracle, name)
