"""Check what ``fit_many`` is given, and bring it into one form."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras.src.trainers.data_adapters.data_adapter_utils import class_weight_to_sample_weights

from bench.errors import UserError
from bench.training.trainers.initial_values import InitialValues
from bench.training.trainers.unseeded import check_randomness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.training.trainers.training_task import Parts, Task

FAR = 1000.0  # SDs from 0: from there on, float32 keeps too little of a column
Weights = tuple[np.ndarray | None, np.ndarray | None]


def arrays(name: str, values: Any) -> Any:
    """Return an array of numbers, or a list or dict of them.

    Raises:
        UserError: It holds something else; names it.
    """
    if isinstance(values, dict):
        return {key: _array(f"{name}[{key!r}]", value) for key, value in values.items()}
    if isinstance(values, (list, tuple)) and all(len(getattr(v, "shape", ())) for v in values):
        return [_array(f"{name}[{place}]", value) for place, value in enumerate(values)]
    return _array(name, values)


def _array(name: str, values: Any) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind == "b":
        return array.astype(np.float32)
    if array.dtype.kind not in "fiu" or not array.ndim:
        what = "text" if array.dtype.kind in "US" else f"{type(values).__name__} of {array.dtype}"
        raise UserError(
            f"{name}: expected numbers, shape (rows, ...). Received: {what}. Encode text and "
            "categories as numbers first, classes as 0 to K-1."
        )
    return array


def rows(*tables: Any) -> int:
    """Return how many rows all the arrays have.

    Raises:
        UserError: They differ.
    """
    sizes = [len(array) for array in keras.tree.flatten(tables) if array is not None]
    if len(set(sizes)) > 1:
        raise UserError(
            "x, y, sample_weight: expected arrays of equally many rows. Received: "
            f"{' and '.join(map(str, dict.fromkeys(sizes)))} rows."
        )
    return sizes[0]


def row_weights(y: Any, class_weight: Mapping[int, float] | None, sample_weight: Any) -> Weights:
    """Return the weights of the rows in training and in evaluation, as Keras has them."""
    if class_weight is not None:
        if sample_weight is not None or not isinstance(y, np.ndarray):
            raise UserError(
                "class_weight: expected one output, and no sample_weight beside it. "
                "Multiply both into sample_weight."
            )
        return class_weight_to_sample_weights(y, class_weight), None
    if sample_weight is None:
        return None, None
    weights = _array("sample_weight", sample_weight)
    if weights.ndim != 1:
        raise UserError(f"sample_weight: expected shape (rows,). Received: {weights.shape}.")
    return weights.astype(keras.config.floatx()), weights.astype(keras.config.floatx())


def joined(
    x: Any, y: Any, weights: Weights, data: tuple[Any, ...]
) -> tuple[Any, Any, Weights, Parts]:
    """Return one table of training and validation data, and the rows of both."""
    one, other = rows(x, y), arrays("validation_data[0]", data[0])
    targets = arrays("validation_data[1]", data[1])
    size = rows(other, targets)
    both = [
        keras.tree.map_structure(lambda *some: np.concatenate(some), first, second)
        for first, second in ((x, other), (y, targets))
    ]
    train = None if weights[0] is None else np.concatenate([weights[0], np.ones(size, "float32")])
    own = None
    if len(data) > 2:
        own = np.concatenate([np.ones(one), data[2]]).astype(keras.config.floatx())
    parts = {"train": np.arange(one), "val": np.arange(one, one + size)}
    return both[0], both[1], (train, own), parts


def centred(x: Any) -> tuple[np.ndarray, np.ndarray | float]:
    """Return the inputs, and what was subtracted from columns that float32 could not hold.

    Raises:
        UserError: There are several inputs.
    """
    if not isinstance(x, np.ndarray):
        raise UserError("standardise: expected one array as x. Received: several.")
    if x.dtype.kind == "f" and x.dtype.itemsize <= 4:
        return x, 0.0
    exact = x.astype(np.float64)
    with np.errstate(invalid="ignore"):
        mean, deviation = np.nanmean(exact, axis=0), np.nanstd(exact, axis=0)
        offset = np.where((deviation > 0) & (abs(mean) > FAR * deviation), mean, 0.0)
    return (exact - offset, offset) if offset.any() else (x if x.dtype.kind == "f" else exact, 0.0)


def checked(task: Task) -> tuple[InitialValues, Task]:
    """Return the first values of a task's model, and the task with targets in its outputs' form.

    Raises:
        UserError: The first weights can't be repeated, a layer draws random numbers that are not
            the seed's, or the targets do not fit the outputs.
    """
    initial = InitialValues(task.make)
    model, example = initial.model, task.one_row()[0]
    check_randomness(model, example)
    outputs = model.compute_output_spec(keras.tree.map_structure(_spec, example))
    task = replace(task, y=_like(outputs, task.y, getattr(model, "output_names", None)))
    if not model._compile_loss.built:
        model._compile_loss.build(keras.tree.map_structure(_spec, task.y), outputs)
    for path, loss, _, _ in model._compile_loss._flat_losses:
        _check_values(loss, reduce(getitem, path, task.y), reduce(getitem, path, outputs))
    model._symbolic_build(data_batch=task.one_row())
    return initial, replace(task, y=keras.tree.map_structure(_like_output, task.y, outputs))


def _like_output(y: np.ndarray, output: keras.KerasTensor) -> np.ndarray:
    """Return targets with the axis that a single output unit has, as Keras would in every step."""
    if y.ndim == 1 and output.shape[1:] == (1,):
        return y[:, None].astype(keras.config.floatx())
    small = y.dtype.kind in "iu" and abs(y).max() < 2**31
    return y.astype(np.int32) if small else y


def _spec(array: np.ndarray) -> keras.KerasTensor:
    kind = keras.config.floatx() if array.dtype.kind == "f" else array.dtype.name
    return keras.KerasTensor((None, *array.shape[1:]), kind)


def _like(outputs: Any, y: Any, names: list[str] | None) -> Any:
    """Return the targets in the structure of the outputs."""
    if isinstance(outputs, dict):
        order = list(outputs)
    else:
        order = names or [str(n) for n in range(len(keras.tree.flatten(outputs)))]
    if isinstance(y, dict) and set(y) == set(order):
        y = [y[name] for name in order]
    given = y if isinstance(y, list) else [y]
    if len(given) != len(order):
        raise UserError(
            f"y: expected targets of {len(order)} outputs ({', '.join(order)}). "
            f"Received: {len(given)}."
        )
    if isinstance(outputs, dict):
        return dict(zip(order, given, strict=True))
    return given if isinstance(outputs, (list, tuple)) else given[0]


def _check_values(loss: keras.losses.Loss, y: np.ndarray, output: keras.KerasTensor) -> None:
    """Raise UserError where ``fit`` would raise in the first step, or train on nonsense."""
    kind = getattr(getattr(loss, "fn", None), "__name__", "")
    shape, wanted, lowest, highest = y.shape[1:], tuple(output.shape[1:]), y.min(), y.max()
    if kind == "sparse_categorical_crossentropy":
        ignored = loss._fn_kwargs.get("ignore_class")
        known = y if ignored is None else y[y != ignored]
        classes = wanted[-1]
        if shape not in {wanted[:-1], (*wanted[:-1], 1)}:
            _refuse(loss, f"classes of shape (rows{_rest(wanted[:-1])})", f"shape {y.shape}")
        if known.size and (known.min() < 0 or known.max() >= classes or (known % 1).any()):
            expected = f"classes from 0 to {classes - 1}, as there are {classes} outputs"
            _refuse(loss, expected, f"values from {known.min():g} to {known.max():g}")
    elif type(loss).__module__.startswith("keras.") and kind and kind != "ctc":
        if shape != wanted and {shape, wanted} - {(), (1,)}:
            _refuse(loss, f"shape (rows{_rest(wanted)})", f"shape {y.shape}")
        if kind == "binary_crossentropy" and (lowest < 0 or highest > 1):
            _refuse(loss, "values from 0 to 1", f"values from {lowest:g} to {highest:g}")


def _rest(shape: tuple[int | None, ...]) -> str:
    return ",".join(["", *(f" {size}" for size in shape)]) if shape else ","


def _refuse(loss: keras.losses.Loss, expected: str, received: str) -> None:
    raise UserError(f"y: expected {expected} ({loss.name}). Received: {received}.")
