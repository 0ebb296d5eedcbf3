"""``fit_many``: any Keras model under many seeds and learning rates."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import UserError
from bench.training.trainers.training_task import Fit, Parts, Progress, Run, Task

if TYPE_CHECKING:
    import keras

Seed = int | tuple[int, Mapping[str, Any]]
SETTINGS = {"learning_rate", "batch_size"}


def fit_many(  # noqa: PLR0913 - the arguments of fit
    build: Callable[[], keras.Model],
    x: Any,
    y: Any,
    *,
    seeds: Iterable[Seed],
    settings: Sequence[Mapping[str, Any]] = ({},),
    validation_data: tuple[Any, ...] | None = None,
    validation_split: float = 0.0,
    split: Callable[[int], Parts] | None = None,
    epochs: int = 1,
    batch_size: int = 32,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    standardise: bool = False,
    ragged: bool = False,
    lanes: int = 100,
    trainer: str = "many-seeds",
    on_epoch: Progress = lambda _: None,
) -> Iterator[Fit]:
    """Train a Keras model under many seeds at once, each as ``model.fit`` would.

    Every seed has its own first weights, batch orders and dropout, and copies of the callbacks. Its
    result does not depend on the other seeds. A model that can't be mapped over seeds is trained
    with ``model.fit``, one seed after the other, after a warning that names the layer, loss,
    optimizer or callback.

    Cost: importing TensorFlow and compiling take seconds, once for each model, batch size and
    number of lanes. After that a step of all lanes costs about one start of its operations, and
    each lane its products and its pass of the optimizer. Memory grows with lanes × weights.
    docs/many-seeds.md has the whole model.

    Args:
        build: Returns a fresh, compiled model: the same network, loss, optimizer and metrics at
            every call. Called at least three times.
        x: Inputs of shape (rows, ...): an array, a data frame, or a list or dict of arrays for a
            model of several inputs.
        y: Targets, shape (rows,) or (rows, ...); a list or dict for several outputs.
        seeds: The seeds; or pairs of a seed and its settings, where not each seed is trained under
            each of ``settings``.
        settings: Each seed is trained under each of them: ``learning_rate``, in place of the
            optimizer's, and ``batch_size``. Learning rates share one compiled loop.
        validation_data: ``(x, y)`` or ``(x, y, sample_weight)``, evaluated after every epoch.
        validation_split: Share of the rows, the last ones, that is evaluated in place of that.
        split: In place of both, a function from a seed to the numbers of its rows: ``train``, and
            any other parts; ``{"train": ..., "val": ...}`` has the columns ``val_loss``, ....
        epochs: The most epochs.
        batch_size: Rows per step.
        callbacks: Keras' own or yours, if they act on epochs: EarlyStopping, ReduceLROnPlateau,
            LearningRateScheduler, .... Copied for every run.
        class_weight: Class -> weight of its rows in training.
        sample_weight: Weights of the rows, shape (rows,).
        standardise: Whether the inputs are shifted and scaled to mean 0 and SD 1 of the seed's own
            training rows; missing values become 0.
        ragged: Whether the parts of ``split`` differ in size between seeds; a tenth slower.
        lanes: How many runs are trained side by side.
        trainer: ``keras``: train with ``model.fit``, one run after the other.
        on_epoch: Called after every epoch with ``{number of the run: epochs done}``. Numbers count
            the seeds under the first settings, then under the second, and so on.

    Yields:
        One ``Fit`` per run as it finishes: ``history``, ``weights``, ``model()``, ``predict(x)``.

    Raises:
        UserError: Before anything is trained. The model is not compiled, the targets do not fit its
            outputs or loss, an array is no array of numbers, the first weights can't be repeated,
            or a layer draws random numbers that are not the seed's.

    Examples:
        >>> for fit in fit_many(build, x, y, seeds=range(100), validation_split=0.2, epochs=20):
        ...     print(fit.seed, fit.history["val_loss"][-1])
    """
    _check_backend()
    runs = _runs(seeds, settings)
    from bench.training.trainers import checks, keras_trainer, many_seeds

    x, y = checks.arrays("x", x), checks.arrays("y", y)
    weights = checks.row_weights(y, class_weight, sample_weight)
    rows = checks.rows(x, y, *weights)
    last = int(rows * (1 - validation_split))
    val = {"val": np.arange(last, rows)} if last < rows else {}
    parts: Parts = {"train": np.arange(last), **val}
    if validation_data is not None:
        x, y, weights, parts = checks.joined(x, y, weights, validation_data)
    x, offset = checks.centred(x) if standardise else (x, 0.0)
    given = epochs, batch_size, tuple(callbacks), weights, standardise, offset, ragged
    task = Task(build, x, y, split or (lambda _: parts), *given)
    if trainer == "keras":
        return keras_trainer.fit_runs(task, runs, on_epoch=on_epoch)
    return many_seeds.fit_runs(task, runs, lanes=lanes, on_epoch=on_epoch)


def _check_backend() -> None:
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend == "tensorflow":  # else Keras may not even be importable
        import keras

        backend = keras.backend.backend()
    if backend != "tensorflow":
        raise UserError(
            f"fit_many: expected KERAS_BACKEND=tensorflow. Received: {backend}. Set it before "
            "Keras is imported."
        )


def _runs(seeds: Iterable[Seed], settings: Sequence[Mapping[str, Any]]) -> list[Run]:
    pairs = [seed if isinstance(seed, tuple) else (seed, {}) for seed in seeds]
    chosen = [(seed, {**each, **own}) for each in settings for seed, own in pairs]
    for name in sorted({name for _, each in chosen for name in each} - SETTINGS):
        raise UserError(f"settings: expected {' or '.join(sorted(SETTINGS))}. Received: {name}.")
    return [Run(number, *run) for number, run in enumerate(chosen)]
