"""The paper's three networks, one builder each, parametrised by the hidden activation.

Source:
    Deep Dutta, Learning Activations in Neural Network, and its notebook (layer sizes, optimizers,
    batch sizes, patience).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras

from baselines.layers import hidden_layer
from bench.training.protocols import MOST_EPOCHS

Hidden = Callable[[int, str], keras.Layer]
"""Makes a hidden layer of so many units with the given name, ``hidden_1`` being the first."""


@dataclass(frozen=True)
class Recipe:
    """A network and how the paper trains it.

    Attributes:
        build: ``(hidden, features, classes) -> model``.
        optimizer: Keras name, used with its defaults.
        batch_size: Rows per step.
        patience: Epochs without a lower monitored loss before stopping.
        epochs: The most epochs.
    """

    build: Callable[[Hidden, int, int], keras.Model]
    optimizer: str
    batch_size: int
    patience: int
    epochs: int = MOST_EPOCHS


def banknote(hidden: Hidden, features: int, classes: int) -> keras.Model:
    """Hidden(10) -> output; 63 parameters with Adaact."""
    return _network(features, classes, [hidden(10, "hidden_1")])


def mnist(hidden: Hidden, features: int, classes: int) -> keras.Model:
    """Hidden(64) -> BatchNormalization -> Hidden(32) -> output; 52,910 parameters with Adaact."""
    layers = [hidden(64, "hidden_1"), keras.layers.BatchNormalization(), hidden(32, "hidden_2")]
    return _network(features, classes, layers)


def iris(hidden: Hidden, features: int, classes: int) -> keras.Model:
    """Hidden(64) -> Dropout(0.2) -> Hidden(32) -> output; 2,503 parameters with Adaact."""
    layers = [hidden(64, "hidden_1"), keras.layers.Dropout(0.2), hidden(32, "hidden_2")]
    return _network(features, classes, layers)


def perceptron(
    hidden: Hidden, features: int, classes: int, *, units: tuple[int, ...] = (64, 32)
) -> keras.Model:
    """Hidden layers of the given widths -> output: the network of a data set without its own."""
    layers = [hidden(width, f"hidden_{n}") for n, width in enumerate(units, start=1)]
    return _network(features, classes, layers)


def _network(features: int, classes: int, layers: list[keras.Layer]) -> keras.Model:
    return keras.Sequential([keras.Input((features,)), *layers, output(classes)])


def output(classes: int) -> keras.Layer:
    """One sigmoid unit for two classes, else a softmax over the classes."""
    if classes == 2:
        return keras.layers.Dense(1, activation="sigmoid", name="output")
    return keras.layers.Dense(classes, activation="softmax", name="output")


def loss(classes: int) -> str:
    """The cross-entropy that belongs to ``output``."""
    return "binary_crossentropy" if classes == 2 else "sparse_categorical_crossentropy"


RECIPES = {
    "banknote": Recipe(banknote, optimizer="nadam", batch_size=32, patience=3),
    "mnist": Recipe(mnist, optimizer="rmsprop", batch_size=32, patience=5),
    "iris": Recipe(iris, optimizer="rmsprop", batch_size=12, patience=3),
}

DEFAULT = Recipe(perceptron, optimizer="adam", batch_size=32, patience=5)
"""For a data set that brings no network."""


def build(
    dataset: str, activation: str, features: int, classes: int, units: tuple[int, ...] = ()
) -> keras.Model:
    """Builds the network of a data set with the given hidden activation, uncompiled.

    Args:
        dataset: Its name.
        activation: Name or import string.
        features: Columns of the inputs.
        classes: Number of classes.
        units: Widths of the hidden layers, where they are not the data set's own.
    """
    make = RECIPES.get(dataset, DEFAULT).build
    if units:
        make = partial(perceptron, units=units)
    return make(partial(hidden_layer, activation), features, classes)


def compiled(
    make: Callable[[], keras.Model], optimizer: str | keras.optimizers.Optimizer, loss: Any
) -> Callable[[], keras.Model]:
    """Returns a function that builds the network and compiles it, with accuracy as its metric."""

    def build() -> keras.Model:
        model = make()
        model.compile(optimizer, loss, metrics=["accuracy"])
        return model

    return build
