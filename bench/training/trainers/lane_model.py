"""What the callbacks of one lane see in place of a Keras model."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import keras

from bench.training.trainers.vectorized import NotMappableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from bench.training.trainers.training_task import Weights

_HOOKS = {"on_epoch_begin", "on_epoch_end", "on_train_begin", "on_train_end"}


class _LacksError(AttributeError):
    """A callback wants something that a lane does not have."""


class _Optimizer:
    """The learning rate of a lane."""

    def __init__(self, rate: np.floating | None) -> None:
        self._rate = rate

    @property
    def learning_rate(self) -> np.floating:
        """The rate, rounded as the optimizer rounds it."""
        if self._rate is None:
            raise _LacksError("reads the rate of a schedule")
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._rate = self.learning_rate.dtype.type(rate)

    def __getattr__(self, name: str) -> Any:
        raise _LacksError(f"uses optimizer.{name}")


class LaneModel:
    """The part of a model's interface that callbacks of epochs use.

    Args:
        model: The model that all lanes share.
        weights: Returns the lane's weights, views of those of all lanes.
        rate: The lane's learning rate; None: a schedule's.

    Attributes:
        stop_training: Set by a callback that ends the training.
        given: Weights that a callback set.
    """

    def __init__(
        self, model: keras.Model, weights: Callable[[], Weights], rate: np.floating | None
    ) -> None:
        self._weights, self.optimizer = weights, _Optimizer(rate)
        self.metrics, self.stop_training = model.metrics, False
        self.given: Weights | None = None

    @property
    def weights(self) -> Weights:
        """The weights, in the order of ``model.weights``."""
        return self._weights()

    def get_weights(self) -> Weights:
        """Return copies of the weights."""
        return [value.copy() for value in self.weights]

    def set_weights(self, weights: Weights) -> None:
        """Take the weights that are to be those of the trained model."""
        self.given = weights

    def __getattr__(self, name: str) -> Any:
        raise _LacksError(f"uses model.{name}")


class LaneCallbacks:
    """Copies of callbacks for one lane.

    Args:
        callbacks: The originals.
        model: What they see.
        epochs: The most epochs.

    Raises:
        NotMappableError: One acts on batches, or needs what a lane has not; names it.
    """

    def __init__(
        self, callbacks: Sequence[keras.callbacks.Callback], model: LaneModel, epochs: int
    ) -> None:
        for callback in callbacks:
            _check(callback)
        self._model, self.copies = model, copy.deepcopy(list(callbacks))
        for each in self.copies:
            each.set_params({"epochs": epochs, "verbose": 0})
            each.set_model(model)

    def tell(self, hook: str, *arguments: Any) -> None:
        """Call a hook of all of them."""
        for each in self.copies:
            try:
                getattr(each, hook)(*arguments)
                if self._model.given is not None and hook != "on_train_end":
                    raise _LacksError("sets weights during the training")
            except _LacksError as error:
                raise NotMappableError(
                    f"Callback {type(each).__name__}, which {error}, can't be mapped over seeds"
                ) from error


def _check(callback: keras.callbacks.Callback) -> None:
    base = keras.callbacks.Callback
    for hook in sorted({name for name in dir(base) if name.startswith("on_")} - _HOOKS):
        own = getattr(type(callback), hook) is not getattr(base, hook)
        if own or hook in vars(callback):
            raise NotMappableError(
                f"Callback {type(callback).__name__}, which acts in {hook}, can't be mapped over "
                "seeds"
            )
