"""Print what many MNIST seeds cost on a GPU and on one core, and whether bits repeat on the GPU."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bench.training.quiet import quiet

if TYPE_CHECKING:
    from bench.training.trials.cells import Cell

SEEDS = (10, 100, 1_000)
EPOCHS = 2


def main() -> None:
    """Train, and print one line for each number of seeds."""
    quiet(1)
    import tensorflow as tf

    from bench.data import load
    from bench.timing.tasks import timed_task

    if not tf.config.list_physical_devices("GPU"):
        raise SystemExit("No GPU is there.")
    cell = timed_task(load("mnist"), epochs=EPOCHS)
    for seeds in SEEDS:
        tf.config.experimental.reset_memory_stats("GPU:0")
        with tf.device("GPU:0"):
            seconds, weights = _trained(cell, seeds)
            repeated = _trained(cell, seeds)[1] == weights
        peak = tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
        with tf.device("CPU:0"):
            one_core = _trained(cell, SEEDS[0])[0] * seeds / SEEDS[0]
        print(
            f"{seeds} seeds: {seconds:.1f} s, one core {one_core / seconds:.1f} times that; "
            f"{peak:.0f} MiB; bits {'repeat' if repeated else 'differ'}"
        )


def _trained(cell: Cell, seeds: int) -> tuple[float, bytes]:
    """Return the seconds of a training, compilation included, and all weights."""
    begin = perf_counter()
    fits = sorted(cell.fit(range(seeds), lanes=seeds), key=lambda fit: fit.number)
    weights = np.concatenate([value.ravel() for fit in fits for value in fit.weights])
    return perf_counter() - begin, weights.tobytes()


if __name__ == "__main__":
    main()
