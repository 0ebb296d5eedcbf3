"""Compare trainers, each with one thread in a process of its own, by turns epoch by epoch.

The plain net is one that all of them have: two hidden layers of 64 and 32 ReLU units, Adam at its
defaults, batches of 32; scikit-learn has no BatchNormalization, dropout, RMSprop or Nadam. The
trainer in JAX has MNIST's own net. The rows are the first 12,000 of MNIST's training rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from itertools import count
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from bench.timing.interleave import Measured, interleaved, rounds
from bench.timing.processes import Stepwise
from bench.timing.tasks import dataset_or_skip, epoch_rows, scores, timed_task
from bench.timing.trainers import KERAS, MANY_SEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping

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

Scores = dict[str, float]
Pause = Callable[[], object]
Trainer = Callable[[Pause, "Cell"], Scores]
"""Trains a task, with a pause before and after each epoch; returns scores on the test rows, and
``seeds`` where there are several."""


def net() -> keras.Model:
    """Return the plain net, in Keras."""
    from baselines.layers import hidden_layer
    from bench.training import networks

    return networks.perceptron(partial(hidden_layer, "relu"), 784, 10, units=UNITS)


def _scores(task: Cell, predict: Callable[[np.ndarray], np.ndarray]) -> Scores:
    rows = task.split(SEED).test
    return scores(task.y[rows], np.asarray(predict(task.x[rows])), 10)


def _rows(task: Cell) -> tuple[np.ndarray, np.ndarray]:
    rows = task.split(SEED).train
    return task.x[rows], task.y[rows]


def _classes(model: keras.Model, x: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict(x, batch_size=1000, verbose=0)).argmax(axis=1)


def _epochs(task: Cell, pause: Pause, epoch: Callable[[], object]) -> None:
    """Train by calls of one epoch each."""
    for _ in range(task.epochs):
        pause()
        epoch()
    pause()


def _keras(pause: Pause, task: Cell, **tuned: object) -> Scores:
    from bench.training.trainers.initial_values import seeded_model

    model = seeded_model(net, SEED)
    model.compile("adam", loss=LOSS, metrics=["accuracy"], **tuned)
    _epochs(task, pause, partial(model.fit, *_rows(task), batch_size=BATCH, verbose=0))
    return _scores(task, partial(_classes, model))


def _keras_tuned(pause: Pause, task: Cell) -> Scores:
    """Make an epoch one call of one compiled loop."""
    steps = len(task.split(SEED).train) // BATCH
    return _keras(pause, task, jit_compile=True, steps_per_execution=steps)


def _scikit_learn(pause: Pause, task: Cell) -> Scores:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(UNITS, alpha=0, batch_size=BATCH, random_state=SEED)
    _epochs(task, pause, partial(model.partial_fit, *_rows(task), classes=np.arange(10)))
    return _scores(task, model.predict)


def _torch(pause: Pause, task: Cell) -> Scores:
    """The loop that PyTorch's own tutorials write, with Keras' first weights and Adam's epsilon."""
    import torch

    from bench.training.trainers.initial_values import InitialValues

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    x, y = (torch.from_numpy(values) for values in _rows(task))
    y, (first, second) = y.long(), UNITS
    model = torch.nn.Sequential(
        torch.nn.Linear(x.shape[1], first),
        torch.nn.ReLU(),
        torch.nn.Linear(first, second),
        torch.nn.ReLU(),
        torch.nn.Linear(second, 10),
    )
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

    _epochs(task, pause, epoch)
    with torch.no_grad():
        return _scores(task, lambda x: model(torch.from_numpy(x)).argmax(dim=1).numpy())


def _fits(pause: Pause, task: Cell, seeds: int, record: dict[str, int] | None = None) -> list[Fit]:
    """Train seeds by the many-seeds trainer; a group of lanes runs to its end before the next."""
    epochs, groups = count(1), seeds // LANES

    def on_epoch(_: object) -> None:
        if next(epochs) % groups == 0:
            pause()

    pause()
    return list(task.fit(range(seeds), on_epoch=on_epoch, lanes=LANES, record=record))


def _many_seeds_plain(pause: Pause, task: Cell) -> Scores:
    """Train the plain net; the many-seeds trainer also evaluates a batch every epoch."""
    from bench.training import networks

    split, model = task.split(SEED), net()
    build = networks.compiled(net, "adam", LOSS)
    splits = replace(split, validation=split.train[:BATCH])
    task = replace(task, build=build, splits=splits, batch_size=BATCH)
    record = {str(place): place for place in range(len(model.weights))}
    fit = next(fit for fit in _fits(pause, task, LANES, record) if fit.seed == SEED)
    model.set_weights([fit.history[name][-1] for name in record])
    return {**_scores(task, partial(_classes, model)), "seeds": LANES}


def _many_seeds(pause: Pause, task: Cell, seeds: int) -> Scores:
    fits = _fits(pause, task, seeds)
    return {"accuracy": fmean(fit.history["val_accuracy"][-1] for fit in fits), "seeds": seeds}


def _jax(pause: Pause, task: Cell, seeds: int, width: int | None = None) -> Scores:
    """Train by the trainer in JAX, so many seeds side by side; None: all."""
    os.environ.pop("XLA_FLAGS", None)  # TensorFlow's; JAX ends the process at an unknown one
    from bench.timing.vmapped import Vmapped

    width, last = width or seeds, list[float]()
    groups = [Vmapped(task, range(first, first + width)) for first in range(0, seeds, width)]

    def epoch() -> None:
        last[:] = [float(group.epoch()["val_accuracy"].mean()) for group in groups]

    _epochs(task, pause, epoch)
    return {"accuracy": fmean(last), "seeds": seeds}


REFERENCE, TORCH = KERAS, "PyTorch, plain loop"

PEERS: dict[str, Trainer] = {
    REFERENCE: _keras,
    "Keras fit, jit_compile and steps_per_execution": _keras_tuned,
    "scikit-learn MLPClassifier": _scikit_learn,
    TORCH: _torch,
    f"{MANY_SEEDS} ({LANES})": _many_seeds_plain,
}
CONTESTANTS: dict[str, Callable[..., Scores]] = {
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
    return epoch_times({name: train for name, train in PEERS.items() if installed(name)})


@cache
def times_of_mnist_net(seeds: int) -> dict[str, Measured]:
    """Time the many-seeds trainer and the one in JAX on MNIST's own net."""
    trainers = {name: partial(train, seeds=seeds) for name, train in CONTESTANTS.items()}
    return epoch_times(trainers, one_core=True)


def epoch_times(trainers: Mapping[str, Trainer], *, one_core: bool = False) -> dict[str, Measured]:
    """Measure seconds per seed and epoch, round by round; scores are those after the last epoch.

    Args:
        trainers: By name.
        one_core: Whether all have one and the same core: JAX starts as many threads as it sees.
    """
    dataset_or_skip(DATASET)
    epochs, found = 1 + rounds(ROUNDS), {}
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(closing(Stepwise(trained, train, epochs, one_core)))
            for name, train in trainers.items()
        }
        times = interleaved({name: one.step for name, one in running.items()}, rounds=epochs - 1)
        for name, one in times.items():
            facts = {"seeds": 1, "epochs": epochs, **one.facts, **running[name].result()}
            found[name] = Measured([sample / facts["seeds"] for sample in one.samples], facts)
    return found


def trained(pause: Pause, train: Trainer, epochs: int, one_core: bool) -> Scores:
    """Train in this process, which gets one thread; return the scores after the last epoch."""
    if one_core and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from bench.training.quiet import quiet

    quiet(1)
    return train(pause, timed_task(dataset_or_skip(DATASET), epochs=epochs, rows=ROWS))
