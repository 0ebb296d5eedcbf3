"""The first value of every variable of a model under every seed.

A seed starts as a fresh call of the build function would, its random draws taken from streams of
its own. How a variable's first value was made is found by three builds, under the global seeds 1,
2 and 1, that record each variable's initializer:

- *redrawn*: an unseeded random initializer made it; a copy of the initializer draws it again from
  the stream of (seed, layer, role).
- *fixed*: all builds agree (zeros, pretrained weights, ``RandomNormal(seed=3)``); it stays.
- *built*: builds under one global seed agree and others don't (``keras.random.normal`` in
  ``build``); it is taken from a build under a global seed of its own.

Where two builds under one global seed differ, no seed can start twice alike; that is refused.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import keras
import numpy as np
import tensorflow as tf

from bench.errors import UserError
from bench.training.trainers.seeding import derive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_DEFAULT_SEED = "keras.src.random.seed_generator.make_default_seed"  # has no public name
_VARIABLE = next(kind for kind in keras.Variable.__mro__ if "__init__" in vars(kind))


class InitialValues:
    """First values of a model's variables.

    Args:
        build: Returns a fresh, built Keras model.

    Attributes:
        model: A model that ``build`` returned.

    Raises:
        UserError: Two builds under one global seed differ; names the variable.
    """

    def __init__(self, build: Callable[[], keras.Model]) -> None:
        self._build = build
        first, self.model, recorded = _built(build, 1)
        second, other, _ = _built(build, 2)
        again = _built(build, 1)[0]
        _check_new(recorded, other)
        for values in (again, second):
            _check_shapes(self.model, first, values)
        self._fixed = first
        streams = _streams(self.model, recorded)
        self._redrawn = {
            place: streams[id(variable)]
            for place, variable in enumerate(self.model.variables)
            if id(variable) in streams and streams[id(variable)].made(first[place])
        }
        others = [place for place in range(len(first)) if place not in self._redrawn]
        for place in others:
            _check_same(self.model.variables[place], first[place], again[place])
        self._built = [place for place in others if not _equal(first[place], second[place])]
        # One by one takes ten times as long; the user's own may want a Python integer as seed.
        self._traced = [place for place, stream in self._redrawn.items() if stream.is_keras()]
        self._draw_traced = tf.function(self._draw, autograph=False)

    def of(self, seed: int) -> list[np.ndarray]:
        """Return the first values under a seed, one array per variable of ``model.variables``."""
        values = list(self._fixed)
        seeds = {place: derive(seed, *one.role) for place, one in self._redrawn.items()}
        if self._traced:
            drawn = self._draw_traced(tf.constant([seeds[p] for p in self._traced], tf.int64))
            for place, value in zip(self._traced, drawn, strict=True):
                values[place] = value.numpy()
        for place in self._redrawn.keys() - self._traced:
            values[place] = np.asarray(self._redrawn[place].draw(seeds[place]))
        if self._built:
            built = _built(self._build, derive(seed, "build"))[0]
            for place in self._built:
                values[place] = built[place]
        return values

    def _draw(self, seeds: tf.Tensor) -> list[tf.Tensor]:
        """Draw the values of ``_traced`` places from a seed each."""
        pairs = zip(self._traced, tf.unstack(seeds), strict=True)
        return [self._redrawn[place].draw(_Given(tf.stack([seed, 0]))) for place, seed in pairs]


def seeded_model(build: Callable[[], keras.Model], seed: int) -> keras.Model:
    """Return a model with the first values of a seed.

    Raises:
        UserError: As ``InitialValues``.
    """
    initial = InitialValues(build)
    set_values(initial.model.variables, initial.of(seed))
    return initial.model


def set_values(variables: Sequence[keras.Variable], values: Sequence[np.ndarray]) -> None:
    """Give every variable its value."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


@dataclass(frozen=True)
class _Stream:
    """A variable that is drawn anew for every seed.

    Attributes:
        variable: The variable.
        role: What names its stream, beside the seed.
        initializer: The unseeded initializer that made it; None: it is a seed generator's state.
    """

    variable: keras.Variable
    role: tuple[str | int, ...]
    initializer: Any = None

    def draw(self, seed: int | keras.random.SeedGenerator) -> Any:
        """Return the value under the stream's own seed, a tensor or an array."""
        if self.initializer is None:
            return np.array([seed, 0], self.variable.dtype)
        seeded = copy.copy(self.initializer)
        seeded.seed = seed
        return seeded(self.variable.shape, dtype=self.variable.dtype)

    def is_keras(self) -> bool:
        """Whether the initializer is one of Keras' own."""
        return type(self.initializer).__module__.startswith("keras.")

    def made(self, value: np.ndarray) -> bool:
        """Whether the initializer drew this value and nothing has changed it since."""
        return self.initializer is None or _equal(
            np.asarray(self.draw(self.initializer.seed)), value
        )


class _Given(keras.random.SeedGenerator):
    """Hands over one state, which may be a tensor, where a seed would be a Python integer."""

    def __init__(self, state: tf.Tensor) -> None:
        object.__setattr__(self, "_given", state)

    def next(self, ordered: bool = True) -> tf.Tensor:  # noqa: ARG002 (Keras')
        """Return the state."""
        return self._given


@dataclass(frozen=True)
class _Recorded:
    """How a variable was made.

    Attributes:
        variable: The variable; held, so that its id stays its own.
        initializer: Its initializer, or its first value.
        named: Whether its name was given; else Keras counts, differently in every build.
    """

    variable: keras.Variable
    initializer: Any
    named: bool


def _built(
    build: Callable[[], keras.Model], seed: int
) -> tuple[list[np.ndarray], keras.Model, dict[int, _Recorded]]:
    """The variables' values of a model built under a global seed, the model, and how each came."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - what the user may use
    keras.utils.set_random_seed(seed)
    try:
        with _recording(seed) as recorded:
            model = build()
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
    if not model.built or not model.variables:
        raise UserError(
            "Expected the build function to return a model with weights. Received: one whose "
            "inputs are not known. Let it begin with keras.Input."
        )
    return [np.asarray(variable) for variable in model.variables], model, recorded


@contextmanager
def _recording(seed: int) -> Iterator[dict[int, _Recorded]]:
    """Records the initializer of every variable that is made meanwhile.

    An unseeded one gets a seed, and so does every generator of Keras. Keras would take it from
    Python's global generator, from which other threads may draw at any time, as those of a Dask
    worker do.
    """
    recorded: dict[int, _Recorded] = {}
    numbers = count()
    make = _VARIABLE.__init__

    @wraps(make)
    def record(self: keras.Variable, initializer: Any, *args: Any, **kwargs: Any) -> None:
        if isinstance(initializer, str):
            initializer = keras.initializers.get(initializer)
        if _is_unseeded(initializer):
            initializer = copy.copy(initializer)
            initializer.seed = derive(seed, len(recorded))
        make(self, initializer, *args, **kwargs)
        recorded[id(self)] = _Recorded(self, initializer, kwargs.get("name") is not None)

    def default_seed() -> int:
        return derive(seed, "generator", next(numbers))

    with patch.object(_VARIABLE, "__init__", record), patch(_DEFAULT_SEED, default_seed):
        yield recorded


def _streams(model: keras.Model, recorded: dict[int, _Recorded]) -> dict[int, _Stream]:
    """The streams of the variables that are drawn for every seed, by the variable's id.

    A stream is named by the place of the outermost layer, the variable's given name and how many of
    that name came before in that layer. Unnamed variables count among themselves.
    """
    streams: dict[int, _Stream] = {}
    weighted = [layer for layer in model.layers if layer.variables]
    for position, layers in enumerate([[model], *(top._flatten_layers() for top in weighted)]):
        roles: Counter[str] = Counter()
        for layer in layers:
            for variable in layer._trainable_variables + layer._non_trainable_variables:
                made = recorded.get(id(variable))
                name = variable.name if made is None or made.named else "unnamed"
                roles[name] += 1
                if made is not None and _is_unseeded(made.initializer):
                    role = position, name, roles[name]
                    streams[id(variable)] = _Stream(variable, role, made.initializer)
            for generator in layer._seed_generators:
                roles["dropout"] += 1
                if generator._initial_seed is None:
                    role = position, "dropout", roles["dropout"]
                    streams[id(generator.state)] = _Stream(generator.state, role)
    return streams


def _is_unseeded(initializer: Any) -> bool:
    """Whether it is one of Keras' random initializers, or a subclass, without a seed of its own."""
    return getattr(initializer, "_init_seed", 0) is None and isinstance(initializer.seed, int)


def _check_new(recorded: dict[int, _Recorded], model: keras.Model) -> None:
    """Raise UserError where a second build returned weights that the first one had made."""
    for variable in model.variables:
        if id(variable) in recorded:
            raise UserError(
                f"Weight '{variable.path}' is the same object in two calls of the build function. "
                "Let it make new layers in every call."
            )


def _check_same(variable: keras.Variable, one: np.ndarray, other: np.ndarray) -> None:
    """Raise UserError where two builds under one global seed differ."""
    if not _equal(one, other):
        raise UserError(
            f"Weight '{variable.path}' starts differently in two builds under one seed, so a run "
            "could not be repeated. Draw its first value with a Keras initializer or keras.random."
        )


def _check_shapes(model: keras.Model, one: list[np.ndarray], other: list[np.ndarray]) -> None:
    if [value.shape for value in one] != [value.shape for value in other]:
        raise UserError(
            f"The build function of model '{model.name}' returns weights of other shapes when it "
            "is called again. Let it return the same network every time."
        )


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.tobytes() == other.tobytes()
