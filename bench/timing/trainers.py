"""The same training by Keras ``fit`` and by the many-seeds trainer, each in its own process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from bench.timing.processes import peak_memory_bytes, together

if TYPE_CHECKING:
    from bench.training.spec import Task

ACTIVATION = "adaact"


@dataclass(frozen=True)
class Timed:
    """What one process measured.

    Attributes:
        epochs: Seconds per epoch of all its seeds, validation included, compilation left out.
        seeds: How many seeds those epochs trained.
        compile_seconds: Building, tracing and compiling, once or, in Keras, once a seed.
        total_seconds: From the first line to the last, importing TensorFlow left out.
        peak_bytes: The most memory the process has held.
    """

    epochs: list[float]
    seeds: int
    compile_seconds: float
    total_seconds: float
    peak_bytes: int


def keras_loop(dataset: str, seeds: Sequence[int], epochs: int) -> Timed:
    """Trains one seed after the other as a user would write it.

    A fresh model per seed, ``compile``, ``fit`` on arrays with the paper's batch size and
    validation data, everything else as it is by default (threads too), but for the printing.
    """
    task = _task(dataset, epochs, threads=0)
    import keras

    from bench.training.keras_trainer import targets

    split, settings = task.split(0), task.settings
    x, y = task.inputs(0, split.train), targets(task, split.train)
    validation = task.inputs(0, split.validation), targets(task, split.validation)
    together()
    begin, steady, compiling = perf_counter(), [], 0.0
    for seed in seeds:
        begin_seed = perf_counter()
        keras.utils.set_random_seed(seed)
        model = task.build()
        model.compile(settings.optimizer, loss=settings.loss, metrics=["accuracy"])
        marks = [begin_seed]
        mark = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda *_, marks=marks: marks.append(perf_counter())
        )
        model.fit(
            x,
            y,
            batch_size=settings.batch_size,
            epochs=epochs,
            validation_data=validation,
            callbacks=[mark],
            verbose=0,
        )
        first, *others = _gaps(marks)
        steady += others
        compiling += first - sum(others) / len(others)
    total = perf_counter() - begin
    return Timed(steady, 1, compiling / len(seeds), total, peak_memory_bytes())


def replicate_loop(dataset: str, seeds: Sequence[int], epochs: int) -> Timed:
    """Trains all seeds at once, on one thread, in as many lanes as ``adaact-bench run`` has."""
    task = _task(dataset, epochs, threads=1)
    from bench.training.blocks import LANES
    from bench.training.compiled import compiled
    from bench.training.replicate import fit_seeds

    marks: list[float] = []
    lanes = LANES.get(dataset, len(seeds))
    begin = perf_counter()
    try:
        list(fit_seeds(task, seeds, lanes=lanes, on_epoch=_one_epoch_is_enough))
    except _WarmError:
        compile_seconds = compiled(task).compile_seconds
    together()
    marks.append(perf_counter())
    list(fit_seeds(task, seeds, lanes=lanes, on_epoch=lambda _: marks.append(perf_counter())))
    total = perf_counter() - begin
    return Timed(_gaps(marks), len(seeds), compile_seconds, total, peak_memory_bytes())


class _WarmError(Exception):
    """Ends a training that was only to compile."""


def _one_epoch_is_enough(_: Mapping[int, int]) -> None:
    raise _WarmError


def _task(dataset: str, epochs: int, threads: int) -> Task:
    """The cell's task, TensorFlow imported with so many threads; 0: as many as it takes itself."""
    from bench.training.blocks import quiet

    quiet(threads)
    from bench.data import load
    from bench.timing.nets import cell_task

    return cell_task(load(dataset), ACTIVATION, epochs)


def _gaps(marks: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in zip(marks, marks[1:], strict=False)]


def per_seed_epoch(parts: Sequence[Timed]) -> list[float]:
    """Seconds that the machine takes per seed and epoch with these processes side by side.

    1 / Σ(seeds / seconds), epoch by epoch: the processes' speeds add up.
    """
    rounds = zip(*(part.epochs for part in parts), strict=True)
    return [
        1 / sum(part.seeds / seconds for part, seconds in zip(parts, times, strict=True))
        for times in rounds
    ]
