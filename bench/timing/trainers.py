"""The same training by Keras ``fit`` and by the many-seeds trainer, each in its own process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING

from bench.data import budget
from bench.timing.processes import peak_memory_bytes, together

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.training.spec import Task

THREAD_VARIABLES = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
"""What tox and conftest.py pin, and a user of Keras does not."""


@dataclass(frozen=True)
class Timed:
    """What one process measured, validation after every epoch included, imports left out.

    Attributes:
        epochs: Seconds per epoch of all seeds side by side, the first epoch, with what a training
            prepares once, left out.
        seeds: How many seeds those epochs trained side by side; 1 in Keras.
        training_seconds: The whole training of all seeds, compilation left out.
        compile_seconds: Tracing and compiling; in Keras that of one seed, since each needs it anew.
        peak_bytes: The most memory that the process has held.
    """

    epochs: list[float]
    seeds: int
    training_seconds: float
    compile_seconds: float
    peak_bytes: int


def keras_loop(dataset: str, seeds: Sequence[int], epochs: int) -> Timed:
    """Trains one seed after the other as a user would write it.

    A fresh model per seed, ``compile``, ``fit`` on arrays with the paper's batch size and
    validation data; everything else is as Keras has it, threads too, but nothing is printed.
    """
    task = _task(dataset, epochs, threads=0)
    import keras

    from bench.training.keras_trainer import targets

    split, settings = task.split(0), task.settings
    x, y = task.inputs(0, split.train), targets(task, split.train)
    watched = task.inputs(0, split.validation), targets(task, split.validation)
    together()
    begin, steady, compiling = perf_counter(), [], []
    for seed in seeds:
        marks = [perf_counter()]
        keras.utils.set_random_seed(seed)
        model = task.build()
        model.compile(settings.optimizer, loss=settings.loss, metrics=["accuracy"])
        model.fit(
            x,
            y,
            batch_size=settings.batch_size,
            epochs=epochs,
            validation_data=watched,
            callbacks=[_marking(marks)],
            verbose=0,
        )
        first, *others = gaps(marks)
        steady += others
        compiling.append(first - sum(others) / len(others))
    training = perf_counter() - begin - sum(compiling)
    return Timed(steady, 1, training, sum(compiling) / len(seeds), peak_memory_bytes())


def _marking(marks: list[float]) -> object:
    import keras

    return keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: marks.append(perf_counter()))


def many_seeds_loop(dataset: str, seeds: Sequence[int], epochs: int) -> Timed:
    """Trains the seeds at once, on one thread, in as many lanes as ``adaact-bench run`` has."""
    task = _task(dataset, epochs, threads=1)
    return many_seeds_task(task, seeds, min(len(seeds), budget(dataset).lanes))


def many_seeds_task(task: Task, seeds: Sequence[int], lanes: int) -> Timed:
    """Trains the seeds at once in so many lanes, after a training that was only to compile."""
    from bench.training.compiled import compiled
    from bench.training.many_seeds import fit_seeds

    try:
        list(fit_seeds(task, seeds, lanes=lanes, on_epoch=_one_is_enough))
    except _WarmError:
        compile_seconds = compiled(task).compile_seconds
    together()
    marks = [perf_counter()]
    list(fit_seeds(task, seeds, lanes=lanes, on_epoch=lambda _: marks.append(perf_counter())))
    training = perf_counter() - marks[0]
    return Timed(gaps(marks)[1:], lanes, training, compile_seconds, peak_memory_bytes())


class _WarmError(Exception):
    """Ends a training that was only to compile."""


def _one_is_enough(_: Mapping[int, int]) -> None:
    raise _WarmError


def many_seeds_and_lower_bound(
    dataset: str, seeds: Sequence[int], epochs: int
) -> tuple[Timed, dict[str, float]]:
    """The many-seeds trainer, and the lower bound under it in the same process.

    Returns:
        The training's times, and the lower bound in seconds per seed and epoch by way of computing.
    """
    from bench.timing.lower_bound import least_seconds

    timed = many_seeds_loop(dataset, seeds, epochs)
    return timed, least_seconds(dataset, timed.seeds)


def _task(dataset: str, epochs: int, threads: int) -> Task:
    """The cell's task, TensorFlow imported with so many threads; 0: as many as it takes itself."""
    if threads == 0:
        for name in THREAD_VARIABLES:
            os.environ.pop(name, None)
    from bench.training.blocks import quiet

    quiet(threads)
    from bench.data import load
    from bench.timing.nets import ACTIVATION, cell_task

    return cell_task(load(dataset), ACTIVATION, epochs)


def gaps(marks: Sequence[float]) -> list[float]:
    """Seconds from each mark to the next."""
    return [later - earlier for earlier, later in pairwise(marks)]


def together_seconds(parts: Sequence[float]) -> float:
    """Seconds that processes side by side take for a piece of work that each can do alone.

    1 / Σ(1 / seconds): their speeds add up.
    """
    return 1 / sum(1 / seconds for seconds in parts)


def per_seed_epoch(parts: Sequence[Timed]) -> list[float]:
    """Seconds that the machine takes per seed and epoch with these processes side by side."""
    alone = [[seconds / part.seeds for seconds in part.epochs] for part in parts]
    return [together_seconds(times) for times in zip(*alone, strict=True)]
