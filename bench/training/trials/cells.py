"""A network of the suite on a table, under a way of splitting and stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.data.splits import Split
from bench.training.trainers.fit_many import fit_many
from bench.training.trainers.training_task import Fit, Parts, scaled, scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import keras
    import numpy as np


def targets(y: np.ndarray, classes: int) -> np.ndarray:
    """Return classes as Keras' losses want them: a column for one output unit, else integers."""
    return y[:, None].astype("float32") if classes == 2 else y


@dataclass(frozen=True, eq=False)
class Cell:
    """What the suite trains under many seeds.

    Attributes:
        build: Returns a fresh, compiled Keras model of one input and one output.
        x: Inputs, shape (rows, ...).
        y: Integer classes, shape (rows,).
        splits: Which rows each seed trains on and watches: one split for all, or a function of the
            seed.
        batch_size: Rows per step.
        epochs: The most epochs that a seed is trained.
        patience: Epochs without a lower monitored loss before a stopping rule fires; None: never.
        monitors: Parts of the split whose loss is watched after every epoch: ``validation``,
            ``test``. Each has a stopping rule and kept weights of its own.
        standardise: Whether inputs are standardised on the seed's own training rows.
        ragged: Whether the parts of the split differ in size between seeds.
    """

    build: Callable[[], keras.Model]
    x: np.ndarray
    y: np.ndarray
    splits: Split | Callable[[int], Split]
    batch_size: int = 32
    epochs: int = 50
    patience: int | None = None
    monitors: tuple[str, ...] = ("validation",)
    standardise: bool = False
    ragged: bool = False

    def split(self, seed: int) -> Split:
        """Return the rows that ``seed`` sees."""
        return self.splits if isinstance(self.splits, Split) else self.splits(seed)

    def parts(self, seed: int) -> Parts:
        """Return the same as ``fit_many`` takes it."""
        from bench.training.trials.stopping import PREFIX

        split = self.split(seed)
        watched = {PREFIX[part]: getattr(split, part) for part in self.monitors}
        return {"train": split.train, **watched}

    def inputs(self, seed: int, rows: np.ndarray) -> np.ndarray:
        """Return the inputs of these rows as the network of this seed sees them."""
        x = self.x[rows]
        return scaled(x, *scaling(self.x[self.split(seed).train])) if self.standardise else x

    def fit(
        self, seeds: Iterable[Any], *, record: dict[str, int] | None = None, **options: Any
    ) -> Iterator[Fit]:
        """Train the seeds with ``fit_many``.

        Args:
            seeds: Seeds, or pairs of a seed and its settings.
            record: Weights whose values the history has: column -> position in ``model.weights``.
            options: Further arguments of ``fit_many``.

        Yields:
            One fit per run; its first callback is the cell's ``Stopping``.
        """
        from bench.training.trials.stopping import Record, Stopping

        yield from fit_many(
            self.build,
            self.x,
            self.y,
            seeds=seeds,
            split=self.parts,
            epochs=self.epochs,
            batch_size=self.batch_size,
            callbacks=[Stopping(self.monitors, self.patience), Record(record or {})],
            standardise=self.standardise,
            ragged=self.ragged,
            **options,
        )
