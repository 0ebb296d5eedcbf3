"""An activation of the user's own, named by an import string ``module:function``.

It is found without importing it, so that a slip is answered at once; it is tried before anything
is trained.
"""

from __future__ import annotations

import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

import bench
from bench.errors import UserError
from bench.training import source_hash
from bench.training.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

SUITE = str(Path(bench.__file__).parents[1])  # an editable install may not have it on the path
ROWS, FEATURES, UNITS = 5, 4, 3  # all different, so that no shape is right by chance


def is_own(name: str) -> bool:
    """Whether a name is an import string."""
    return ":" in name


def meant(name: str) -> str:
    """The import string that a file's name or dots alone stand for, as a question."""
    file, dot, rest = name.partition(".py")
    if not dot:
        file, _, rest = name.rpartition(".")
    module, function = re.sub(r"[\\/]+", ".", file.lstrip("./")), rest.lstrip(":.")
    return f" Did you mean {module}:{function or 'function'}?" if module else ""


def source_sha256(name: str, option: str = "--activations") -> str:
    """The sha256 of the module that an import string names; the working folder is searched too.

    Raises:
        UserError: It is no import string, or there is no such module, or another one hides it.
    """
    if not re.fullmatch(r"\w+(\.\w+)*:\w+(\.\w+)*", name):
        hint = meant(name) if ".py" in name else ""
        raise UserError(f"{option}: expected module:function. Received: {name!r}.{hint}")
    here = str(Path.cwd())
    for folder in (SUITE, here):  # last: a file of the user's must hide no library, nor the suite
        if folder not in sys.path:
            sys.path.append(folder)
    module = name.partition(":")[0]
    top = module.partition(".")[0]
    mine, taken = PathFinder.find_spec(top, [here]), source_hash.find(top)
    if mine and taken and mine.origin and mine.origin != taken.origin:
        other = taken.origin or "a part of Python"
        raise UserError(f"{option}: {name}: {other} hides {mine.origin}. Rename yours.")
    digest = source_hash.sha256(module)
    if digest is None:
        hint = meant(name) if module.endswith(".py") else ""
        raise UserError(
            f"{option}: {name}: there is no module {module!r}, neither installed nor in this "
            f"folder.{hint}"
        )
    return digest


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
            each time; it draws random numbers that are not the seed's; it changes what others are
            trained with; or it imports a file that its fingerprint does not hold.
    """
    from bench.training.trainers.initial_values import InitialValues
    from bench.training.trainers.unseeded import check_randomness

    before, state = set(sys.modules), _state()
    try:
        with patch("os._exit", sys.exit):  # it would end the program with exit code 0
            model = InitialValues(build).model
            check_randomness(model)
            found = problem(model) or _unseen(name, set(sys.modules) - before)
    except UserError as error:
        found = str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's function raises anything
        told = " ".join([str(error), *getattr(error, "__notes__", ())])
        found = f"{type(error).__name__}: {' '.join(told.split())}"
        if "numpy" in told.lower():
            found += ". Use keras.ops in place of NumPy."
        if isinstance(error, SystemExit):
            found += ". Remove what ends Python there."
    for what, value in _state().items():
        if value != state[what]:
            found = f"it changes the {what} from {state[what]} to {value}. Remove that."
    if found:
        raise UserError(f"{option}: {name}: {found}")


def _state() -> dict[str, str]:
    """What a module of the user's could change for all other trials and files."""
    import keras

    policy = keras.config.dtype_policy().name
    return {"working folder": str(Path.cwd()), "precision": f"{keras.config.floatx()}, {policy}"}


def _unseen(name: str, loaded: set[str]) -> str:
    """Which file of the user's was imported otherwise than by a statement; empty: none."""
    files, _ = source_hash.parts(name.partition(":")[0])
    for module in sorted(loaded - set(files)):
        spec = getattr(sys.modules[module], "__spec__", None)
        if source_hash.is_own(spec) and module.partition(".")[0] not in source_hash.OURS:
            return f"it imports {module} by no import statement, so a change of it would not count."
    return ""


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
