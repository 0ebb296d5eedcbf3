"""Compare trainers, each with one thread in a process of its own, by turns epoch by epoch.

The plain net is one that all of them have: two hidden layers of 64 and 32 ReLU units, Adam at its
defaults, batches of 32; scikit-learn has no BatchNormalization, dropout, RMSprop or Nadam. The
trainer in JAX has MNIST's own net. The rows are the first 12,000 of MNIST's training rows.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.util import find_spec
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.timing.interleave import Measured, interleaved, rounds
from bench.timing.processes import Remote, Stepwise
from bench.timing.tasks import dataset_or_skip, epoch_rows, scores, timed_task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import keras

    from bench.training.trainers.training_task import Fit
    from bench.training.trials.cells import Cell

DATASET, BATCH, SEED = "mnist", 32, 0
LOSS = "sparse_categorical_crossentropy"
ROWS = epoch_rows(DATASET)
UNITS = (64, 32)
ROUNDS = 9
LANES = 5  # nets whose weights and slots fit into a core's cache together
SEEDS = (10, 50)


@dataclass(frozen=True)
class Trainer:
    """Networks in training.

    Attributes:
        train: Trains one more epoch of all seeds.
        scores: Returns their scores on the test rows after the last epoch.
        seeds: How many seeds.
    """

    train: Callable[[], object]
    scores: Callable[[], dict[str, float]]
    seeds: int = 1

    def epoch(self) -> None:
        """Train one more epoch; what that returns stays in this process."""
        self.train()

    def facts(self) -> dict[str, float]:
        """Return the scores and the number of seeds."""
        return {**self.scores(), "seeds": self.seeds}


def net() -> keras.Model:
    """Return the plain net, in Keras."""
    from baselines.layers import hidden_layer
    from bench.training import networks

    return networks.perceptron(partial(hidden_layer, "relu"), 784, 10, units=UNITS)


def _scores(task: Cell, predict: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
    rows = task.split(SEED).test
    return scores(task.y[rows], np.asarray(predict(task.x[rows])), 10)


def _rows(task: Cell) -> tuple[np.ndarray, np.ndarray]:
    rows = task.split(SEED).train
    return task.x[rows], task.y[rows]


def _classes(model: keras.Model, x: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict(x, batch_size=1000, verbose=0)).argmax(axis=1)


def _keras(task: Cell, **tuned: object) -> Trainer:
    from bench.training.trainers.initial_values import seeded_model

    model = seeded_model(net, SEED)
    model.compile("adam", loss=LOSS, metrics=["accuracy"], **tuned)
    train = partial(model.fit, *_rows(task), batch_size=BATCH, verbose=0)
    return Trainer(train, partial(_scores, task, partial(_classes, model)))


def _keras_tuned(task: Cell) -> Trainer:
    """Return a trainer whose epoch is one call of one compiled loop."""
    steps = len(task.split(SEED).train) // BATCH
    return _keras(task, jit_compile=True, steps_per_execution=steps)


def _scikit_learn(task: Cell) -> Trainer:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(UNITS, alpha=0, batch_size=BATCH, random_state=SEED)
    train = partial(model.partial_fit, *_rows(task), classes=np.arange(10))
    return Trainer(train, partial(_scores, task, model.predict))


def _torch(task: Cell) -> Trainer:
    """The loop that PyTorch's own tutorials write, with Keras' first weights and Adam's epsilon."""
    import torch

    from bench.training.trainers.initial_values import InitialValues

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    x, y = (torch.from_numpy(values) for values in _rows(task))
    y, widths = y.long(), (x.shape[1], *UNITS, 10)
    layers = [torch.nn.Linear(*widths[n : n + 2]) for n in range(len(widths) - 1)]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    values = [torch.from_numpy(value.T.copy()) for value in InitialValues(net).of(SEED)]
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(value)
    loss, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), eps=1e-7)

    def epoch() -> None:
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(model(x[rows]), y[rows]).backward()
            optimizer.step()

    @torch.no_grad()
    def predict(inputs: np.ndarray) -> np.ndarray:
        return model(torch.from_numpy(inputs)).argmax(dim=1).numpy()

    return Trainer(epoch, partial(_scores, task, predict))


def _stepwise(
    task: Cell,
    seeds: int,
    judge: Callable[[list[Fit]], dict[str, float]],
    record: dict[str, int] | None = None,
) -> Trainer:
    """Return the many-seeds trainer; each group of lanes runs to its end before the next begins."""
    options: dict[str, Any] = {"lanes": LANES, "record": record}
    training = Stepwise(
        lambda pause: list(task.fit(range(seeds), on_epoch=lambda _: pause(), **options))
    )

    def epoch() -> None:
        for _ in range(seeds // LANES):
            training.step()

    return Trainer(epoch, lambda: judge(training.result()), seeds)


def _many_seeds_plain(task: Cell) -> Trainer:
    """Return the many-seeds trainer of the plain net; it also evaluates a batch every epoch."""
    from bench.training import networks

    split, model = task.split(SEED), net()
    splits = replace(split, validation=split.train[:BATCH])
    record = {str(place): place for place in range(len(model.weights))}
    build = networks.compiled(net, "adam", LOSS)
    task = replace(task, build=build, splits=splits, batch_size=BATCH)

    def judge(fits: list[Fit]) -> dict[str, float]:
        fit = next(fit for fit in fits if fit.seed == SEED)
        model.set_weights([fit.history[name][-1] for name in record])
        return _scores(task, partial(_classes, model))

    return _stepwise(task, LANES, judge, record)


def _many_seeds(task: Cell, seeds: int) -> Trainer:
    def accuracy(fits: list[Fit]) -> dict[str, float]:
        return {"accuracy": fmean(fit.history["val_accuracy"][-1] for fit in fits)}

    return _stepwise(task, seeds, accuracy)


def _jax(task: Cell, seeds: int, width: int | None = None) -> Trainer:
    """Return the trainer in JAX, so many seeds side by side; None: all."""
    os.environ.pop("XLA_FLAGS", None)  # TensorFlow's; JAX ends the process at an unknown one
    from bench.timing.vmapped import Vmapped

    width, last = width or seeds, list[float]()
    groups = [Vmapped(task, range(first, first + width)) for first in range(0, seeds, width)]

    def epoch() -> None:
        last[:] = [float(group.epoch()["val_accuracy"].mean()) for group in groups]

    return Trainer(epoch, lambda: {"accuracy": fmean(last)}, seeds)


REFERENCE, TORCH, MANY_SEEDS = "Keras fit", "PyTorch, plain loop", "many seeds at once"

PEERS: dict[str, Callable[[Cell], Trainer]] = {
    REFERENCE: _keras,
    "Keras fit, jit_compile and steps_per_execution": _keras_tuned,
    "scikit-learn MLPClassifier": _scikit_learn,
    TORCH: _torch,
    f"many seeds at once ({LANES})": _many_seeds_plain,
}
CONTESTANTS: dict[str, Callable[..., Trainer]] = {
    MANY_SEEDS: _many_seeds,
    "jax.vmap and lax.scan, all seeds together": _jax,
    f"jax.vmap and lax.scan, {LANES} seeds at a time": partial(_jax, width=LANES),
}


def installed(trainer: str) -> bool:
    """Return whether a trainer can run here: PyTorch is an optional extra."""
    return trainer != TORCH or find_spec("torch") is not None


@cache
def times_of_plain_net() -> dict[str, Measured]:
    """Time every peer that is installed on the plain net."""
    return epoch_times({name: make for name, make in PEERS.items() if installed(name)})


@cache
def times_of_mnist_net(seeds: int) -> dict[str, Measured]:
    """Time the many-seeds trainer and the one in JAX on MNIST's own net."""
    makers = {name: partial(make, seeds=seeds) for name, make in CONTESTANTS.items()}
    return epoch_times(makers, one_core=True)


def epoch_times(
    makers: Mapping[str, Callable[[Cell], Trainer]], *, one_core: bool = False
) -> dict[str, Measured]:
    """Measure seconds per seed and epoch, round by round; scores are those after the last epoch.

    What the first epoch takes beyond the median is ``compile_seconds``.

    Args:
        makers: By name: makes a trainer of MNIST's task.
        one_core: Whether all have one and the same core: JAX starts as many threads as it sees.
    """
    dataset_or_skip(DATASET)
    epochs, found = 1 + rounds(ROUNDS), {}
    with ExitStack() as stack:
        remotes = {
            name: stack.enter_context(closing(Remote(trainer_of, make, epochs, one_core)))
            for name, make in makers.items()
        }
        run = {name: partial(remote.call, "epoch") for name, remote in remotes.items()}
        first, samples = interleaved(run, rounds=1), interleaved(run, rounds=epochs - 1)
        for name, remote in remotes.items():
            facts = {"compile_seconds": max(0.0, first[name][0] - median(samples[name]))}
            facts |= {"epochs": epochs, **remote.call("facts")}
            found[name] = Measured([one / facts["seeds"] for one in samples[name]], facts)
    return found


def trainer_of(make: Callable[[Cell], Trainer], epochs: int, one_core: bool) -> Trainer:
    """Return a trainer in this process, which gets one thread."""
    if one_core and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from bench.training.quiet import quiet

    quiet(1)
    return make(timed_task(dataset_or_skip(DATASET), epochs=epochs, rows=ROWS))
