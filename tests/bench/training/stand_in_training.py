"""A stand-in for training where workers are put to the test.

A module of its own, because worker processes import it by name.
"""

import os
import time
from collections import defaultdict
from functools import partial

import numpy as np

from bench.errors import UserError
from bench.records import Trial, TrialKey
from bench.training.blocks import Block
from bench.training.executors import run_jobs

STREAMED = 60  # seeds of a block that streams
LARGE = 150_000  # bytes of each of its trials: more than a pipe takes at once


def blocks(*activations):
    """One block of two seeds for each."""
    return [
        Block("iris", "paper", activation, (2 * n, 2 * n + 1), "keras")
        for n, activation in enumerate(activations)
    ]


class Ran:
    """What a pool made of some jobs.

    Attributes:
        outcomes: By job.
        results: By job: trials or fits, in the order in which they came.
        epochs: ``(job, {seed: epochs done})``, in the order in which they were told.
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
        self.results[job].append(result.value)

    def keys(self, job):
        return sorted(value.key for value in self.results[job])


def run(pool, jobs, **options):
    """Runs jobs to the end."""
    ran = Ran()
    list(ran.start(pool, jobs, **options))
    assert ran.outcomes.keys() == set(jobs)
    return ran


def train(block, on_epoch, *, folder):  # noqa: C901, PLR0912 - one case a fault
    """Does what the block's activation says; each attempt leaves a letter in a file of its own."""
    log = folder / f"{block.activation} {block.seeds[0]}"
    with log.open("a") as file:
        file.write("x")
    first_time = log.stat().st_size == 1
    more = {}
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
        case "long":
            for epoch in range(1, 13):
                time.sleep(0.25)
                on_epoch(dict.fromkeys(block.seeds, epoch))
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
        case "stream":
            more = {"outcomes": np.ones(LARGE, np.int8), "reason": str(os.getpid())}
    for epoch in (1, 2):
        on_epoch(dict.fromkeys(block.seeds, epoch))
    for seed in block.seeds:
        yield Trial(TrialKey(*block.cell, seed), block.trainer, "ok", **more)
        if block.activation == "one, then none":
            time.sleep(0.1)  # else a cluster's worker is gone before the trial is sent
            os._exit(3)
        if block.activation == "twice":
            yield Trial(TrialKey(*block.cell, seed), block.trainer, "diverged")


def attempts(folder, block):
    """How often a block was begun; a retry begins with the first seed that is missing."""
    return (folder / f"{block.activation} {block.seeds[0]}").stat().st_size


def trainer(folder):
    """``train`` with its folder, for a pool."""
    return partial(train, folder=folder)


def hang_in_a_pool(folder):
    """A driver whose one worker hangs; prints the worker's process id."""
    from bench.training.processes import ProcessPool

    pool = ProcessPool(1, trainer(folder))
    number = pool.submit(Block("iris", "paper", "hang", (0,), "keras"))
    while not list(folder.iterdir()):
        time.sleep(0.1)
    print(pool._busy[number].process.pid, flush=True)  # noqa: T201 - to the test that started this
    time.sleep(600)
