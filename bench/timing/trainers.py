"""Measure the same training by Keras ``fit`` and by the many-seeds trainer, apart."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import harmonic_mean, mean, median
from time import perf_counter
from typing import TYPE_CHECKING

from bench.data import budget, load
from bench.timing import processes
from bench.timing.interleave import Measured
from bench.timing.tasks import ACTIVATION, dataset_or_skip, timed_task
from bench.training.pools.worker_pool import cores
from bench.training.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KERAS, MANY_SEEDS = "Keras fit", "many seeds at once"
MOST_WORKERS = 2  # the trainers are compared on two cores
COMMAND_DATASET = "banknote"

THREAD_VARIABLES = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
"""What tox and conftest.py pin, and a user of Keras does not."""


@cache
def epochs_of_one_seed(dataset: str) -> dict[str, Measured]:
    """Measure seconds of the machine per seed and epoch, compilation apart."""
    loop, timing, workers = keras(dataset), budget(dataset).timing, min(MOST_WORKERS, cores())
    shares = [tuple(range(first, timing.seeds, workers)) for first in range(workers)]
    work = [(dataset, share, timing.epochs) for share in shares]
    parts = processes.side_by_side(many_seeds_loop, work)
    rounds = zip(*(part.samples for part in parts), strict=True)
    samples = [harmonic_mean(each) / workers for each in rounds]  # their speeds add up
    facts = {"seeds": timing.seeds, "epochs": timing.epochs, "threads": workers}
    for cost in ("compile_seconds", "peak_bytes"):
        facts[cost] = max(part.facts[cost] for part in parts)
    return {MANY_SEEDS: Measured(samples, facts), KERAS: loop}


@cache
def keras(dataset: str) -> Measured:
    """Measure the Keras loop, in a process with as many threads as TensorFlow takes itself."""
    dataset_or_skip(dataset)
    timing = budget(dataset).timing
    seeds = tuple(range(timing.keras_seeds))
    return processes.apart(keras_loop, dataset, seeds, timing.keras_epochs)


@cache
def whole_command() -> dict[str, Measured]:
    """Measure ``adaact-bench run`` from its start to its report, beside the Keras loop.

    The loop's time is that of five seeds, scaled: each seed is built, traced and trained anew, for
    as many epochs as the command's own early stopping ran. Importing TensorFlow is counted for the
    command alone.
    """
    timing, loop = budget(COMMAND_DATASET).timing, keras(COMMAND_DATASET)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench", "run", "--datasets", COMMAND_DATASET]
        command += ["--activations", ACTIVATION, "--protocols", "paper"]
        command += ["--seeds", str(timing.seeds), "--results", folder]
        begin = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = perf_counter() - begin
        with (Path(folder) / "trials.csv").open(newline="", encoding="utf-8") as trials:
            counts = [trial["epochs"] for trial in csv.DictReader(trials)]
    epochs = mean(int(count) for count in counts if count)  # scikit-learn's models have none
    scaled = timing.seeds * (loop.facts["compile_seconds"] + epochs * median(loop.samples))
    facts = {"seeds": timing.seeds, "epochs": epochs}
    return {
        MANY_SEEDS: Measured([seconds], facts),
        KERAS: Measured([scaled], {**facts, "scaled_from_seeds": timing.keras_seeds}),
    }


def keras_loop(dataset: str, seeds: Sequence[int], epochs: int) -> Measured:
    """Train one seed after the other as a user would write it.

    A fresh model per seed, ``compile``, ``fit`` on arrays with the paper's batch size and
    validation data; everything else is as Keras has it, threads too, but nothing is printed.

    Returns:
        Seconds per epoch, the first one of each seed left out; what that took longer is
        ``compile_seconds``, a mean over seeds, since each seed compiles anew.
    """
    for name in THREAD_VARIABLES:
        os.environ.pop(name, None)
    quiet(threads=0)
    import keras

    from bench.training.trials.cells import targets

    data = load(dataset)
    task = timed_task(data, epochs=epochs)
    split, y = task.split(0), targets(task.y, data.classes)
    rows = {"x": task.x[split.train], "y": y[split.train], "batch_size": task.batch_size}
    watched = task.x[split.validation], y[split.validation]
    steady, compiling = [], []
    for seed in seeds:
        marks = [perf_counter()]
        callback = keras.callbacks.LambdaCallback(on_epoch_end=_marking(marks))
        keras.utils.set_random_seed(seed)
        model = task.build()
        model.fit(**rows, epochs=epochs, validation_data=watched, callbacks=[callback], verbose=0)
        first, *others = _gaps(marks)
        steady += others
        compiling.append(first - mean(others))
    facts = {"seeds": len(seeds), "epochs": epochs, "threads": "default"}
    return Measured(steady, facts | _costs(mean(compiling)))


def many_seeds_loop(dataset: str, seeds: Sequence[int], epochs: int) -> Measured:
    """Train the seeds at once on one thread, in as many lanes as ``adaact-bench run`` has.

    Returns:
        Seconds per seed and epoch, after a training that was only to compile; the first epoch, with
        what a training prepares once, is left out.
    """
    quiet(threads=1)
    task = timed_task(load(dataset), epochs=epochs)
    lanes, began = min(len(seeds), budget(dataset).lanes), perf_counter()
    with suppress(_EnoughError):
        list(task.fit(seeds, lanes=lanes, on_epoch=_one_is_enough))
    cold = perf_counter() - began
    processes.together()
    marks = [perf_counter()]
    list(task.fit(seeds, lanes=lanes, on_epoch=_marking(marks)))
    warm, *others = _gaps(marks)
    return Measured([gap / lanes for gap in others], _costs(cold - warm))


class _EnoughError(Exception):
    """Ends a training that was only to compile."""


def _one_is_enough(_: object) -> None:
    raise _EnoughError


def _marking(marks: list[float]) -> Callable[..., None]:
    return lambda *_: marks.append(perf_counter())


def _gaps(marks: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(marks)]


def _costs(compile_seconds: float) -> dict[str, float]:
    return {"compile_seconds": compile_seconds, "peak_bytes": processes.peak_memory_bytes()}
