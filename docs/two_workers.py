"""What a second worker process gains on MNIST blocks, and on plain matrix products beside it.

Usage: python docs/two_workers.py [ROUNDS]

The machine should have nothing else to do. A gain of 2 is twice the work in the same time; two
processes share caches, memory and clock, so that plain products gain less than 2 as well.
"""

from __future__ import annotations

import sys
from statistics import median
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from bench.records import LEARNING_RATE, TrialKey
from bench.timing.processes import side_by_side, together
from bench.training.blocks import Block, train_block

PRODUCTS = 20_000  # some seconds
SEEDS, EPOCHS = 5, 4  # one set of lanes; some seconds


def products(_: int) -> float:
    """Seconds of products of the sizes of MNIST's first layer: a batch of each of five seeds."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(SEEDS, 32, 784)).astype(np.float32)
    w = rng.normal(size=(SEEDS, 784, 64)).astype(np.float32)
    with threadpool_limits(1):
        together()
        began = perf_counter()
        for _ in range(PRODUCTS):
            x @ w
        return perf_counter() - began


def training(first: int) -> float:
    """Seconds of training a block that is compiled already."""
    seeds = tuple(range(first, first + SEEDS))
    keys = tuple(TrialKey("mnist", "held-out", "adaact", seed, 0, LEARNING_RATE) for seed in seeds)
    block = Block(keys, "many-seeds", EPOCHS)
    list(train_block(block))
    together()
    began = perf_counter()
    list(train_block(block))
    return perf_counter() - began


def main(rounds: int) -> None:
    """Prints the gain of a second process, for both, one after the other in each round."""
    gains: dict[str, list[float]] = {"products": [], "training": []}
    for _ in range(rounds):
        for function in (products, training):
            (alone,) = side_by_side(function, [(0,)])
            both = max(side_by_side(function, [(0,), (SEEDS,)]))
            gains[function.__name__].append(2 * alone / both)
    for name, values in gains.items():
        told = ", ".join(f"{value:.2f}" for value in values)
        print(f"{name}: gain {median(values):.2f} ({told})")  # noqa: T201 - a script
    share = median(gains["training"]) / median(gains["products"])
    print(f"training gains {share:.2f} of what products gain")  # noqa: T201 - a script


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
