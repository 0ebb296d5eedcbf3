"""Small tasks on the paper's networks, and Keras' own ``fit`` to hold them against."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, partial, reduce

import keras
import numpy as np
import pytest
import tensorflow as tf

import bench.data
from bench.data.splits import Split, held_out_split, paper_split
from bench.training import networks
from bench.training.pools.worker_pool import run_jobs
from bench.training.trainers import seeding
from bench.training.trainers.initial_values import seeded_model
from bench.training.trainers.training_task import Weights
from bench.training.trials.cells import Cell
from bench.training.trials.evaluate import kept_by
from tests import helpers

CUT = 1_000  # rows of MNIST: 31 full batches and a short one
WRONG_EVERY = {"banknote": 2, "mnist": 4}
"""Every so manieth validation row gets a wrong class where early stopping is to be seen: the
validation loss then turns upwards within 40 epochs under every activation."""


@dataclass(frozen=True)
class Oracle:
    """What Keras' ``fit`` and ``EarlyStopping`` made of a task."""

    history: dict[str, list[float]]
    epochs: int
    best_epoch: int
    weights: Weights


def keras_fit(task, seed, part="validation"):
    """Trains as a user of Keras would, with the seed's first weights and batch orders."""
    split, model = task.split(seed), seeded_model(task.build, seed)
    x, y = task.inputs(seed, split.train), task.y[split.train]
    orders = [seeding.batch_order(seed, epoch, len(x)) for epoch in range(task.epochs)]
    epochs = [
        tf.data.Dataset.from_tensor_slices((x[order], y[order])).batch(task.batch_size)
        for order in orders
    ]
    stopping = keras.callbacks.EarlyStopping(
        patience=task.patience or task.epochs, restore_best_weights=True
    )
    rows = getattr(split, part)
    run = model.fit(
        reduce(tf.data.Dataset.concatenate, epochs),
        steps_per_epoch=-(-len(x) // task.batch_size),
        epochs=task.epochs,
        validation_data=(task.inputs(seed, rows), task.y[rows]),
        callbacks=[stopping],
        shuffle=False,
        verbose=0,
    )
    return Oracle(run.history, len(run.epoch), stopping.best_epoch + 1, model.get_weights())


@cache
def cut(name, most=CUT):
    """Inputs, classes and the paper's split of a data set; of MNIST, the first rows."""
    try:
        bench.data.locate(name, download=False)
    except bench.data.DataMissing as missing:
        pytest.skip(str(missing))
    dataset = bench.data.load(name)
    split = paper_split(dataset)
    train, test = split.train[:most] if name == "mnist" else split.train, split.test[:most]
    rows, first = np.concatenate([train, test]), np.arange(len(train))
    second = np.arange(len(train), len(rows))
    return dataset.x[rows], dataset.y[rows], Split(first, second, second)


def paper_task(
    name, activation, *, most=CUT, dtype="float32", dropout=True, wrong=False, **settings
):
    """One of the paper's networks on its data; ``settings`` as in ``Cell``.

    With wrong classes rules fire early. On Iris the task then has a split, a scale and two rules
    for each seed.
    """
    x, y, split = cut(name, most)
    classes, recipe = int(y.max()) + 1, networks.RECIPES[name]
    if wrong and name == "iris":
        iris = bench.data.load(name)
        x, y = iris.x, iris.y.copy()
        y[::3] = (y[::3] + 1) % classes
        split = partial(held_out_split, iris)
        settings = {"standardise": True, "monitors": ("validation", "test"), **settings}
    elif wrong:
        y = y.copy()
        turned = split.validation[:: WRONG_EVERY[name]]
        y[turned] = (y[turned] + 1) % classes

    def build():
        model = networks.build(name, activation, x.shape[1], classes)
        for layer in model.layers:
            if isinstance(layer, keras.layers.Dropout) and not dropout:
                layer.rate = 0
        return model

    usual = {"batch_size": recipe.batch_size, "patience": recipe.patience}
    compiled = networks.compiled(build, recipe.optimizer, networks.loss(classes))
    return Cell(compiled, x.astype(dtype), y, split, **{**usual, **settings})


@pytest.fixture(scope="session")
def oracle():
    """Keras' own training: ``(task, seed, part="validation") -> Oracle``."""
    return keras_fit


@pytest.fixture(scope="session")
def paper():
    """The maker of tasks: ``(name, activation, **options) -> Cell``."""
    return paper_task


@pytest.fixture(scope="session")
def iris_task():
    """The maker of tasks on Iris: ``(build, **settings) -> Cell``."""

    def iris_task(build, *, optimizer="sgd", loss="sparse_categorical_crossentropy", **settings):
        return Cell(networks.compiled(build, optimizer, loss), *cut("iris"), **settings)

    return iris_task


@pytest.fixture(scope="session")
def one_layer():
    """The smallest network for Iris."""

    def one_layer():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])

    return one_layer


@pytest.fixture
def float64():
    """Everything that Keras makes is of float64, also the optimizer's learning rate."""
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def bits(fit):
    """All numbers of a fit, to the last bit."""
    arrays = {("initial", place): value for place, value in enumerate(fit.initial)}
    arrays |= {("history", name): np.asarray(values) for name, values in fit.history.items()}
    for part, kept in kept_by(fit).items():
        arrays[part, "epochs"] = np.array([kept.epochs, kept.best_epoch])
        arrays |= {(part, place): value for place, value in enumerate(kept.weights)}
    return {key: (value.dtype, value.shape, value.tobytes()) for key, value in arrays.items()}


@pytest.fixture(scope="session")
def contents():
    """Of fits, by seed, what ``==`` compares to the last bit."""
    return lambda fits: {fit.seed: bits(fit) for fit in fits}


@pytest.fixture(scope="session")
def trial_contents():
    """Of trials, what ``==`` compares to the last bit; wall times are not in a trial."""

    def content(trial):
        return {**vars(trial), "outcomes": trial.outcomes.tobytes(), "history": dict(trial.history)}

    return lambda trials: [content(trial) for trial in trials]


@pytest.fixture(scope="session")
def blocks():
    """The maker of blocks: ``(*activations) -> list[Block]``; each activation says what happens."""

    def blocks(*activations):
        return [
            helpers.block("iris", "paper", activation, (2 * n, 2 * n + 1), "keras")
            for n, activation in enumerate(activations)
        ]

    return blocks


@dataclass(frozen=True)
class Ran:
    """What a pool made of some jobs.

    Attributes:
        outcomes: By job.
        results: By job: trials, in the order in which they came.
        epochs: ``(job, {place: epochs done})``, in the order in which they were told.
    """

    outcomes: dict = field(default_factory=dict)
    results: dict = field(default_factory=lambda: defaultdict(list))
    epochs: list = field(default_factory=list)

    def keys(self, job):
        return sorted(trial.key for trial in self.results[job])


@pytest.fixture(scope="session")
def run():
    """Runs jobs on a pool to their end: ``run(pool, jobs, **options) -> Ran``."""

    def run(pool, jobs, *, ended=lambda _: None, **options):
        ran = Ran()
        told = {
            "on_epoch": lambda *epoch: ran.epochs.append(epoch),
            "on_result": lambda job, result, _: ran.results[job].append(result.trial),
        }
        for outcome in run_jobs(pool, jobs, **told, **options):
            ran.outcomes[outcome.job] = outcome
            ended(outcome.job)
        assert ran.outcomes.keys() == set(jobs)
        return ran

    return run
