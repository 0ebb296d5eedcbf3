"""Folds a trained net of affine layers into the one affine map that it computes.

Affine maps compose, Dropout is the identity at inference and BatchNormalization is affine there. A
net of such layers is therefore a logistic (softmax) regression, whatever its depth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np

from adaact.chain import affine_chain
from adaact.layer import Adaact

if TYPE_CHECKING:
    from collections.abc import Sequence


class AffineMap(NamedTuple):
    """The map x -> x W + b.

    Attributes:
        W: float64, shape (input_dim, output_dim).
        b: float64, shape (output_dim,).
    """

    W: np.ndarray
    b: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Returns x W + b in float64, shape (..., output_dim), for x (..., input_dim)."""
        return np.asarray(x, np.float64) @ self.W + self.b


def collapse(model: keras.Model, weights: Sequence[Any] | None = None) -> AffineMap:
    """Folds a net of affine layers into one map, layer by layer.

    Formula:
    ``` text
    Dense               W, b  ->  W kernel, b kernel + bias
    Adaact              the same, then  k1 W, k0 + k1 b
    BatchNormalization  W s, (b - moving_mean) s + beta,
                        where s = gamma / sqrt(moving_variance + epsilon)
    Dropout             W, b, as it is
    ```
    The activation of the output is set aside: the map gives logits.

    Args:
        model: A built Sequential or functional model with one input and one output, its layers
            one after the other.
        weights: Arrays to use in place of the model's own, in the order and shapes of
            `model.weights`. The model keeps its own.

    Returns:
        The logits as a function of the model's input, computed in float64.

    Raises:
        ValueError: If the model is no such chain, a hidden layer is not one of the above (the
            message names it), or `weights` do not fit the model.
    """
    chain = affine_chain(model)
    values = _float64_values(model, weights)
    input_dim = model.inputs[0].shape[-1]
    fold = AffineMap(np.eye(input_dim), np.zeros(input_dim))
    for layer in chain:
        fold = _then(fold, layer, {v.name: values[id(v)] for v in layer.weights})
    return fold


def logit_model(model: keras.Model) -> keras.Model:
    """Returns the same net in float64 without its output activation: what the fold is held against.

    Args:
        model: As for `collapse`.

    Returns:
        A new functional model with copies of the weights. It takes other arrays in the order of
        `model.weights` by `set_weights`.

    Raises:
        ValueError: If the model is no chain of affine layers, as `collapse` says it.
    """
    chain = affine_chain(model)
    copies = {layer: _float64_copy(layer) for layer in chain}  # a layer called twice is one layer
    inputs = outputs = keras.Input(batch_shape=model.inputs[0].shape, dtype="float64")
    for layer in chain:
        outputs = copies[layer](outputs)
    for layer, copy in copies.items():
        copy.set_weights(layer.get_weights())
    return keras.Model(inputs, outputs, name=f"{model.name}_logits")


def _then(fold: AffineMap, layer: keras.Layer, own: dict[str, np.ndarray]) -> AffineMap:
    """Returns the map `fold` followed by `layer`, whose weights are `own`, by name."""
    if isinstance(layer, keras.layers.Dense | Adaact):
        fold = AffineMap(fold.W @ own["kernel"], fold.b @ own["kernel"] + own.get("bias", 0.0))
    if isinstance(layer, Adaact):
        fold = AffineMap(own["k1"] * fold.W, own["k0"] + own["k1"] * fold.b)
    if isinstance(layer, keras.layers.BatchNormalization):
        scale = own.get("gamma", 1.0) / np.sqrt(own["moving_variance"] + layer.epsilon)
        shift = own.get("beta", 0.0) - own["moving_mean"] * scale
        fold = AffineMap(fold.W * scale, fold.b * scale + shift)
    return fold


def _float64_values(model: keras.Model, weights: Sequence[Any] | None) -> dict[int, np.ndarray]:
    """Returns the values of the model's weights, or of those given, by the variable's id."""
    if weights is None:
        weights = model.get_weights()
    expected = [tuple(variable.shape) for variable in model.weights]
    received = [np.shape(value) for value in weights]
    if expected != received:
        raise ValueError(f"Expected weights of shapes {expected}. Received: {received}")
    return {
        id(variable): np.asarray(value, np.float64)
        for variable, value in zip(model.weights, weights, strict=True)
    }


def _float64_copy(layer: keras.Layer) -> keras.Layer:
    """Returns an unbuilt layer with the same arguments, in float64 and without an activation."""
    config = layer.get_config() | {"dtype": "float64"}
    if isinstance(layer, keras.layers.Dense):
        config["activation"] = "linear"
    return type(layer).from_config(config)
