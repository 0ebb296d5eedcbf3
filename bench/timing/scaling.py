"""How the cost of the many-seeds trainer grows with seeds, width, rows and workers, one at a time.

The rows are made up, and the net has two hidden layers, the second half as wide as the first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from bench.timing import nets, processes, trainers
from bench.training.executors import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.training.spec import Task

DATASET = "made-up rows"
FEATURES, CLASSES, BATCH = 16, 4, 32
EPOCHS = 4  # the first is not among the samples


@dataclass(frozen=True)
class Load:
    """What is trained.

    Attributes:
        seeds: Seeds side by side, shared among the workers.
        width: Units of the first hidden layer.
        rows: Rows of an epoch.
        workers: Processes of one thread each.
    """

    seeds: int = 10
    width: int = 64
    rows: int = 2_048
    workers: int = 1


AXES = {
    "seeds": (1, 10, 100, 1_000),
    "width": (16, 64, 256, 1_024),
    "rows": (512, 2_048, 8_192, 32_768),
    "workers": tuple(2**n for n in range(cores().bit_length())),
}
POINTS = [(axis, size) for axis, sizes in AXES.items() for size in sizes]


def load(axis: str, size: int) -> Load:
    """The standard load with one of its sizes changed; workers share a hundred seeds."""
    standard = Load(seeds=100) if axis == "workers" else Load()
    return replace(standard, **{axis: size})


@cache
def measured(what: Load) -> trainers.Timed:
    """Seconds per epoch of all seeds: of the slowest worker, where there are several."""
    shares = [tuple(range(first, what.seeds, what.workers)) for first in range(what.workers)]
    parts = processes.side_by_side(loop, [(what, share) for share in shares])
    return trainers.Timed(
        [max(epoch) for epoch in zip(*(part.epochs for part in parts), strict=True)],
        what.seeds,
        max(part.training_seconds for part in parts),
        max(part.compile_seconds for part in parts),
        max(part.peak_bytes for part in parts),
    )


def loop(what: Load, seeds: Sequence[int]) -> trainers.Timed:
    """Trains seeds on one thread of this process."""
    return trainers.many_seeds_task(task(what), seeds, len(seeds))


def task(what: Load) -> Task:
    """The net on made-up rows, all of them for training and a batch for validation."""
    from bench.training.blocks import quiet

    quiet(1)
    from baselines.layers import hidden_layer
    from bench.data.splits import Split
    from bench.training import networks
    from bench.training.spec import Settings, Task

    random = np.random.default_rng(0)
    x = random.normal(size=(what.rows, FEATURES)).astype(np.float32)
    build = partial(
        networks.perceptron,
        partial(hidden_layer, nets.ACTIVATION),
        FEATURES,
        CLASSES,
        units=(what.width, what.width // 2),
    )
    rows = np.arange(what.rows)
    settings = Settings("rmsprop", networks.loss(CLASSES), BATCH, EPOCHS)
    split = Split(rows, rows[:BATCH], rows[:BATCH])
    return Task(build, x, random.integers(CLASSES, size=what.rows), split, settings)
