"""Trains one Keras model under many seeds at once, in one compiled loop.

``model.fit`` on a small network spends nearly all of its time between the operations. Here the
ordinary Keras model is mapped over seeds: ``tf.vectorized_map`` over ``model.stateless_call``, all
state (weights, BatchNormalization statistics, dropout seeds, optimizer slots) passed functionally
through one ``tf.while_loop`` compiled by XLA. Every seed has its own first weights, batch order,
dropout stream and stopping rule; the result of a seed does not depend on its companions.

Seeds live in lanes. A lane whose seed has stopped takes the next seed that waits, so that stopped
seeds cost nothing; when none waits, idle lanes are dropped once they have cost as much time as
compiling for fewer lanes does.

Examples:
    >>> task = Task(build_model, x, y, split, Settings("adam", "sparse_categorical_crossentropy"))
    >>> for fit in fit_seeds(task, range(100)):
    ...     print(fit.seed, fit.history["val_accuracy"][-1])
"""

from __future__ import annotations

import warnings
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.training import keras_trainer, seeding
from bench.training.compiled import compiled
from bench.training.spec import (
    PREFIX,
    Fit,
    Kept,
    Progress,
    Run,
    Task,
    Weights,
    stack_history,
    task_with,
)
from bench.training.state import Inputs
from bench.training.stopping import StoppingRule
from bench.training.unmappable import NotMappableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bench.data.splits import Split

MIN_LANES = 2


def fit_seeds(
    task: Task,
    seeds: Sequence[int],
    *,
    settings: Sequence[Mapping[str, Any]] = ({},),
    lanes: int = 100,
    on_epoch: Progress = lambda _: None,
) -> Iterator[Fit]:
    """Trains every seed; the same training as ``model.fit`` with the seed's weights and batches.

    Works with any Keras model of one input and one output on TensorFlow that
    ``tf.vectorized_map`` and XLA take, and with any optimizer whose step can be mapped. What can't
    be mapped is trained with Keras ``fit`` instead, after a warning that names the layer or the
    option.

    Args:
        task: What to train.
        seeds: Which seeds; results come in the order in which they finish training.
        settings: Fields of ``Settings`` in place of the task's. Each seed is trained under each.
            Learning rates share one compiled call; other fields are compiled for each value.
        lanes: How many seeds are trained side by side. Costs memory: weights, optimizer slots and
            kept weights of that many networks.
        on_epoch: Called after every epoch, as ``Progress`` says.

    Yields:
        One ``Fit`` per seed and settings.

    Raises:
        UserError: The first weights can't be repeated, or a layer draws random numbers that are not
            the seed's; names the weight or the layer.
    """
    runs = [
        Run(seed, chosen, seed if len(settings) == 1 else (seed, number))
        for number, chosen in enumerate(settings)
        for seed in seeds
    ]
    yield from fit_runs(task, runs, lanes=lanes, on_epoch=on_epoch)


def fit_runs(
    task: Task, runs: Sequence[Run], *, lanes: int = 100, on_epoch: Progress = lambda _: None
) -> Iterator[Fit]:
    """Trains every run; as ``fit_seeds``, of which each seed under each settings is a run."""
    for group, together in _groups(task, runs):
        session = _Session(group, deque(together), on_epoch)
        try:
            session.start(lanes)
        except NotMappableError as error:
            warnings.warn(f"{error}; trained with Keras fit instead", stacklevel=2)
            yield from keras_trainer.fit_runs(group, together, on_epoch=on_epoch)
        else:
            yield from session.run()


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

    Apart: settings that are compiled in; where the split is ragged, sizes of the last batch too.
    """
    grouped: dict[Any, list[Run]] = {}
    tasks: dict[Any, Task] = {}
    for run in runs:
        compiled_in = frozenset((k, v) for k, v in run.settings.items() if k != "learning_rate")
        variant = task_with(task, compiled_in)
        rest = len(task.split(run.seed).train) % variant.settings.batch_size if task.ragged else 0
        key = compiled_in, rest
        tasks[key] = variant
        grouped.setdefault(key, []).append(run)
    for key, together in grouped.items():
        yield tasks[key], together


def _sizes(task: Task, seeds: Iterable[int]) -> dict[str, int]:
    """The most rows that a part of the split has under any of the seeds.

    Raises:
        ValueError: Seeds differ in it and the task does not say so.
    """
    parts = ("train", *task.settings.monitors)
    found = {
        part: {len(getattr(task.split(seed), part)) for seed in seeds if callable(task.splits)}
        or {len(getattr(task.splits, part))}
        for part in parts
    }
    for part, sizes in found.items():
        if len(sizes) > 1 and not task.ragged:
            raise ValueError(
                f"Expected as many {part} rows under every seed. Received: from {min(sizes)} to "
                f"{max(sizes)}. Say so with Task(ragged=True)."
            )
    return {part: max(sizes) for part, sizes in found.items()}


@dataclass(eq=False)
class _Lane:
    """One run in training."""

    run: Run
    initial: Weights
    split: Split
    scaling: tuple[np.ndarray, np.ndarray] | None
    rules: dict[str, StoppingRule]
    epochs: list[dict[str, np.ndarray | float]] = field(default_factory=list)

    @classmethod
    def of(cls, task: Task, run: Run, initial: Weights) -> _Lane:
        rules = {part: StoppingRule(task.settings.patience) for part in task.settings.monitors}
        return cls(run, initial, task.split(run.seed), task.scaling(run.seed), rules)

    def stopped(self, most_epochs: int) -> bool:
        return len(self.epochs) >= most_epochs or all(rule.fired for rule in self.rules.values())


class _Session:
    """The lanes of one call, advanced epoch by epoch."""

    def __init__(self, task: Task, waiting: deque[Run], on_epoch: Progress) -> None:
        self._task, self._waiting, self._on_epoch = task, waiting, on_epoch
        self._sizes = _sizes(task, {run.seed for run in waiting})
        self._idle_seconds = 0.0

    def start(self, lanes: int) -> None:
        """Puts the first runs into lanes and compiles."""
        self._compiled = compiled(self._task)
        count = width(min(lanes, len(self._waiting)))
        self._lanes: list[_Lane | None] = [None] * count
        spare = self._compiled.state([self._waiting[0].lane])
        self._state = spare.take([0] * count)
        self._fill()
        self._best = dict.fromkeys(self._task.settings.monitors, self._state)
        watched = [self._inputs(part) for part in self._task.settings.monitors]
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
        fresh = self._compiled.state([run.lane for run in runs])
        self._state = self._state.with_lanes(free, fresh)
        initial = self._compiled.weights(fresh)
        for n, (position, run) in enumerate(zip(free, runs, strict=True)):
            self._lanes[position] = _Lane.of(self._task, run, [value[n] for value in initial])

    def _inputs(self, part: str) -> Inputs:
        """The rows of every lane, training rows in this epoch's order; idle lanes copy another."""
        spare = next(lane for lane in self._lanes if lane is not None)
        rows = np.zeros((len(self._lanes), self._sizes[part]), np.int64)
        counts, scaling = [], []
        for place, lane in enumerate(lane or spare for lane in self._lanes):
            chosen = getattr(lane.split, part)
            if part == "train":
                chosen = chosen[seeding.batch_order(lane.run.seed, len(lane.epochs), len(chosen))]
            rows[place, : len(chosen)] = chosen
            counts.append(len(chosen))
            scaling.append(lane.scaling or (0.0, 1.0))
        if spare.scaling is None:
            return Inputs(rows, np.array(counts), np.zeros(()), np.ones(()))
        shift, scale = (np.stack(values) for values in zip(*scaling, strict=True))
        return Inputs(rows, np.array(counts), shift, scale)

    def _epoch(self) -> None:
        """Trains and evaluates all lanes for one epoch and updates their stopping rules."""
        begin = perf_counter()
        active = {i: lane for i, lane in enumerate(self._lanes) if lane is not None}
        self._state, columns = self._compiled.train_epoch(self._state, self._inputs("train"))
        for part in self._task.settings.monitors:
            scores = self._compiled.evaluate(self._state, self._inputs(part))
            columns |= {PREFIX[part] + name: values for name, values in scores.items()}
            improved = np.zeros(len(self._lanes), bool)
            for i, lane in active.items():
                improved[i] = lane.rules[part].update(float(scores["loss"][i]))
            if improved.any():
                self._best[part] = self._state.keep(improved, self._best[part])
        tracked = self._compiled.weights(self._state, self._task.track.values())
        columns |= dict(zip(self._task.track, tracked, strict=True))
        for i, lane in active.items():
            lane.epochs.append({name: values[i] for name, values in columns.items()})
        self._on_epoch({lane.run.name: len(lane.epochs) for lane in active.values()})
        idle = 1 - len(active) / len(self._lanes)
        self._idle_seconds += idle * (perf_counter() - begin)

    def _finish(self) -> Iterator[Fit]:
        """Takes the seeds that have stopped out of their lanes."""
        most = self._task.settings.epochs
        stopped = {i: lane for i, lane in enumerate(self._lanes) if lane and lane.stopped(most)}
        if not stopped:
            return
        best = {part: self._compiled.weights(state) for part, state in self._best.items()}
        for i, lane in stopped.items():
            self._lanes[i] = None
            kept = {
                part: Kept(rule.epochs, rule.best_epoch, [value[i].copy() for value in best[part]])
                for part, rule in lane.rules.items()
            }
            history = stack_history(lane.epochs)
            yield Fit(lane.run.seed, lane.initial, history, kept, lane.run.settings)

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
        self._state = self._state.take(chosen)
        self._best = {part: state.take(chosen) for part, state in self._best.items()}
        self._idle_seconds = 0.0
