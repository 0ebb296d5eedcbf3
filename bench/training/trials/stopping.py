"""Early stopping of the suite's networks: on the validation rows, on the test rows, or on both."""

from __future__ import annotations

import operator
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.training.trainers.training_task import Weights

PREFIX = {"validation": "val", "test": "test"}
"""What ``fit_many`` calls the parts of a split that are monitored, as Keras names its columns."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What one stopping rule kept.

    Attributes:
        epochs: Epochs the rule ran before it fired, or all of them.
        best_epoch: The epoch, from 1, with the lowest monitored loss.
        weights: The weights after that epoch.
    """

    epochs: int
    best_epoch: int
    weights: Weights


class Stopping(keras.callbacks.Callback):
    """Keras' ``EarlyStopping`` on several losses: training ends when the last rule has fired.

    Args:
        parts: Monitored parts of the split; the model gets the weights that the first one kept.
        patience: Epochs without a lower loss before a rule fires; None: never.
    """

    def __init__(self, parts: Sequence[str], patience: int | None) -> None:
        super().__init__()
        self._epochs = 0
        self._rules = {
            part: keras.callbacks.EarlyStopping(
                f"{PREFIX[part]}_loss",
                mode="min",
                patience=sys.maxsize if patience is None else patience,
                restore_best_weights=True,
            )
            for part in parts
        }
        for rule in self._rules.values():
            rule.monitor_op = operator.lt  # Keras' own rounds to float32 first

    def set_model(self, model: Any) -> None:
        """Pass the model on."""
        super().set_model(model)
        for rule in self._rules.values():
            rule.set_model(model)

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Begin anew."""
        for rule in self._rules.values():
            rule.on_train_begin(logs)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Ask the rules that have not fired."""
        self._epochs = epoch + 1
        for rule in self._rules.values():
            if not rule.stopped_epoch:
                rule.on_epoch_end(epoch, logs)
        self.model.stop_training = all(rule.stopped_epoch for rule in self._rules.values())

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        """Restore what the first rule kept."""
        next(iter(self._rules.values())).on_train_end(logs)

    def kept(self) -> dict[str, Kept]:
        """Return what each rule kept, by part."""
        return {
            part: Kept(
                rule.stopped_epoch + 1 if rule.stopped_epoch else self._epochs,
                rule.best_epoch + 1,
                rule.best_weights,
            )
            for part, rule in self._rules.items()
        }


class Record(keras.callbacks.Callback):
    """Adds values of weights to the history, after every epoch.

    Args:
        places: History column -> position in ``model.weights``.
    """

    def __init__(self, places: Mapping[str, int]) -> None:
        super().__init__()
        self._places = places

    def on_epoch_end(self, _epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Add a value to each column."""
        weights = self.model.weights
        if logs is not None:
            logs |= {name: np.asarray(weights[place]) for name, place in self._places.items()}
