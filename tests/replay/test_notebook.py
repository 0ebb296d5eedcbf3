"""The script in today's software: what a user would write, and what comes of it."""

import shutil
from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.data import load, locate
from bench.data.splits import paper_split
from bench.published import load_published
from replay import notebook

NETS = list(notebook.RECIPES)
# Of eager functions: those of tf.data stay compiled.
pytestmark = pytest.mark.filterwarnings("ignore:Even though the:UserWarning")


@pytest.fixture(scope="module")
def made():
    """A run on a few made-up rows, for two epochs' worth of patience; each is made once."""
    features = {"banknote": 4, "mnist": 784, "iris": 4}

    @cache
    def train(dataset, seed=1, initializer="glorot_normal", again=False):
        rng = np.random.default_rng(0)
        x = rng.normal(size=(40, features[dataset])).astype(np.float32)
        y = (x[:, 0] > 0).astype(int)
        return notebook.run(dataset, [x, x[:12], y, y[:12]], seed, initializer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebook, "EPOCHS", 3)
        tf.config.run_functions_eagerly(True)  # to compile would take longer than the epochs
        yield train
        tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize("dataset", NETS)
def test_the_networks_have_the_published_counts(made, dataset):
    run = made(dataset)
    counts = {
        name: int(value)
        for (name, _), value in load_published()[dataset].figures.items()
        if name.startswith("parameters")
    }
    assert counts
    assert counts.items() <= run.items()


def test_a_run_tells_what_was_published(made):
    run = made("iris")
    for figure, epoch in load_published()["iris"].figures:
        assert figure in (run["history"] if epoch else run)
    assert {len(values) for values in run["history"].values()} == {run["epochs"]}
    assert run["best_epoch"] == np.argmin(run["history"]["val_loss"]) + 1
    assert run["test_loss"] == pytest.approx(min(run["history"]["val_loss"]), rel=1e-5)
    assert set(run["initial"]) == {"k0_1", "k1_1", "k0_2", "k1_2"}


def test_seed_and_initializer_make_the_run(made):
    first = made("iris")
    assert made("iris", again=True) == first
    assert made("iris", seed=2)["initial"] != first["initial"]
    assert made("iris", initializer="he_normal")["initial"] != first["initial"]


@pytest.mark.parametrize(
    "dataset",
    [pytest.param(name, marks=[pytest.mark.data] * (name != "iris")) for name in NETS],
)
def test_the_rows_are_those_of_the_suite(dataset, tmp_path):
    for path in locate(dataset).values():
        shutil.copy(path, tmp_path)
    x, x_test, y, y_test = notebook.RECIPES[dataset]["data"](tmp_path)
    table = load(dataset)
    split = paper_split(table)
    np.testing.assert_array_equal(x, table.x[split.train])
    np.testing.assert_array_equal(x_test, table.x[split.test])
    np.testing.assert_array_equal(y, table.y[split.train])
    np.testing.assert_array_equal(y_test, table.y[split.test])


class Seen(keras.layers.Layer):
    """Hands its input on, and writes down what it was."""

    rows: list[int]

    def call(self, inputs):
        if hasattr(inputs, "numpy"):  # not while the model is built
            self.rows += inputs.numpy().ravel().astype(int).tolist()
        return inputs


def test_seeded_fit_on_arrays_repeats_one_batch_order():
    """What the report warns of; where Keras mends it, the warning has to go."""
    keras.utils.set_random_seed(1)
    seen = Seen()
    seen.rows = []
    model = keras.Sequential([keras.Input((1,)), seen, keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(12, dtype=np.float32)[:, None] / 100
    seen.rows.clear()
    model.fit(x * 100, x, batch_size=4, epochs=3, verbose=0)
    first, second, third = np.reshape(seen.rows, (3, 12)).tolist()
    assert first == second == third != sorted(first)
    assert sorted(first) == list(range(12))
