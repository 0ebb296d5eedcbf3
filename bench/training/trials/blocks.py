"""Train the unit of work: trials of one (data set, protocol, activation), side by side.

A block travels to a worker, which imports TensorFlow; this module itself does not. Models of
scikit-learn's are blocks too, which ``sklearn_trials`` fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bench.data import budget
from bench.records import NO_RATE, SCIKIT_LEARN
from bench.training.protocols import PROTOCOLS
from bench.training.quiet import quiet
from bench.training.trainers.seeding import Stream, stream_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import keras

    from bench.records import Trial, TrialKey
    from bench.training.trainers.training_task import Fit
    from bench.training.trials.cells import Cell
    from bench.training.trials.evaluate import Evaluator

Epochs = Callable[[Mapping[Any, int]], None]
COMPILE_SECONDS = 4.0  # of a small network; every block compiles anew


@dataclass(frozen=True)
class Block:
    """Trials to be trained together: of one cell, or scikit-learn's of a data set and protocol.

    Attributes:
        keys: The trials.
        trainer: ``many-seeds``, ``keras`` or ``scikit-learn``.
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
        """Data set, protocol and activation, of scikit-learn's models the first one's."""
        return self.keys[0][:3]

    def without_seeds(self) -> Block:
        """Return what blocks of one cell share."""
        key = self.keys[0]._replace(split=0, seed=0, learning_rate=NO_RATE)
        return replace(self, keys=(key,), trainer="", seconds_each=1.0)

    @property
    def title(self) -> str:
        """Name the block in messages."""
        dataset, protocol, activation = self.cell
        what = "scikit-learn's models" if self.trainer == SCIKIT_LEARN else activation
        return f"{dataset} {protocol} {what}"

    @property
    def seconds(self) -> float:
        """Estimate the seconds of the whole block, compilation included."""
        compiling = 0.0 if self.trainer == SCIKIT_LEARN else COMPILE_SECONDS
        return compiling + self.seconds_each * len(self.keys)

    def only(self, keys: Collection[TrialKey]) -> Block:
        """Return the block with some of its trials alone."""
        return replace(self, keys=tuple(key for key in self.keys if key in keys))


def train_block(block: Block, on_epoch: Epochs = lambda _: None) -> Iterator[Trial]:
    """Train the trials of a block and evaluate each as it finishes.

    Args:
        block: What to train.
        on_epoch: Called after every epoch with ``{TrialKey.place: epochs done}``.

    Yields:
        The trials, in the order in which they finish.
    """
    quiet()
    cell, evaluator = _cell(block.without_seeds())
    fits = cell.fit(
        map(_run, block.keys),
        record=evaluator.scalars,
        trainer=block.trainer,
        lanes=budget(block.cell[0]).lanes,
        on_epoch=lambda epochs: on_epoch(
            {block.keys[number].place: done for number, done in epochs.items()}
        ),
    )
    for fit in fits:
        yield evaluator.trial(block.keys[fit.number], fit)


def train_one(key: TrialKey, data_dir: Path | None) -> tuple[keras.Model, Fit, Trial]:
    """Train one trial and keep everything that was seen on the way.

    Returns:
        The model with the kept weights, the fit, whose history also holds every weight after every
        epoch (``weight_column``), and the trial.
    """
    quiet()
    cell, evaluator = _cell(Block((key,), "", data_dir=data_dir).without_seeds())
    every = {weight_column(place): place for place in range(len(evaluator.model.weights))}
    (fit,) = cell.fit([_run(key)], record={**evaluator.scalars, **every})
    history = {name: values for name, values in fit.history.items() if name not in every}
    trial = evaluator.trial(key, replace(fit, history=history))
    evaluator.model.set_weights(fit.weights)
    return evaluator.model, fit, trial


def _run(key: TrialKey) -> tuple[Stream, dict[str, float]]:
    """Return the stream of a trial, and its settings: none where a model brings its optimizer."""
    protocol = PROTOCOLS[key.protocol]
    settings = {} if key.learning_rate == NO_RATE else {"learning_rate": key.learning_rate}
    if protocol.one_split:  # the seed's own streams, as before there were splits
        return Stream(key.seed, key.split), settings
    return stream_of(key.dataset, key.split, key.seed, protocol.stage), settings


def weight_column(position: int) -> str:
    """Return the history column of one of ``model.weights`` in ``train_one``."""
    return f"weight_{position}"


@lru_cache(maxsize=2)
def _cell(block: Block) -> tuple[Cell, Evaluator]:
    """Return a cell and its evaluator, kept for its next block with what is compiled.

    The cell's seeds are streams. Splits are cut once a number, not once a stream.
    """
    from functools import partial

    from bench.data import load
    from bench.training import networks, own_model
    from bench.training.trials.cells import Cell
    from bench.training.trials.evaluate import Evaluator

    name, protocol_name, activation = block.cell
    dataset, protocol = load(name, block.data_dir), PROTOCOLS[protocol_name]
    recipe = networks.RECIPES.get(name, networks.DEFAULT)
    shape = dataset.x.shape[1], dataset.classes
    network = partial(networks.build, name, activation, *shape, block.hidden)
    given: dict[str, Any] = {}
    if block.model:
        network = partial(own_model.build, activation, *shape)
        given = own_model.compiled(activation, *shape)
    chosen = {"optimizer": recipe.optimizer, "loss": networks.loss(dataset.classes), **given}
    numbered = lru_cache(maxsize=256)(partial(protocol.split, dataset))
    cell = Cell(
        networks.compiled(network, **chosen),
        dataset.x,
        dataset.y,
        lambda stream: numbered(stream.split),  # type: ignore[attr-defined]
        recipe.batch_size,
        protocol.most_epochs(recipe.epochs, block.epochs),
        recipe.patience,
        protocol.monitors,
        protocol.standardise,
        ragged=dataset.groups is not None,  # groups differ in size, and so do parts of a split
    )
    return cell, Evaluator(cell, dataset.classes)
