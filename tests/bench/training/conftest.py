"""Small tasks on the paper's networks, and Keras' own ``fit`` to hold them against."""

from bench.training.quiet import quiet

quiet()  # threads can only be set before anything uses TensorFlow, which other tests do

from collections import defaultdict  # noqa: E402
from dataclasses import dataclass  # noqa: E402 - after quiet
from functools import cache, reduce  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402

import bench.data  # noqa: E402
from bench.data.splits import Split, paper_split  # noqa: E402
from bench.training import networks  # noqa: E402
from bench.training.pools.worker_pool import run_jobs  # noqa: E402
from bench.training.trainers import seeding  # noqa: E402
from bench.training.trainers.initial_values import seeded_model  # noqa: E402
from bench.training.trainers.training_task import Weights  # noqa: E402
from bench.training.trials.cells import Cell  # noqa: E402
from bench.training.trials.evaluate import kept_by  # noqa: E402
from tests import helpers  # noqa: E402

CUT = 1_000  # rows of MNIST: 31 full batches and a short one
WRONG_EVERY = {"banknote": 2, "iris": 2, "mnist": 4}
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
    """One of the paper's networks on its data; ``settings`` as in ``Cell``."""
    x, y, split = cut(name, most)
    classes, recipe = int(y.max()) + 1, networks.RECIPES[name]
    if wrong:
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

    def iris_task(
        build, *, x=None, optimizer="sgd", loss="sparse_categorical_crossentropy", **settings
    ):
        table, y, split = cut("iris")
        compiled = networks.compiled(build, optimizer, loss)
        return Cell(compiled, table if x is None else x, y, split, **settings)

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


def histories(fit):
    return [(column, np.asarray(values)) for column, values in fit.history.items()]


def bits(fit):
    """All numbers of a fit, to the last bit."""
    arrays = {("initial", place): value for place, value in enumerate(fit.initial)}
    arrays |= {("history", column): values for column, values in histories(fit)}
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


class Ran:
    """What a pool made of some jobs.

    Attributes:
        outcomes: By job.
        results: By job: trials, in the order in which they came.
        epochs: ``(job, {place: epochs done})``, in the order in which they were told.
    """

    def __init__(self):
        self.outcomes, self.results, self.epochs = {}, defaultdict(list), []

    def start(self, pool, jobs, **options):
        """Yields outcomes as they come."""
        told = {"on_epoch": lambda *epoch: self.epochs.append(epoch), "on_result": self._keep}
        for outcome in run_jobs(pool, jobs, **told, **options):
            self.outcomes[outcome.job] = outcome
            yield outcome

    def _keep(self, job, result, _attempts):
        self.results[job].append(result.trial)

    def keys(self, job):
        return sorted(trial.key for trial in self.results[job])


@pytest.fixture
def ran():
    """What a pool makes of jobs that are started with ``ran.start(pool, jobs)``."""
    return Ran()


@pytest.fixture(scope="session")
def run():
    """Runs jobs on a pool to their end: ``run(pool, jobs, **options) -> Ran``."""

    def run(pool, jobs, **options):
        ran = Ran()
        list(ran.start(pool, jobs, **options))
        assert ran.outcomes.keys() == set(jobs)
        return ran

    return run


@pytest.fixture
def attempts(tmp_path):
    """How often a block that logs to the test's folder was begun: ``attempts(block)``."""
    return lambda block: helpers.attempts(tmp_path)[helpers.log_name(block.keys[0])]


@pytest.fixture
def retries_the_rest(run, attempts):
    """Checks that a retry takes only the seeds without a trial: ``retries_the_rest(pool)``."""

    def check(pool):
        block = helpers.block("iris", "paper", "one, then none", range(3), "keras")
        ran = run(pool, [block])
        outcome = ran.outcomes[block]
        assert (outcome.missing, outcome.reason, outcome.attempts) == ((), "", 3)
        assert [trial.key for trial in ran.results[block]] == list(block.keys)
        for key in block.keys:  # each attempt began with the first trial that was missing
            assert attempts(block.only([key])) == 1

    return check


@pytest.fixture
def crashes_alone(run, blocks, attempts):
    """Checks that blocks that crash fail and take no innocent with them: ``check(pool, times)``."""

    def check(pool, times=1):
        asked = blocks(*["crash", "slow", "crash once", "slow"] * times)
        ran = run(pool, asked)
        expected = {"crash": 3, "crash once": 2, "slow": 1}
        for block, outcome in ran.outcomes.items():
            assert outcome.attempts == attempts(block) == expected[block.cell[2]]
            failed = block.cell[2] == "crash"
            assert outcome.missing == (block.keys if failed else ())
            assert outcome.reason == ("a worker died" if failed else "")
            assert ran.keys(block) == ([] if failed else list(block.keys))

    return check


@pytest.fixture
def hangs_alone(run, blocks, attempts):
    """Checks that a hanging block is ended and its neighbours go on: ``check(pool, stall)``."""

    def check(pool, stall, times=1):
        # The second worker does one block after the other: one is under way at any time.
        asked = blocks(*["hang", *["slow"] * 8] * times)
        for block, outcome in run(pool, asked, stall=stall).outcomes.items():
            if block.cell[2] == "hang":
                assert (outcome.missing, outcome.attempts) == (block.keys, 3)
                assert outcome.reason == f"no epoch finished for {stall:g} s"
            else:
                assert (outcome.missing, outcome.attempts) == ((), 1)
                assert attempts(block) == 1  # not even begun again

    return check


@pytest.fixture
def tried_three_times(run, blocks, attempts):
    """Checks that a pool tries a block three times that always raises: ``tried_three_times(pool)``.

    Returns how it ended.
    """

    def check(pool):
        faulty, fine = blocks("raise at length", "fine")
        ran = run(pool, [faulty, fine])
        assert ran.keys(fine) == list(fine.keys)
        outcome = ran.outcomes[faulty]
        assert (outcome.missing, outcome.attempts) == (faulty.keys, 3)
        assert attempts(faulty) == 3
        assert outcome.reason.startswith("ValueError: no such thing !!!")
        return outcome

    return check
