"""What stands in for training where workers are put to the test.

A module of its own, because worker processes import it by name.
"""

import os
import time
from functools import partial

from bench.errors import UserError
from bench.records import Trial, TrialKey
from bench.training.blocks import Block


def blocks(*activations):
    """One block of two seeds for each."""
    return [
        Block("iris", "paper", activation, (2 * n, 2 * n + 1), "keras")
        for n, activation in enumerate(activations)
    ]


def by_block(outcomes):
    """Outcomes of blocks, each under its own."""
    return {outcome.block: outcome for outcome in outcomes}


def train(block, on_epoch, *, folder):  # noqa: C901 - one case a fault
    """Does what the block's activation says; each attempt leaves a letter in a file of its own."""
    log = folder / f"{block.activation} {block.seeds[0]}"
    with log.open("a") as file:
        file.write("x")
    first_time = log.stat().st_size == 1
    match block.activation:
        case "crash":
            os._exit(3)
        case "crash once" if first_time:
            os._exit(3)
        case "crash soon":
            time.sleep(0.5)
            os._exit(3)
        case "hang":
            time.sleep(600)
        case "slow":
            time.sleep(0.3)
        case "user's":
            raise UserError("data.csv: is gone. Put it back.")
        case "on and on":
            while True:
                time.sleep(0.05)
                on_epoch(dict.fromkeys(block.seeds, 1))
        case "read":
            (file,) = block.data_dir.iterdir()
            log.write_text(f"{file} {file.stat().st_ino} {file.read_text()}")
        case "raise":
            raise ValueError("no such\n  thing " + "!" * 400)
    for epoch in (1, 2):
        on_epoch(dict.fromkeys(block.seeds, epoch))
    return [Trial(TrialKey(*block.cell, seed), block.trainer, "ok") for seed in block.seeds]


def attempts(folder, block):
    """How often a block was begun."""
    return (folder / f"{block.activation} {block.seeds[0]}").stat().st_size


def trainer(folder):
    """``train`` with its folder, for a pool."""
    return partial(train, folder=folder)


def hang_in_a_pool(folder):
    """A driver whose one worker hangs; prints the worker's process id."""
    from bench.training.executors import ProcessPool

    pool = ProcessPool(1, lambda *_: None, trainer(folder))
    pool.submit(Block("iris", "paper", "hang", (0,), "keras"))
    while not list(folder.iterdir()):
        time.sleep(0.1)
    (worker,) = pool._executor._processes
    print(worker, flush=True)  # noqa: T201 - to the test that started this
    time.sleep(600)
