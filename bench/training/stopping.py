"""Early stopping with best-weight restoring, as ``keras.callbacks.EarlyStopping`` does it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class StoppingRule:
    """The state of one rule on one loss (min_delta 0, restore_best_weights=True).

    Attributes:
        patience: Epochs without improvement before the rule fires; None: never.
        best: The lowest loss so far; None before the first epoch.
        best_epoch: When it was seen, from 1.
        epochs: Epochs seen before the rule fired.
        fired: Whether it has.

    Source:
        Keras 3.15, callbacks/early_stopping.py, ``on_epoch_end``.
    """

    patience: int | None
    best: float | None = None
    best_epoch: int = 0
    epochs: int = 0
    fired: bool = False
    _wait: int = 0

    def update(self, loss: float) -> bool:
        """Takes the loss of one more epoch and tells whether its weights are to be kept."""
        if self.fired:
            return False
        self.epochs += 1
        self._wait += 1
        if self.best is None or loss < self.best:
            self.best, self.best_epoch, self._wait = loss, self.epochs, 0
            return True
        # Keras never stops after the very first epoch, even with patience 0.
        self.fired = self.patience is not None and self._wait >= self.patience and self.epochs > 1
        return False
