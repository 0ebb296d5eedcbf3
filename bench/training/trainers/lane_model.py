"""One lane: a run in training, and what its callbacks see in place of a Keras model."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import keras

from bench.training.trainers.vectorized import NotMappableError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from bench.training.trainers.training_task import Run, Task, Weights

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
        weights: Returns the weights of a lane, views of those of all lanes.
        place: Which lane.
        rate: The lane's learning rate; None: a schedule's.

    Attributes:
        place: Which lane it is now.
        stop_training: Set by a callback that ends the training.
        given: Weights that a callback set.
    """

    def __init__(
        self,
        model: keras.Model,
        weights: Callable[[int], Weights],
        place: int,
        rate: np.floating | None,
    ) -> None:
        self._weights, self.place, self.optimizer = weights, place, _Optimizer(rate)
        self.metrics, self.stop_training = model.metrics, False
        self.given: Weights | None = None

    @property
    def weights(self) -> Weights:
        """The weights, in the order of ``model.weights``."""
        return self._weights(self.place)

    def get_weights(self) -> Weights:
        """Return copies of the weights."""
        return [value.copy() for value in self.weights]

    def set_weights(self, weights: Weights) -> None:
        """Take the weights that are to be those of the trained model."""
        self.given = weights

    def __getattr__(self, name: str) -> Any:
        raise _LacksError(f"uses model.{name}")


class Lane:
    """One run in training, with its copies of the callbacks.

    Args:
        run: The run.
        task: What is trained.
        model: What the callbacks see.

    Raises:
        NotMappableError: A callback acts on batches, or needs what a lane has not; names it.
    """

    def __init__(self, run: Run, task: Task, model: LaneModel) -> None:
        for callback in task.callbacks:
            _check(callback)
        self.run, self.model, self.initial = run, model, model.get_weights()
        self.parts, self.scaling = task.parts(run.seed), task.scaling(run.seed)
        self.history: dict[str, list[Any]] = {}
        self.epochs = 0
        self.callbacks = copy.deepcopy(list(task.callbacks))
        for each in self.callbacks:
            each.set_params({"epochs": task.epochs, "verbose": 0})
            each.set_model(model)
        self.tell("on_train_begin", {})

    def tell(self, hook: str, *arguments: Any) -> None:
        """Call a hook of all callbacks."""
        for each in self.callbacks:
            try:
                getattr(each, hook)(*arguments)
                if self.model.given is not None and hook != "on_train_end":
                    raise _LacksError("sets weights during the training")
            except _LacksError as error:
                raise NotMappableError(
                    f"Callback {type(each).__name__}, which {error}, can't be mapped over seeds"
                ) from error

    def end_epoch(self, logs: dict[str, Any]) -> None:
        """Tell the callbacks, which may add to the logs."""
        self.tell("on_epoch_end", self.epochs, logs)
        self.epochs += 1
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)


def _check(callback: keras.callbacks.Callback) -> None:
    base = keras.callbacks.Callback
    for hook in sorted({name for name in dir(base) if name.startswith("on_")} - _HOOKS):
        own = getattr(type(callback), hook) is not getattr(base, hook)
        if own or hook in vars(callback):
            raise NotMappableError(
                f"Callback {type(callback).__name__}, which acts in {hook}, can't be mapped over "
                "seeds"
            )
