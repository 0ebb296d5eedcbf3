"""Train the unit of work: trials of one (data set, protocol, activation), side by side.

A block travels to a worker, which imports TensorFlow; this module itself does not.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bench.data import budget
from bench.data.files import house_libraries
from bench.records import NO_RATE
from bench.training.protocols import PROTOCOLS
from bench.training.seeding import Stream, stream_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import keras

    from bench.records import Trial, TrialKey
    from bench.training.evaluate import Evaluator
    from bench.training.spec import Fit, Progress, Run, Task

COMPILE_SECONDS = 4.0  # of a small network; every block compiles anew


@dataclass(frozen=True)
class Block:
    """Trials of one cell to be trained together.

    Attributes:
        keys: The trials: of one data set, protocol and activation.
        trainer: ``many-seeds`` or ``keras``.
        epochs: A cap on the epochs in place of the recipe's; None: the recipe's own.
        data_dir: Folder of the data files, as ``--data-dir`` gives it.
        hidden: Widths of the hidden layers; empty: the data set's own network.
        model: Whether the activation's place is taken by a model of the user's own.
        seconds_each: Estimated seconds of one trial; decides order and size of blocks.
    """

    keys: tuple[TrialKey, ...]
    trainer: str
    epochs: int | None = None
    data_dir: Path | None = None
    hidden: tuple[int, ...] = ()
    model: bool = False
    seconds_each: float = 1.0

    @property
    def cell(self) -> tuple[str, str, str]:
        """Data set, protocol and activation."""
        return self.keys[0][:3]

    @property
    def title(self) -> str:
        """Name the block in messages."""
        return " ".join(self.cell)

    @property
    def seconds(self) -> float:
        """Estimate the seconds of the whole block, compilation included."""
        return COMPILE_SECONDS + self.seconds_each * len(self.keys)

    def only(self, keys: Collection[TrialKey]) -> Block:
        """Return the block with some of its trials alone."""
        return replace(self, keys=tuple(key for key in self.keys if key in keys))


def train_block(block: Block, on_epoch: Progress = lambda _: None) -> Iterator[Trial]:
    """Train the trials of a block and evaluate each as it finishes.

    Args:
        block: What to train.
        on_epoch: Called after every epoch with ``{TrialKey.place: epochs done}``.

    Yields:
        The trials, in the order in which they finish.
    """
    quiet()
    from bench.training import keras_trainer, many_seeds

    shape = block.hidden, block.model
    task, evaluator = _task(*block.cell, block.epochs, block.data_dir, *shape)
    keys = {}
    runs = []
    for key in block.keys:
        run = _run(key)
        keys[run.lane] = key
        runs.append(run)
    if block.trainer == "keras":
        fits = keras_trainer.fit_runs(task, runs, on_epoch=on_epoch)
    else:
        lanes = budget(block.cell[0]).lanes
        fits = many_seeds.fit_runs(task, runs, lanes=lanes, on_epoch=on_epoch)
    for fit in fits:
        key = keys[fit.seed, fit.settings.get("learning_rate")]
        yield evaluator.trial(key, block.trainer, fit)


def train_one(key: TrialKey, data_dir: Path | None) -> tuple[keras.Model, Fit, Trial]:
    """Train one trial and keep everything that was seen on the way.

    Returns:
        The model with the kept weights, the fit, whose history also holds every weight after every
        epoch (``weight_column``), and the trial.
    """
    quiet()
    from bench.training import many_seeds

    task, evaluator = _task(*key[:3], None, data_dir, (), model=False)
    every = {weight_column(place): place for place in range(len(evaluator.model.weights))}
    watched = replace(task, track={**task.track, **every})
    (fit,) = many_seeds.fit_runs(watched, [_run(key)])
    history = {name: values for name, values in fit.history.items() if name not in every}
    trial = evaluator.trial(key, "many-seeds", replace(fit, history=history))
    evaluator.model.set_weights(next(iter(fit.kept.values())).weights)
    return evaluator.model, fit, trial


def _run(key: TrialKey) -> Run:
    """Return what a trainer is told of a trial: its stream and its learning rate."""
    from bench.training.spec import Run

    protocol = PROTOCOLS[key.protocol]
    if protocol.one_split:  # the seed's own streams, as before there were splits
        stream = Stream(key.seed, key.split)
    else:
        stream = stream_of(key.dataset, key.split, key.seed, protocol.stage)
    rate = {} if key.learning_rate == NO_RATE else {"learning_rate": key.learning_rate}
    return Run(stream, rate, key.place)


def weight_column(position: int) -> str:
    """Return the history column of one of ``model.weights`` in ``train_one``."""
    return f"weight_{position}"


def quiet(threads: int = 1) -> None:
    """Imports TensorFlow without its log lines and with so many threads.

    One thread: more would change the order of sums, and so the last bits, with the machine.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    house_libraries()
    with _silenced():  # what TensorFlow logs while it is imported heeds no level
        import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    if tf.config.threading.get_intra_op_parallelism_threads() != threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


@contextmanager
def _silenced() -> Iterator[None]:
    """Sends what C++ writes to standard error nowhere."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@lru_cache(maxsize=2)
def _task(
    dataset_name: str,
    protocol_name: str,
    activation: str,
    epochs: int | None,
    data_dir: Path | None,
    hidden: tuple[int, ...],
    model: bool,
) -> tuple[Task, Evaluator]:
    """Return the task of a cell and its evaluator, kept for its next block with what is compiled.

    The task's seeds are streams. Splits are cut once a number, not once a stream.
    """
    from functools import partial

    from bench.data import load
    from bench.training import networks, own_model
    from bench.training.evaluate import Evaluator, learned_scalars
    from bench.training.spec import Settings, Task

    dataset, protocol = load(dataset_name, data_dir), PROTOCOLS[protocol_name]
    recipe = networks.RECIPES.get(dataset_name, networks.DEFAULT)
    shape = dataset.x.shape[1], dataset.classes
    build = partial(networks.build, dataset_name, activation, *shape, hidden)
    if model:
        build = partial(own_model.build, activation, *shape)
    settings = Settings(
        recipe.optimizer,
        networks.loss(dataset.classes),
        recipe.batch_size,
        protocol.most_epochs(recipe.epochs, epochs),
        recipe.patience,
        protocol.monitors,
        protocol.standardise,
    )
    if model:
        settings = replace(settings, **own_model.compiled(activation, *shape))
    numbered = lru_cache(maxsize=256)(partial(protocol.split, dataset))
    task = Task(
        build,
        dataset.x,
        dataset.y,
        lambda stream: numbered(stream.split),  # type: ignore[attr-defined]
        settings,
        learned_scalars(build()),
        ragged=dataset.groups is not None,  # groups differ in size, and so do parts of a split
        one_unit=dataset.classes == 2,
    )
    return task, Evaluator(task, dataset.classes)
