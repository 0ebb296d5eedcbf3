"""A model of the user's own: a function ``f(input_shape, units) -> keras.Model``."""

from __future__ import annotations

import pkgutil
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from bench.training import networks
from bench.training.own_activation import ROWS, tried

if TYPE_CHECKING:
    from bench.data import Dataset

NEAR = 1e-3  # of a sum of probabilities to 1, in the least precise arithmetic


def build(name: str, features: int, classes: int) -> keras.Model:
    """Return a fresh model of one input and one output.

    Args:
        name: An import string.
        features: Columns of the inputs.
        classes: Number of classes; the model has one unit for two.
    """
    model = _called(name, features, classes)
    if isinstance(model, keras.Sequential):
        if not model.built:
            model.build((None, features))
    elif not hasattr(model, "inputs"):  # a subclass
        inputs = keras.Input((features,))
        model = keras.Model(inputs, model(inputs))
    return model


def compiled(name: str, features: int, classes: int) -> dict[str, Any]:
    """Return optimizer and loss of a model that its function compiles; empty where it doesn't."""
    model = _called(name, features, classes)
    found = {"optimizer": getattr(model, "optimizer", None), "loss": getattr(model, "loss", None)}
    return {name: value for name, value in found.items() if value is not None}


def _called(name: str, features: int, classes: int) -> keras.Model:
    model = pkgutil.resolve_name(name)((features,), units(classes))
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Model. Received: {type(model).__name__}.")
    return model


def units(classes: int) -> int:
    """Return the units that a model ends in."""
    return 1 if classes == 2 else classes


def check(name: str, dataset: Dataset) -> None:
    """Try a model on random rows.

    Raises:
        UserError: It can't be imported, called or trained, or does not end in probabilities.
    """
    shape = dataset.x.shape[1], dataset.classes
    tried("--models", name, partial(build, name, *shape), partial(_problem, name, *shape))


def _problem(name: str, features: int, classes: int, model: keras.Model) -> str:
    """Return what is wrong with a model; empty where nothing is."""
    shapes = model.input_shape, model.output_shape
    if shapes != (expected := ((None, features), (None, units(classes)))):
        return (
            f"expected shapes {expected[0]} to {expected[1]}. Received: {shapes[0]} to {shapes[1]}."
        )
    rng = np.random.default_rng(0)
    outputs = np.asarray(model(rng.normal(size=(ROWS, features)).astype(np.float32)))
    sums = outputs.sum(axis=1) if classes > 2 else np.ones(ROWS)
    if not ((outputs >= 0) & (outputs <= 1)).all() or (np.abs(sums - 1) > NEAR).any():
        last = "sigmoid" if classes == 2 else "softmax"
        return f"expected probabilities, as of a {last}. Received: {outputs[0]}."
    loss = compiled(name, features, classes).get("loss", networks.loss(classes))
    y = np.arange(ROWS) % classes
    found = np.asarray(per_row(loss)(y[:, None].astype(np.float32) if classes == 2 else y, outputs))
    if found.shape != (ROWS,) or not np.isfinite(found).all():
        return f"expected a loss that takes integer classes. Received: {loss}."
    return ""


def per_row(loss: Any) -> Any:
    """Return a loss as a function that gives one value a row."""
    found = keras.losses.get(loss)
    return found.call if isinstance(found, keras.losses.Loss) else found
