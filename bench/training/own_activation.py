"""An activation of the user's own, named by an import string ``module:function``.

It is found without importing it, so that a slip is answered at once; it is tried before anything
is trained.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import UserError
from bench.training.blocks import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

ROWS, FEATURES, UNITS = 5, 4, 3  # all different, so that no shape is right by chance


def is_own(name: str) -> bool:
    """Whether a name is an import string."""
    return ":" in name


def source_sha256(name: str, option: str = "--activations") -> str:
    """The sha256 of the module that an import string names; the working folder is searched too.

    Raises:
        UserError: It is no import string, or there is no such module.
    """
    if not re.fullmatch(r"\w+(\.\w+)*:\w+(\.\w+)*", name):
        raise UserError(f"{option}: expected module:function. Received: {name!r}.")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)  # last: a file of the user's must not hide a library
    module = name.partition(":")[0]
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):  # a package in front of the module is missing or is none
        spec = None
    if spec is None:
        raise UserError(
            f"{option}: {name}: there is no module {module!r}, neither installed nor in this "
            "folder."
        )
    path = Path(spec.origin or "")
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def check(name: str) -> None:
    """Tries an activation on random rows, in a layer as the networks have it.

    Raises:
        UserError: As ``tried``.
    """
    quiet()
    import keras

    from baselines.layers import hidden_layer

    def build() -> keras.Model:
        return keras.Sequential([keras.Input((FEATURES,)), hidden_layer(name, UNITS, "hidden_1")])

    tried("--activations", name, build, _problem)


def tried(
    option: str, name: str, build: Callable[[], keras.Model], problem: Callable[[keras.Model], str]
) -> None:
    """Tries what the user named: builds it three times, and looks for a problem.

    Raises:
        UserError: It can't be imported or called, or has a problem; a weight starts differently
            each time; or it draws random numbers that are not the seed's.
    """
    from bench.training.initial_values import InitialValues
    from bench.training.randomness import check_randomness

    try:
        model = InitialValues(build).model
        check_randomness(model)
        found = problem(model)
    except UserError as error:
        found = str(error)
    except Exception as error:  # noqa: BLE001 - a stranger's function may raise anything
        told = " ".join([str(error), *getattr(error, "__notes__", ())])
        found = f"{type(error).__name__}: {' '.join(told.split())}"
    if found:
        raise UserError(f"{option}: {name}: {found}")


def _problem(model: keras.Model) -> str:
    """What is wrong with a network of one layer; empty where nothing is."""
    import tensorflow as tf

    if model.output_shape != (None, UNITS):
        return f"expected outputs of shape (None, {UNITS}). Received: {model.output_shape}."
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(ROWS, FEATURES)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = model(x, training=True)
        total = tf.reduce_sum(outputs * rng.normal(size=(ROWS, UNITS)))
    watched: dict[str, Any] = {"the inputs": x}
    watched |= {f"weight {v.name!r}": v.value for v in model.trainable_variables}
    if not np.isfinite(outputs).all():
        return "expected finite outputs. Received: " + str(np.asarray(outputs).ravel()[:3])
    for what, gradient in tape.gradient(total, watched).items():
        if gradient is None:
            return f"expected a gradient of the outputs by {what}. Received: none."
        if not np.isfinite(tf.convert_to_tensor(gradient)).all():
            return f"expected a finite gradient of the outputs by {what}. Received: another."
    return ""
