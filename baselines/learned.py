"""Other learned activations: dense layers that learn a function of z = inputs @ kernel + bias."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import keras
from keras import initializers, ops

from adaact import Adaact

if TYPE_CHECKING:
    from collections.abc import Sequence

# The deviation of a standard normal that is cut at 2; Keras divides by it.
CUT_DEVIATION = 0.87962566103423978


def adaact_per_unit(units: int) -> Adaact:
    """Adaact with k0 and k1 for each unit, each drawn as the shared ones are.

    Glorot normal would draw a vector of so many from a narrower distribution than a scalar.
    """
    scalar = {"class_name": "TruncatedNormal", "config": {"stddev": 1 / CUT_DEVIATION}}
    return Adaact(units, shared=False, k0_initializer=scalar, k1_initializer=scalar)


def _polynomial(coefficients: Sequence[Any], z: Any) -> Any:
    """Returns c0 + c1 z + ... by Horner's rule."""
    value = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        value = value * z + coefficient
    return value


class LearnedActivation(keras.layers.Dense):
    """Dense layer with a Glorot normal kernel, as Adaact's, before a function with own weights.

    A subclass makes the function's weights in `build`, after the kernel and the bias, and computes
    it in `g`.

    Args:
        units: Positive integer, dimensionality of the output space.
        kernel_initializer: Initializer for `kernel`.
        **kwargs: Further arguments of `Dense`.
    """

    def __init__(
        self, units: int, kernel_initializer: Any = "glorot_normal", **kwargs: Any
    ) -> None:
        super().__init__(units, kernel_initializer=kernel_initializer, **kwargs)

    def add(self, name: str, shape: tuple[int, ...], initializer: Any) -> keras.Variable:
        """Adds a weight, with its initializer where the trainers look for it."""
        setattr(self, f"{name}_initializer", initializers.get(initializer))
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Returns g(inputs @ kernel + bias), shape (batch_size, ..., units)."""
        return self.g(super().call(inputs, training=training))

    def g(self, z: Any) -> Any:
        """Returns the activation of z, of the same shape."""
        raise NotImplementedError


class PReLU(LearnedActivation):
    """g(z) = max(z, 0) + a min(z, 0), with one a per unit that starts at 0.25.

    Source: He, Zhang, Ren & Sun 2015, "Delving Deep into Rectifiers", sections 2.1 and 2.2.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel, bias and a, shape (units,)."""
        super().build(input_shape)
        self.a = self.add("a", (self.units,), initializers.Constant(0.25))

    def g(self, z: Any) -> Any:
        """Returns the activation of z."""
        return ops.maximum(z, 0) + self.a * ops.minimum(z, 0)


class Swish(LearnedActivation):
    """g(z) = z sigmoid(beta z), with one beta for all units that starts at 1, where g is silu.

    Source: Ramachandran, Zoph & Le 2017, "Searching for Activation Functions", section 4.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel, bias and beta, shape (1,)."""
        super().build(input_shape)
        self.beta = self.add("beta", (1,), "ones")

    def g(self, z: Any) -> Any:
        """Returns the activation of z."""
        return z * ops.sigmoid(self.beta * z)


class Polynomial(LearnedActivation):
    """g(z) = k0 + k1 z + ... + kd z^d, with one scalar each for all units.

    k0 and k1 start as Adaact's of the same seed do, the others at 0: before training the layer is
    Adaact, and of degree 2 or more it is not bound to stay affine.

    Args:
        units: Positive integer, dimensionality of the output space.
        degree: The degree d, at least 1.
        **kwargs: Further arguments of `Dense`.

    Source: Dutta, "Learning Activations in Neural Network", taken further.
    """

    def __init__(self, units: int, degree: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.degree = degree

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel, bias and k0 to kd, each of shape (1,)."""
        super().build(input_shape)
        self.k = [
            self.add(f"k{power}", (1,), "glorot_normal" if power < 2 else "zeros")
            for power in range(self.degree + 1)
        ]

    def g(self, z: Any) -> Any:
        """Returns the activation of z."""
        return _polynomial(self.k, z)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments."""
        return {**super().get_config(), "degree": self.degree}


quadratic = partial(Polynomial, degree=2)
cubic = partial(Polynomial, degree=3)


class Rational(LearnedActivation):
    """g(z) = (a0 + a1 z + ... + a5 z^5) / (1 + |b1 z + ... + b4 z^4|), for all units the same.

    It starts near the leaky ReLU of slope 0.01: within 0.04 for z from -3 to 3.

    Source: Molina, Schramowski & Kersting 2020, "Padé Activation Units", equation 3.
    """

    # Least squares on 601 points from -3 to 3, rounded.
    NUMERATOR = (0.034, 0.505, 1.651, 2.005, 0.928, 0.152)
    DENOMINATOR = (0.0, 3.969, 0.0, 0.3)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel, bias, a of shape (6,) and b of shape (4,)."""
        super().build(input_shape)
        self.a = self.add("a", (6,), initializers.Constant(self.NUMERATOR))
        self.b = self.add("b", (4,), initializers.Constant(self.DENOMINATOR))

    def g(self, z: Any) -> Any:
        """Returns the activation of z."""
        above, below = (_polynomial(ops.unstack(weights), z) for weights in (self.a, self.b))
        return above / (1 + ops.abs(z * below))


class PiecewiseLinear(LearnedActivation):
    """g(z) = max(0, z) + a1 max(0, b1 - z) + a2 max(0, b2 - z), with own hinges for each unit.

    It starts as ReLU, with the hinges b at 1 and -1.

    Source: Agostinelli, Hoffman, Sadowski & Baldi 2014, "Learning Activation Functions to Improve
    Deep Neural Networks", equation 1.
    """

    HINGES = (1.0, -1.0)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes kernel, bias, and for each hinge a and b, each of shape (units,)."""
        super().build(input_shape)
        self.hinges = [
            (
                self.add(f"a{n}", (self.units,), "zeros"),
                self.add(f"b{n}", (self.units,), initializers.Constant(place)),
            )
            for n, place in enumerate(self.HINGES, start=1)
        ]

    def g(self, z: Any) -> Any:
        """Returns the activation of z."""
        return ops.maximum(z, 0) + sum(a * ops.maximum(b - z, 0) for a, b in self.hinges)
