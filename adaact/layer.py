"""The Adaact layer."""

from __future__ import annotations

from typing import Any

import keras
from keras import constraints, initializers, ops, regularizers

_ROLES = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}


@keras.saving.register_keras_serializable(package="adaact")
class Adaact(keras.layers.Layer):
    """Dense layer whose activation is an affine function learned with the kernel.

    Formula:
    ``` python
    z = matmul(inputs, kernel) + bias
    outputs = k0 + k1 * z
    ```
    where `kernel` has shape `(input_dim, units)` and `bias` shape `(units,)`. `k0` and `k1` have
    shape `(1,)`: one scalar each, shared by all units of the layer. They start as
    truncated standard normal draws, which is what Glorot normal is for a shape of `(1,)`.
    The layer has `input_dim * units + units + 2` trainable parameters. With `shared=False`, `k0`
    and `k1` have shape `(units,)`.

    Since the activation is affine, so is the layer: `adaact.collapse` folds a whole net of them.

    Args:
        units: Positive integer, dimensionality of the output space.
        use_bias: Boolean, whether the layer adds `bias` before the activation.
        kernel_initializer: Initializer for `kernel`.
        bias_initializer: Initializer for `bias`.
        k0_initializer: Initializer for `k0`.
        k1_initializer: Initializer for `k1`.
        kernel_regularizer: Regularizer for `kernel`.
        bias_regularizer: Regularizer for `bias`.
        k0_regularizer: Regularizer for `k0`.
        k1_regularizer: Regularizer for `k1`.
        activity_regularizer: Regularizer for the output of the layer.
        kernel_constraint: Constraint for `kernel`.
        bias_constraint: Constraint for `bias`.
        k0_constraint: Constraint for `k0`.
        k1_constraint: Constraint for `k1`.
        shared: Boolean, whether all units share `k0` and `k1`; if not, each has its own.
        **kwargs: Base layer keyword arguments, such as `name` and `dtype`.

    Input shape:
        `(batch_size, ..., input_dim)`, of rank 2 or more, with `input_dim` known. A mask is passed
        on as it is.

    Output shape:
        `(batch_size, ..., units)`.

    Raises:
        ValueError: If `units` is not a positive integer, or the inputs have a rank below 2 or a
            last dimension that is not known when the layer is built.

    Source:
        Dutta, "Learning Activations in Neural Network", the section that defines Adaact.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the arguments of Dense, for each of the four weights
        self,
        units: int,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_normal",
        bias_initializer: Any = "zeros",
        k0_initializer: Any = "glorot_normal",
        k1_initializer: Any = "glorot_normal",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        k0_regularizer: Any = None,
        k1_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        k0_constraint: Any = None,
        k1_constraint: Any = None,
        shared: bool = True,
        **kwargs: Any,
    ) -> None:
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"Expected `units` to be a positive integer. Received: units={units}")
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = units
        self.use_bias = use_bias
        self.shared = shared
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.k0_initializer = initializers.get(k0_initializer)
        self.k1_initializer = initializers.get(k1_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.k0_regularizer = regularizers.get(k0_regularizer)
        self.k1_regularizer = regularizers.get(k1_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.k0_constraint = constraints.get(k0_constraint)
        self.k1_constraint = constraints.get(k1_constraint)
        self.input_spec = keras.InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights, in the order kernel, bias, k0, k1."""
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(
                "Expected inputs of shape (batch_size, ..., input_dim), with `input_dim` known. "
                f"Received: input_shape={input_shape}"
            )
        self.kernel = self._add("kernel", (input_shape[-1], self.units))
        self.bias = self._add("bias", (self.units,)) if self.use_bias else None
        scalars = (1,) if self.shared else (self.units,)
        self.k0 = self._add("k0", scalars)
        self.k1 = self._add("k1", scalars)
        self.input_spec = keras.InputSpec(min_ndim=2, axes={-1: input_shape[-1]})

    def _add(self, name: str, shape: tuple[int, ...]) -> keras.Variable:
        """Adds a weight with the initializer, regularizer and constraint of that name."""
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=getattr(self, f"{name}_initializer"),
            regularizer=getattr(self, f"{name}_regularizer"),
            constraint=getattr(self, f"{name}_constraint"),
        )

    def call(self, inputs: Any) -> Any:
        """Returns k0 + k1 * (inputs @ kernel + bias), shape (batch_size, ..., units)."""
        z = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            z = ops.add(z, self.bias)
        return self.k0 + self.k1 * z

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments; the values of k0 and k1 are weights and are saved as such."""
        config = super().get_config()
        config.update(
            units=self.units,
            use_bias=self.use_bias,
            shared=self.shared,
            activity_regularizer=regularizers.serialize(self.activity_regularizer),
        )
        for weight in ("kernel", "bias", "k0", "k1"):
            for role, module in _ROLES.items():
                argument = f"{weight}_{role}"
                config[argument] = module.serialize(getattr(self, argument))
        return config

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns `input_shape` with its last dimension replaced by `units`."""
        return (*input_shape[:-1], self.units)
