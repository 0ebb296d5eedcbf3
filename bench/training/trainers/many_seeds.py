"""Trains one Keras model under many seeds at once, in one compiled loop.

``model.fit`` on a small network spends nearly all of its time between the operations. Here the
ordinary Keras model is mapped over seeds: ``tf.vectorized_map`` over ``model.stateless_call``, all
state (weights, BatchNormalization statistics, dropout seeds, optimizer slots) passed functionally
through one ``tf.while_loop`` compiled by XLA. Every seed has its own first weights, batch order,
dropout stream and callbacks; the result of a seed does not depend on its companions.

Seeds live in lanes. A lane whose seed has stopped takes the next seed that waits, so that stopped
seeds cost nothing; when none waits, idle lanes are dropped once they have cost as much time as
compiling for fewer lanes does.
"""

from __future__ import annotations

import warnings
from collections import deque
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bench.training.trainers import keras_trainer, seeding
from bench.training.trainers.lane_model import Lane, LaneModel
from bench.training.trainers.lanes import Inputs
from bench.training.trainers.training_loop import compiled
from bench.training.trainers.vectorized import NotMappableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.training.trainers.training_task import Fit, Progress, Run, Task, Weights

MIN_LANES = 2


def fit_runs(
    task: Task, runs: Sequence[Run], *, lanes: int = 100, on_epoch: Progress = lambda _: None
) -> Iterator[Fit]:
    """Trains every run; what can't be mapped with ``fit``, after a warning that names it.

    Args:
        task: What to train.
        runs: Seeds and their settings.
        lanes: How many runs are trained side by side.
        on_epoch: Called after every epoch, as ``Progress`` says.

    Yields:
        One ``Fit`` per run, in the order in which they finish.
    """
    for group, together in _groups(task, runs):
        left = {run.number: run for run in together}
        try:
            session = _Session(group, deque(together), on_epoch)
            session.start(lanes)
            for fit in session.run():
                del left[fit.number]
                yield fit
        except NotMappableError as error:
            warnings.warn(f"{error}; trained with Keras fit instead", stacklevel=2)
            yield from keras_trainer.fit_runs(group, list(left.values()), on_epoch=on_epoch)


def width(seeds: int) -> int:
    """How many lanes train so many seeds to the bits that any other number of lanes gives.

    Alone, a seed takes another path through the compiler, and so do 4, 8, 16, ... side by side,
    whose sums it cuts into vectors otherwise: they differ in the last bits from all other numbers.
    One lane more, and they don't.
    """
    lanes = max(MIN_LANES, seeds)
    return lanes + 1 if lanes > MIN_LANES and lanes.bit_count() == 1 else lanes


def _groups(task: Task, runs: Iterable[Run]) -> Iterator[tuple[Task, list[Run]]]:
    """The runs that can share compiled functions, with their task.

    Apart: batch sizes, which are compiled in; where the split is ragged, sizes of the last batch.
    """
    grouped: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        size = run.settings.get("batch_size", task.batch_size)
        rest = len(task.parts(run.seed)["train"]) % size if task.ragged else 0
        grouped.setdefault((size, rest), []).append(run)
    for (size, _), together in grouped.items():
        yield replace(task, batch_size=size), together


def _sizes(task: Task, seeds: Iterable[int]) -> dict[str, int]:
    """The most rows that a part of the split has under any of the seeds.

    Raises:
        ValueError: Seeds differ in it and the task does not say so.
    """
    splits = [task.parts(seed) for seed in seeds]
    found = {part: {len(split[part]) for split in splits} for part in splits[0]}
    for part, sizes in found.items():
        if len(sizes) > 1 and not task.ragged:
            raise ValueError(
                f"Expected as many {part} rows under every seed. Received: from {min(sizes)} to "
                f"{max(sizes)}. Say so with ragged=True."
            )
    return {part: max(sizes) for part, sizes in found.items()}


class _Session:
    """The lanes of one call, advanced epoch by epoch."""

    def __init__(self, task: Task, waiting: deque[Run], on_epoch: Progress) -> None:
        self._task, self._waiting, self._on_epoch = task, waiting, on_epoch
        self._sizes = _sizes(task, {run.seed for run in waiting})
        self._idle_seconds = 0.0
        self._seen: Weights = []  # weights of all lanes as they are now

    def start(self, lanes: int) -> None:
        """Puts the first runs into lanes and compiles."""
        self._compiled = compiled(self._task)
        count = width(min(lanes, len(self._waiting)))
        self._lanes: list[Lane | None] = [None] * count
        self._state = self._compiled.state([self._waiting[0]]).take([0] * count)
        self._fill()
        watched = [self._inputs(part) for part in self._sizes if part != "train"]
        self._compiled.warm_up(self._state, self._inputs("train"), watched)

    def run(self) -> Iterator[Fit]:
        """Advances all lanes an epoch at a time until no seed is left."""
        while any(self._lanes):
            self._epoch()
            yield from self._finish()
            self._fill()
            self._shrink()

    def _fill(self) -> None:
        """Gives every free lane the next waiting run."""
        free = [i for i, lane in enumerate(self._lanes) if lane is None][: len(self._waiting)]
        if not free:
            return
        runs = [self._waiting.popleft() for _ in free]
        self._state = self._state.with_lanes(free, self._compiled.state(runs))
        self._seen = []
        rates = self._compiled.rates(self._state)
        for place, run in zip(free, runs, strict=True):
            rate = None if rates is None else rates[place]
            model = LaneModel(self._compiled.model, self._weights, place, rate)
            self._lanes[place] = Lane(run, self._task, model)

    def _weights(self, place: int) -> Weights:
        """Return the weights of a lane."""
        self._seen = self._seen or self._compiled.weights(self._state)  # once an epoch
        return [stack[place] for stack in self._seen]

    def _inputs(self, part: str) -> Inputs:
        """The rows of every lane, training rows in this epoch's order; idle lanes copy another."""
        spare = next(lane for lane in self._lanes if lane is not None)
        rows = np.zeros((len(self._lanes), self._sizes[part]), np.int64)
        filled = [lane or spare for lane in self._lanes]
        for place, lane in enumerate(filled):
            chosen = lane.parts[part]
            if part == "train":
                chosen = chosen[seeding.batch_order(lane.run.seed, lane.epochs, len(chosen))]
            rows[place, : len(chosen)] = chosen
        counts = np.array([len(lane.parts[part]) for lane in filled])
        scalings = [lane.scaling or (0.0, 1.0) for lane in filled]
        shift, scale = (np.stack(values) for values in zip(*scalings, strict=True))
        return Inputs(rows, counts, (shift, scale))

    def _epoch(self) -> None:
        """Trains and evaluates all lanes for one epoch and tells their callbacks."""
        begin = perf_counter()
        active = {i: lane for i, lane in enumerate(self._lanes) if lane is not None}
        for lane in active.values():
            lane.tell("on_epoch_begin", lane.epochs, {})
        self._set_rates(active)
        self._state, columns = self._compiled.train_epoch(self._state, self._inputs("train"))
        self._seen = []
        for part in self._sizes:
            if part != "train":
                scores = self._compiled.evaluate(self._state, self._inputs(part))
                columns |= {f"{part}_{name}": values for name, values in scores.items()}
        values = {name: column.tolist() for name, column in columns.items()}
        for i, lane in active.items():
            lane.end_epoch({name: column[i] for name, column in values.items()})
        self._on_epoch({lane.run.number: lane.epochs for lane in active.values()})
        idle = 1 - len(active) / len(self._lanes)
        self._idle_seconds += idle * (perf_counter() - begin)

    def _set_rates(self, active: dict[int, Lane]) -> None:
        """Gives the lanes the learning rates that their callbacks have set."""
        rates = self._compiled.rates(self._state)
        if rates is None:
            return
        wanted = rates.copy()
        for i, lane in active.items():
            wanted[i] = lane.model.optimizer.learning_rate
        if (wanted != rates).any():
            self._state = self._compiled.with_rates(self._state, wanted)

    def _finish(self) -> Iterator[Fit]:
        """Takes the runs that have stopped out of their lanes."""
        for i, lane in enumerate(self._lanes):
            if lane and (lane.model.stop_training or lane.epochs >= self._task.epochs):
                lane.tell("on_train_end", {})
                given = lane.model.given
                weights = lane.model.get_weights() if given is None else given
                self._lanes[i] = None
                results = lane.history, weights, lane.initial, lane.callbacks
                yield self._task.fit(lane.run, "many-seeds", *results)

    def _shrink(self) -> None:
        """Drops idle lanes once they have cost what compiling for fewer lanes would.

        Whether that happens depends on the clock; results do not depend on whether it happens.
        """
        active = [i for i, lane in enumerate(self._lanes) if lane is not None]
        count = width(len(active))
        worthwhile = self._idle_seconds > self._compiled.compile_seconds
        if not active or not worthwhile or 2 * count > len(self._lanes):
            return
        chosen = (active * MIN_LANES)[:count]  # padded with themselves
        self._lanes = [self._lanes[i] if n < len(active) else None for n, i in enumerate(chosen)]
        for n, lane in enumerate(self._lanes[: len(active)]):
            lane.model.place = n  # type: ignore[union-attr]
        self._state = self._state.take(chosen)
        self._seen = []
        self._idle_seconds = 0.0
