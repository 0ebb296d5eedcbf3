"""A model from a file outside the project: tried, refused with its reason, trained as it is."""

import sys

import keras
import numpy as np
import pytest

from bench.data import Dataset, tables
from bench.errors import UserError
from bench.records import LEARNING_RATE, NO_RATE, TrialKey
from bench.training import own_model
from bench.training.trials import blocks
from bench.training.trials.blocks import Block, train_block

OWN = """
import keras
from keras.layers import Dense, Lambda, Softmax

def sequential(input_shape, *layers):
    return keras.Sequential([keras.Input(input_shape), *layers])

def last(units):
    return Dense(units, "sigmoid" if units == 1 else "softmax", name="output")

def small(input_shape, units):
    hidden = Dense(6, "relu", kernel_initializer="glorot_normal", name="hidden_1")
    return sequential(input_shape, hidden, last(units))

def with_loss(model, optimizer, loss):
    model.compile(optimizer, loss)
    return model

def compiled(input_shape, units):
    loss = "mse" if units == 1 else keras.losses.SparseCategoricalCrossentropy()
    return with_loss(small(input_shape, units), keras.optimizers.SGD(0.5, momentum=0.9), loss)

class Sub(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.dense = last(units)

    def call(self, x):
        return self.dense(x)

noise = lambda z: z + keras.random.normal((4,))
subclass = lambda input_shape, units: Sub(units)
unbuilt = lambda input_shape, units: keras.Sequential(small(input_shape, units).layers)
logits = lambda input_shape, units: sequential(input_shape, Dense(units))
wide = lambda input_shape, units: small(input_shape, units + 1)
empty = lambda input_shape, units: sequential(input_shape, Softmax())
one_hot = lambda *shape: with_loss(small(*shape), "adam", "categorical_crossentropy")
layer = lambda input_shape, units: Dense(units)
noisy = lambda input_shape, units: sequential(input_shape, Lambda(noise), last(units))
def no_units(input_shape):
    return small(input_shape, 3)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's working folder."""
    (tmp_path / "own_models.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_models", raising=False)
    blocks._cell.cache_clear()
    return tmp_path


def table(classes):
    """A data set of 60 rows that a network learns."""
    y = np.arange(60) % classes
    x = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    x[:, 0] += 3 * y
    names = tuple(map(str, range(classes)))
    return Dataset(f"own{classes}", x, y, classes, tuple("abcd"), names)


@pytest.mark.parametrize(
    ("name", "classes"), [("small", 2), ("compiled", 3), ("subclass", 2), ("unbuilt", 3)]
)
def test_what_can_be_trained_passes(name, classes):
    own_model.check(f"own_models:{name}", table(classes))


REFUSED = {
    "logits": "expected probabilities, as of a softmax. Received: ",
    "wide": r"expected shapes \(None, 4\) to \(None, 3\). Received: \(None, 4\) to \(None, 4\)",
    "empty": "Expected the build function to return a model with weights",
    "one_hot": "expected a loss that takes integer classes|ValueError",
    "layer": "TypeError: expected a keras.Model. Received: Dense",
    "no_units": r"TypeError: no_units\(\) takes 1 positional argument but 2 were given",
    "noisy": "draws random numbers that are not the seed's",
    "absent": "AttributeError: .*has no attribute 'absent'",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_trained_is_refused_with_its_reason(name):
    own = f"own_models:{name}"
    with pytest.raises(UserError, match=f"^--models: {own}: .*({REFUSED[name]})") as error:
        own_model.check(own, table(3))
    assert "\n" not in str(error.value)


def trained(folder, name, classes, trainer="many-seeds", **fields):
    """The trials of two seeds on one split."""
    tables.save(table(classes), folder)
    rate = NO_RATE if fields.get("model") else LEARNING_RATE
    cell = f"own{classes}", "held-out-scaled", name
    keys = tuple(TrialKey(*cell, 0, seed, rate) for seed in range(2))
    block = Block(keys, trainer, epochs=2, data_dir=folder, **fields)
    return sorted(train_block(block), key=lambda trial: trial.key)


def test_the_suites_own_network_as_a_model_gives_its_bits(folder):
    model = trained(folder, "own_models:small", 3, model=True)
    usual = trained(folder, "relu", 3, hidden=(6,))
    assert [trial.scores for trial in model] == [trial.scores for trial in usual]
    assert [trial.key.learning_rate for trial in model] == [NO_RATE] * 2


@pytest.mark.parametrize("classes", [pytest.param(2, marks=pytest.mark.slow), 3])
def test_a_compiled_model_keeps_its_optimizer_and_loss(folder, classes):
    mapped, fitted = (
        trained(folder, "own_models:compiled", classes, trainer, model=True)
        for trainer in ("many-seeds", "keras")
    )
    for one, other in zip(mapped, fitted, strict=True):
        np.testing.assert_allclose(one.history["loss"], other.history["loss"], rtol=1e-4)
        assert one.scores == pytest.approx(other.scores, rel=1e-4)
    cell, _ = blocks._cell(Block((mapped[0].key,), "keras", data_dir=folder, model=True))
    model = cell.build()
    assert model.optimizer.get_config()["momentum"] == 0.9
    assert isinstance(model.loss, str if classes == 2 else keras.losses.Loss)
