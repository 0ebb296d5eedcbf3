"""The same epoch of the same plain net by every trainer that can do it, one thread each.

The net is one that all of them have: two hidden layers of 64 and 32 ReLU units, Adam at its
defaults, batches of 32; scikit-learn has no BatchNormalization, dropout, RMSprop or Nadam. The
rows are the first 12,000 of MNIST's training rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from bench.data import budget
from bench.timing.effort import rounds
from bench.timing.interleave import interleaved
from bench.timing.laboratory import dataset_or_skip
from bench.timing.stepwise import Stepwise

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

DATASET, BATCH, SEED = "mnist", 32, 0
ROWS = budget(DATASET).timing.epoch_rows
UNITS = (64, 32)
ROUNDS = 9
SEEDS_AT_ONCE = 5


@dataclass(frozen=True, eq=False)
class Work:
    """Inputs and classes of the training rows and of the test rows; how often they are seen."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    epochs: int


@dataclass(frozen=True)
class Trainer:
    """A trainer with a net in its hands.

    Attributes:
        epoch: Trains one more epoch.
        predict: Classes of inputs.
        seeds: Nets that an epoch trains at once.
    """

    epoch: Callable[[], object]
    predict: Callable[[np.ndarray], np.ndarray]
    seeds: int = 1


@dataclass(frozen=True)
class Result:
    """What a peer took and reached.

    Attributes:
        samples: Seconds per epoch and net.
        compile_seconds: What the first epoch took beyond the median.
        seeds: Nets that an epoch trained at once.
        epochs: How many epochs there were.
        accuracy: On the test rows, after all of them.
        f1: The same.
    """

    samples: list[float]
    compile_seconds: float
    seeds: int
    epochs: int
    accuracy: float
    f1: float


def net() -> keras.Model:
    """The net of the comparison, in Keras."""
    from baselines.layers import hidden_layer
    from bench.training import networks

    return networks.perceptron(partial(hidden_layer, "relu"), 784, 10, units=UNITS)


def _keras(work: Work, **tuned: object) -> Trainer:
    from bench.training.initial_values import seeded_model

    model = seeded_model(net, SEED)
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **tuned)
    return Trainer(
        partial(model.fit, work.x, work.y, batch_size=BATCH, verbose=0),
        lambda x: model.predict(x, batch_size=1000, verbose=0).argmax(axis=1),
    )


def _keras_tuned(work: Work) -> Trainer:
    """An epoch is one call of one compiled loop."""
    return _keras(work, jit_compile=True, steps_per_execution=len(work.x) // BATCH)


def _scikit_learn(work: Work) -> Trainer:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(UNITS, alpha=0, batch_size=BATCH, random_state=SEED)
    epoch = partial(model.partial_fit, work.x, work.y, classes=np.arange(10))
    return Trainer(epoch, model.predict)


def _torch(work: Work) -> Trainer:
    """The loop that PyTorch's own tutorials write, with Keras' first weights and Adam's epsilon."""
    import torch

    from bench.training.initial_values import InitialValues

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    widths = (work.x.shape[1], *UNITS, 10)
    layers = [torch.nn.Linear(*widths[n : n + 2]) for n in range(len(widths) - 1)]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    values = [torch.from_numpy(value.T.copy()) for value in InitialValues(net).of(SEED)]
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(value)
    loss, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), eps=1e-7)
    x, y = torch.from_numpy(work.x), torch.from_numpy(work.y.astype(np.int64))

    def epoch() -> None:
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(model(x[rows]), y[rows]).backward()
            optimizer.step()

    @torch.no_grad()
    def predict(inputs: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(inputs)).argmax(dim=1).numpy()

    return Trainer(epoch, predict)


def _many_seeds(work: Work) -> Trainer:
    """The many-seeds trainer, five nets side by side; it also evaluates a batch every epoch."""
    from bench.data.splits import Split
    from bench.training.many_seeds import fit_seeds
    from bench.training.spec import Settings, Task

    rows, model = np.arange(len(work.x)), net()
    settings = Settings("adam", "sparse_categorical_crossentropy", BATCH, work.epochs)
    track = {str(place): place for place in range(len(model.weights))}
    task = Task(net, work.x, work.y, Split(rows, rows[:BATCH], rows[:BATCH]), settings, track)
    seeds = range(SEED, SEED + SEEDS_AT_ONCE)
    training = Stepwise(lambda pause: list(fit_seeds(task, seeds, on_epoch=lambda _: pause())))

    def predict(x: np.ndarray) -> np.ndarray:
        fit = next(fit for fit in training.result() if fit.seed == SEED)
        model.set_weights([fit.history[name][-1] for name in track])
        return np.asarray(model.predict(x, batch_size=1000, verbose=0).argmax(axis=1))

    return Trainer(training.step, predict, SEEDS_AT_ONCE)


REFERENCE, TORCH = "Keras fit", "PyTorch, plain loop"
EXTRAS = {TORCH: "torch"}
"""Peers that need an optional extra."""

PEERS: dict[str, Callable[[Work], Trainer]] = {
    REFERENCE: _keras,
    "Keras fit, jit_compile and steps_per_execution": _keras_tuned,
    "scikit-learn MLPClassifier": _scikit_learn,
    TORCH: _torch,
    f"many seeds at once ({SEEDS_AT_ONCE})": _many_seeds,
}


@cache
def results() -> dict[str, Result]:
    """The epochs of every peer that is installed, interleaved round by round."""
    from bench.training.metrics import METRICS

    work = _work()
    trainers = {name: PEERS[name](work) for name in PEERS if installed(name)}
    run = {name: trainer.epoch for name, trainer in trainers.items()}
    first = interleaved(run, rounds=1)
    samples = interleaved(run, rounds=work.epochs - 1)
    found = {}
    for name, trainer in trainers.items():
        predicted = trainer.predict(work.x_test)
        found[name] = Result(
            [sample / trainer.seeds for sample in samples[name]],
            max(0.0, first[name][0] - median(samples[name])),
            trainer.seeds,
            work.epochs,
            **{name: m.function(work.y_test, predicted, 10) for name, m in METRICS.items()},
        )
    return found


def installed(peer: str) -> bool:
    """Whether a peer can run here."""
    return peer not in EXTRAS or find_spec(EXTRAS[peer]) is not None


def _work() -> Work:
    from bench.data.splits import paper_split

    dataset = dataset_or_skip(DATASET)
    split = paper_split(dataset)
    rows = split.train[:ROWS]
    train, test = (dataset.x[rows], dataset.y[rows]), (dataset.x[split.test], dataset.y[split.test])
    return Work(*train, *test, epochs=1 + rounds(ROUNDS))
