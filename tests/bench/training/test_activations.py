"""Every activation goes through the many-seeds trainer as it does through Keras' ``fit``."""

import warnings

import numpy as np
import pytest

from baselines import ACTIVATIONS, DEFAULT

OTHERS = [name for name in ACTIVATIONS if name not in DEFAULT]
QUICK = "rational"  # what it does to its weights no other one does


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name != QUICK)) for name in OTHERS]
)
def test_every_activation_trains_as_with_keras(paper, oracle, name):
    task = paper("iris", name, dropout=False, epochs=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a layer that can't be mapped
        fit = next(fit for fit in task.fit((1, 5)) if fit.seed == 5)
    expected = oracle(task, 5)
    for column in ("loss", "val_loss"):
        np.testing.assert_allclose(fit.history[column], expected.history[column], rtol=2e-3)
