"""Hidden layers that differ in their activation and in nothing else."""

from __future__ import annotations

import inspect
import pkgutil
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from baselines import ACTIVATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

_SHAPE = (2, 8)


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
        TypeError: If what is imported is neither of the two kinds of function, or gives no tensor
            of the same shape.
        Exception: What is imported raised this when it was called with `units`; a note says what it
            made of a tensor.
    """
    target = _resolve(name)
    of_tensor = None if inspect.isclass(target) else _of_tensor(target)
    shape = getattr(of_tensor, "shape", None)
    if isinstance(of_tensor, np.ndarray | np.generic):
        raise TypeError(f"Expected a tensor. Received: '{name}' returned a NumPy array")
    if shape is not None and tuple(shape) != _SHAPE:
        raise TypeError(f"Expected shape {_SHAPE}. Received: '{name}' returned {tuple(shape)}")
    if shape is not None:  # names can't tell the kinds of function, so it was tried
        layer = keras.layers.Dense(units, activation=target, kernel_initializer="glorot_normal")
    else:
        try:
            layer = target(units)
        except Exception as error:
            if isinstance(of_tensor, Exception) and repr(of_tensor) != repr(error):
                error.add_note(f"(With units. With a tensor: {of_tensor!r}.)")
            raise
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
    if ":" not in target:
        raise ValueError(
            f"Expected an activation among {', '.join(ACTIVATIONS)}, "
            f"or an import string 'module:function'. Received: '{name}'"
        )
    found = pkgutil.resolve_name(target)
    if not callable(found):
        raise TypeError(f"Expected a function. Received: '{name}', which is {found!r}")
    return found


def _of_tensor(target: Callable[..., Any]) -> Any:
    """Returns what a function makes of a tensor of shape `_SHAPE`, or the error that it raises."""
    try:
        return target(keras.ops.ones(_SHAPE))
    except Exception as error:  # noqa: BLE001 - a stranger's function may raise anything
        return error
