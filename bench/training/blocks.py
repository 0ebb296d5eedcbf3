"""The unit of work: seeds of one (data set, protocol, activation), trained together.

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
from bench.records import Trial, TrialKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path
    from typing import NamedTuple

    import keras

    from bench.training.evaluate import Evaluator
    from bench.training.spec import Fit, Progress, Task

COMPILE_SECONDS = 4.0  # of a small network; every block compiles anew


@dataclass(frozen=True)
class Block:
    """Seeds to be trained together.

    Attributes:
        dataset: Name in ``bench.data.DATASETS``.
        protocol: Name in ``bench.training.protocols.PROTOCOLS``.
        activation: Name in ``baselines.ACTIVATIONS``, or an import string.
        seeds: Seeds not trained yet.
        trainer: ``many-seeds`` or ``keras``.
        epochs: A cap on the recipe's epochs; None: the recipe's own.
        data_dir: Folder of the data files, as ``--data-dir`` gives it.
        hidden: Widths of the hidden layers; empty: the data set's own network.
        seconds_each: Estimated seconds of training one seed; decides order and size of blocks.
    """

    dataset: str
    protocol: str
    activation: str
    seeds: tuple[int, ...]
    trainer: str
    epochs: int | None = None
    data_dir: Path | None = None
    hidden: tuple[int, ...] = ()
    seconds_each: float = 1.0

    @property
    def cell(self) -> tuple[str, str, str]:
        """Data set, protocol and activation."""
        return self.dataset, self.protocol, self.activation

    @property
    def keys(self) -> tuple[TrialKey, ...]:
        """Keys of the trials."""
        return tuple(TrialKey(*self.cell, seed) for seed in self.seeds)

    @property
    def title(self) -> str:
        """Name the block in messages."""
        return " ".join(self.cell)

    @property
    def seconds(self) -> float:
        """Estimate the seconds of the whole block, compilation included."""
        return COMPILE_SECONDS + self.seconds_each * len(self.seeds)

    def only(self, keys: Collection[NamedTuple]) -> Block:
        """Return the block with some of its trials alone."""
        seeds = tuple(key.seed for key in self.keys if key in keys)
        return replace(self, seeds=seeds)


def train_block(block: Block, on_epoch: Progress = lambda _: None) -> Iterator[Trial]:
    """Trains the seeds of a block and evaluates each as it finishes.

    Args:
        block: What to train.
        on_epoch: Called after every epoch with ``{seed: epochs done}``.

    Yields:
        One trial per seed, in the order in which they finish.
    """
    quiet()
    from bench.training import keras_trainer, many_seeds

    task, evaluator = _task(*block.cell, block.epochs, block.data_dir, block.hidden)
    if block.trainer == "keras":
        fits = keras_trainer.fit_seeds(task, block.seeds, on_epoch=on_epoch)
    else:
        lanes = budget(block.dataset).lanes
        fits = many_seeds.fit_seeds(task, block.seeds, lanes=lanes, on_epoch=on_epoch)
    for fit in fits:
        yield evaluator.trial(TrialKey(*block.cell, fit.seed), block.trainer, fit)


def train_one(key: TrialKey, data_dir: Path | None) -> tuple[keras.Model, Fit, Trial]:
    """Trains one trial and keeps everything that was seen on the way.

    Returns:
        The model with the kept weights, the fit, whose history also holds every weight after every
        epoch (``weight_column``), and the trial.
    """
    quiet()
    from bench.training import many_seeds

    task, evaluator = _task(key.dataset, key.protocol, key.activation, None, data_dir, ())
    every = {weight_column(place): place for place in range(len(evaluator.model.weights))}
    watched = replace(task, track={**task.track, **every})
    (fit,) = many_seeds.fit_seeds(watched, [key.seed])
    history = {name: values for name, values in fit.history.items() if name not in every}
    trial = evaluator.trial(key, "many-seeds", replace(fit, history=history))
    return evaluator.model, fit, trial


def weight_column(position: int) -> str:
    """History column of one of ``model.weights`` in ``train_one``."""
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
) -> tuple[Task, Evaluator]:
    """The task of a cell and its evaluator, kept for its next block with what is compiled."""
    from functools import partial

    from bench.data import load
    from bench.training import networks
    from bench.training.evaluate import Evaluator, learned_scalars
    from bench.training.protocols import PROTOCOLS
    from bench.training.spec import Settings, Task

    dataset, protocol = load(dataset_name, data_dir), PROTOCOLS[protocol_name]
    recipe = networks.RECIPES.get(dataset_name, networks.DEFAULT)
    shape = dataset.x.shape[1], dataset.classes
    build = partial(networks.build, dataset_name, activation, *shape, hidden)
    settings = Settings(
        recipe.optimizer,
        networks.loss(dataset.classes),
        recipe.batch_size,
        min(recipe.epochs, epochs or recipe.epochs),
        recipe.patience,
        protocol.monitors,
        protocol.standardise,
    )
    splits = lru_cache(maxsize=256)(partial(protocol.split, dataset))
    ragged = dataset.groups is not None  # groups differ in size, and so do the parts of a split
    task = Task(build, dataset.x, dataset.y, splits, settings, learned_scalars(build()), ragged)
    return task, Evaluator(task, dataset.classes)
