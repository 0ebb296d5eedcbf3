"""Hidden layers that differ in their activation and in nothing else."""

from __future__ import annotations

import inspect
import pkgutil
from typing import TYPE_CHECKING, Any

import keras

from baselines import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Callable


def hidden_layer(name: str, units: int, layer_name: str | None = None) -> keras.Layer:
    """Returns a new dense layer with the activation of that name.

    A function of a tensor becomes `Dense(units, activation=function)`, its kernel Glorot normal as
    in Adaact. A function `units -> layer`, or a layer class whose first argument is `units`, is
    called.

    Args:
        name: A name in `baselines.ACTIVATIONS`, or an import string `module:function`.
        units: Dimensionality of the output space, at least 1.
        layer_name: The layer's name; Keras makes one up if it is None.

    Returns:
        A layer without weights yet, from (batch_size, input_dim) to (batch_size, units).

    Raises:
        ValueError: If `name` is neither registered nor an import string that can be imported.
        TypeError: If what is imported is neither of the two kinds of function.
    """
    target = _resolve(name)
    if _keeps_shape(target):
        layer = keras.layers.Dense(units, activation=target, kernel_initializer="glorot_normal")
    else:
        layer = target(units)
    if not isinstance(layer, keras.Layer) or layer.weights:
        raise TypeError(
            "Expected a function of a tensor that keeps its shape, or a function units -> layer "
            f"that makes a new layer. Received: '{name}', which returned {layer!r}"
        )
    if layer_name is not None:
        layer.name = layer_name  # a function units -> layer takes no name
    return layer


def _resolve(name: str) -> Callable[..., Any]:
    """Imports what a registered name or an import string stands for."""
    target = ACTIVATIONS.get(name, name)
    expected = (
        f"Expected an activation among {', '.join(ACTIVATIONS)}, "
        f"or an import string 'module:function'. Received: '{name}'"
    )
    if ":" not in target:
        raise ValueError(expected)
    try:
        found = pkgutil.resolve_name(target)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"{expected} ({error})") from error
    if not callable(found):
        raise TypeError(f"{expected} ({found!r} cannot be called)")
    return found


def _keeps_shape(target: Callable[..., Any]) -> bool:
    """Tells a function of a tensor from a function of `units`, by trying: names can't tell."""
    if inspect.isclass(target):
        return False
    try:
        result = target(keras.ops.ones((2, 8)))
    except Exception:  # noqa: BLE001 - a stranger's function may raise anything at a tensor
        return False
    return tuple(getattr(result, "shape", ())) == (2, 8)
