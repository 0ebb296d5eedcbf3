"""Which layer of a model can't be mapped over seeds."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import tensorflow as tf

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator, Sequence

    import keras

# What TensorFlow raises where the mapping or XLA does not know an operation.
UNMAPPABLE = (
    ValueError,
    NotImplementedError,
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
)


class NotMappableError(Exception):
    """The model has a layer that can't be mapped over seeds."""


@contextmanager
def unlogged() -> Iterator[list[str]]:
    """Collect the pages that TensorFlow would log about an operation that it can't map."""
    logged: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        logged.append(record.getMessage())
        return False

    logger = tf.get_logger()
    logger.addFilter(collect)
    try:
        yield logged
    finally:
        logger.removeFilter(collect)


def culprit(model: keras.Model, error: Exception, logged: Sequence[str] = ()) -> str:
    """Name the layer that can't be mapped, or give the first line of the error."""
    for scope in re.findall(r"loop_body/([\w/.-]+)", "\n".join([*logged, str(error)])):
        layer = layer_of(model, scope)
        if layer is not model:
            return f"Layer '{layer.name}' ({type(layer).__name__}) can't be mapped over seeds"
    # TensorFlow puts its own lines before what was raised.
    raised = re.search(r"^ *\w+Error: (.+)$", str(error), re.MULTILINE)
    said = raised[1] if raised else str(error).splitlines()[0]
    return f"The model can't be mapped over seeds ({said})"


def layer_of(model: keras.Model, scope: str) -> keras.Layer:
    """Return the innermost layer of a name scope, or the model; TensorFlow may append a number."""
    found = model
    for part in scope.split("/"):
        names = re.sub(r"_\d+$", "", part), part, re.sub(r"(_\d+)+$", "", part)
        layers = [one for name in names for one in model._flatten_layers() if one.name == name]
        found = layers[0] if layers else found
    return found
