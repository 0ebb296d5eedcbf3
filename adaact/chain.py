"""Reads a model as a chain of affine layers, or says which layer it is that forbids it."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from adaact.layer import Adaact

# Exact types: a subclass may compute something else.
AFFINE = (layers.Dense, Adaact, layers.BatchNormalization, layers.Dropout, layers.Activation)


def affine_chain(model: keras.Model) -> list[keras.Layer]:
    """Returns the layers of a net that is affine at inference but for its output activation.

    Args:
        model: A built Sequential or functional model with one input and one output, its layers one
            after the other.

    Returns:
        The layers from input to output, each of a type in `AFFINE`. An activation layer that
        stands last is left out; the activation inside of a last Dense is the caller's to ignore.

    Raises:
        ValueError: If the model is no such chain, or a hidden layer is not affine; the message
            names the layer.
    """
    calls = _calls(model)
    if type(calls[-1].operation) in (layers.Activation, layers.Softmax):
        *calls, _ = calls
        hidden = calls  # one activation is set aside, not two
    else:
        hidden = calls[:-1]
    for call in calls:
        problem = _problem(call) or (call in hidden and _nonlinearity(call.operation))
        if problem:
            known = ", ".join(kind.__name__ for kind in AFFINE)
            raise ValueError(
                f"Expected layers that are affine at inference: {known}, with linear activation "
                f"before the output. Received: layer '{call.operation.name}' ({problem})"
            )
    return [call.operation for call in calls]


def _calls(model: keras.Model) -> list[Any]:
    """Walks from the output back to the input; returns the calls of the layers, first to last.

    `model.layers` would not do: it leaves out operations such as `keras.ops.abs`, and does not
    show that a layer is called twice. The records of the walk are Keras's own, without a public
    name.
    """
    if len(getattr(model, "inputs", None) or ()) != 1 or len(model.outputs) != 1:
        raise ValueError(
            "Expected a built Sequential or functional model with one input and one output. "
            f"Received: {model}"
        )
    calls: list[Any] = []
    tensor = model.outputs[0]
    while tensor is not model.inputs[0]:
        layer, index, _ = tensor._keras_history
        call = layer._inbound_nodes[index]
        if len(call.input_tensors) != 1:
            raise ValueError(
                "Expected layers one after the other. "
                f"Received: layer '{layer.name}' with {len(call.input_tensors)} inputs"
            )
        calls.append(call)
        tensor = call.input_tensors[0]
    if not calls:
        raise ValueError(f"Expected a model with layers. Received: {model}")
    return calls[::-1]


def _problem(call: Any) -> str:
    """Says in a few words why a layer is not affine, wherever it stands; empty if it is."""
    layer = call.operation
    kind = type(layer)
    if kind not in AFFINE:
        return f"a {kind.__name__}"
    if call.arguments.kwargs.get("training"):
        return "called with training=True"
    rank = len(call.input_tensors[0].shape)
    if kind is layers.BatchNormalization and layer.axis % rank != rank - 1:
        return f"normalises axis {layer.axis}, not the last"
    if kind is layers.Dense and (layer.lora_enabled or layer.quantization_mode):
        return "a Dense with LoRA or quantised weights"
    return ""


def _nonlinearity(layer: keras.Layer) -> str:
    """Names the activation of a hidden layer that has one; empty if it is linear."""
    activation = getattr(layer, "activation", keras.activations.linear)
    if activation is keras.activations.linear:
        return ""
    return f"activation {getattr(activation, '__name__', activation)}"
