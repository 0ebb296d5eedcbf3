"""The comparison of the trainers: seeds, epochs, and its measurement, once in a session."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import TYPE_CHECKING

from bench.data import budget
from bench.timing import nets, processes, trainers
from bench.timing.laboratory import dataset_or_skip
from bench.training.executors import cores

if TYPE_CHECKING:
    from collections.abc import Mapping

KERAS, MANY_SEEDS, LOWER_BOUND = "Keras fit", "many seeds at once", "bare products"
MOST_WORKERS = 2  # the trainers are compared on two cores
COMMAND_DATASET = "banknote"


@dataclass(frozen=True)
class Entry:
    """One competitor's result.

    Attributes:
        samples: Seconds, one per epoch or run.
        facts: What stands beside.
    """

    samples: list[float]
    facts: Mapping[str, object]


def workers() -> int:
    """Processes of one thread each that share the seeds."""
    return min(MOST_WORKERS, cores())


@cache
def keras(dataset: str) -> trainers.Timed:
    """The Keras loop, in a process with as many threads as TensorFlow takes itself."""
    dataset_or_skip(dataset)
    timing = budget(dataset).timing
    return processes.apart(
        trainers.keras_loop, dataset, tuple(range(timing.keras_seeds)), timing.keras_epochs
    )


@cache
def measured(dataset: str) -> dict[str, Entry]:
    """Seconds per seed and epoch of every trainer, and the lower bound."""
    timing, loop, width = budget(dataset).timing, keras(dataset), workers()
    shares = [tuple(range(first, timing.seeds, width)) for first in range(width)]
    found = processes.side_by_side(
        trainers.many_seeds_and_lower_bound, [(dataset, share, timing.epochs) for share in shares]
    )
    timed = [one for one, _ in found]
    ways = [bound for _, bound in found]
    bounds = {way: trainers.together_seconds([one[way] for one in ways]) for way in ways[0]}
    fastest = min(bounds, key=bounds.__getitem__)
    return {
        MANY_SEEDS: Entry(
            trainers.per_seed_epoch(timed),
            {
                "seeds": timing.seeds,
                "epochs": timing.epochs,
                "threads": width,
                "compile_seconds": max(one.compile_seconds for one in timed),
                "peak_bytes": max(one.peak_bytes for one in timed),
            },
        ),
        KERAS: Entry(
            loop.epochs,
            {
                "seeds": timing.keras_seeds,
                "epochs": timing.keras_epochs,
                "threads": "default",
                "compile_seconds": loop.compile_seconds,
                "peak_bytes": loop.peak_bytes,
            },
        ),
        LOWER_BOUND: Entry([bounds[fastest]], {"way": fastest, "ways": bounds, "threads": width}),
    }


@cache
def whole_command() -> dict[str, Entry]:
    """``adaact-bench run`` from its start to its report, and the same seeds in the Keras loop.

    The loop's time is that of five seeds, scaled: each seed is built, traced and trained anew, for
    as many epochs as the command's own early stopping ran. Importing TensorFlow is counted for the
    command alone.
    """
    timing, loop = budget(COMMAND_DATASET).timing, keras(COMMAND_DATASET)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench", "run", "--datasets", COMMAND_DATASET]
        command += ["--activations", nets.ACTIVATION, "--protocols", "paper"]
        command += ["--seeds", str(timing.seeds), "--results", folder]
        begin = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = perf_counter() - begin
        with (Path(folder) / "trials.csv").open(newline="", encoding="utf-8") as trials:
            epochs = mean(int(trial["epochs"]) for trial in csv.DictReader(trials))
    scaled = timing.seeds * (loop.compile_seconds + epochs * median(loop.epochs))
    facts = {"seeds": timing.seeds, "epochs": epochs}
    return {
        MANY_SEEDS: Entry([seconds], facts),
        KERAS: Entry([scaled], {**facts, "scaled_from_seeds": timing.keras_seeds}),
    }
