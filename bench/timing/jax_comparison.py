"""The many-seeds trainer against one written by hand in JAX, by turns on one and the same core."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cache, partial
from statistics import fmean, median
from typing import TYPE_CHECKING

from bench.data import budget
from bench.timing.effort import rounds
from bench.timing.interleave import interleaved
from bench.timing.laboratory import dataset_or_skip
from bench.timing.nets import ACTIVATION
from bench.timing.processes import Remote
from bench.timing.stepwise import Stepwise

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.training.spec import Task

DATASET = "mnist"
ROWS = budget(DATASET).timing.epoch_rows
SEEDS = (10, 50)
ROUNDS = 9
FEW = 5  # nets whose weights and slots fit into a core's cache together

MANY_SEEDS = "many seeds at once"
TOGETHER = "jax.vmap and lax.scan, all seeds together"
IN_TURN = f"jax.vmap and lax.scan, {FEW} seeds at a time"


@dataclass(frozen=True)
class Result:
    """What a trainer took and reached.

    Attributes:
        samples: Seconds per epoch and seed.
        compile_seconds: What the first epoch took beyond the median.
        accuracy: On the test rows after the last epoch, mean over seeds.
        epochs: How many those were.
    """

    samples: list[float]
    compile_seconds: float
    accuracy: float
    epochs: int


@cache
def results(seeds: int) -> dict[str, Result]:
    """Every contestant's epochs of so many seeds, interleaved round by round."""
    dataset_or_skip(DATASET)
    epochs = 1 + rounds(ROUNDS)
    with ExitStack() as stack:
        remotes = {
            name: stack.enter_context(closing(Remote(_CONTESTANTS[name], seeds, epochs)))
            for name in CONTESTANTS
        }
        run = {name: partial(remote.call, "epoch") for name, remote in remotes.items()}
        first = interleaved(run, rounds=1)
        samples = interleaved(run, rounds=epochs - 1)
        return {
            name: Result(
                [sample / seeds for sample in samples[name]],
                max(0.0, first[name][0] - median(samples[name])),
                remote.call("accuracy"),
                epochs,
            )
            for name, remote in remotes.items()
        }


def task(epochs: int) -> Task:
    """MNIST's cell with Adaact, on as many rows as the other timed epochs."""
    from bench.training.blocks import quiet

    quiet(1)
    from bench.data import load
    from bench.timing.nets import cell_task

    whole = cell_task(load(DATASET), ACTIVATION, epochs)
    split = whole.split(0)
    return replace(whole, splits=replace(split, train=split.train[:ROWS]))


class Lanes:
    """The many-seeds trainer, an epoch of all seeds at a time."""

    def __init__(self, seeds: int, epochs: int) -> None:
        from bench.training.many_seeds import fit_seeds

        work, names = task(epochs), range(seeds)
        self._groups = seeds // FEW
        self._training = Stepwise(
            lambda pause: list(fit_seeds(work, names, lanes=FEW, on_epoch=lambda _: pause()))
        )

    def epoch(self) -> None:
        """As much as an epoch of all seeds; each group runs to its end before the next begins."""
        for _ in range(self._groups):
            self._training.step()

    def accuracy(self) -> float:
        """On the test rows after the last epoch, mean over seeds."""
        return fmean(fit.history["val_accuracy"][-1] for fit in self._training.result())


class InJax:
    """The trainer written by hand, an epoch of all seeds at a time.

    Args:
        seeds: How many seeds.
        epochs: How many epochs there will be.
        width: How many of them side by side; None: all.
    """

    def __init__(self, seeds: int, epochs: int, width: int | None = None) -> None:
        os.environ.pop("XLA_FLAGS", None)  # TensorFlow's; JAX ends the process at an unknown one
        work = task(epochs)
        from bench.timing.vmapped import Vmapped

        width = width or seeds
        self._groups = [Vmapped(work, range(n, n + width)) for n in range(0, seeds, width)]
        self._last: list[float] = []

    def epoch(self) -> None:
        """An epoch of all seeds."""
        self._last = [float(group.epoch()["val_accuracy"].mean()) for group in self._groups]

    def accuracy(self) -> float:
        """On the test rows after the last epoch, mean over seeds."""
        return fmean(self._last)


_CONTESTANTS: dict[str, Callable[..., object]] = {
    MANY_SEEDS: Lanes,
    TOGETHER: InJax,
    IN_TURN: partial(InJax, width=FEW),
}
CONTESTANTS = tuple(_CONTESTANTS)
