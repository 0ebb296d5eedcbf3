"""What no trainer of these nets can undercut: bare matrix products and one pass of the optimizer.

The lower bound of an epoch is the least that the arithmetic of its steps takes: the products of the
forward and the backward pass, one fused update of all kernels by RMSprop, and the products of the
validation rows. No loading of rows, no bias, activation, normalisation, loss or metric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from bench.timing.processes import together

SECONDS = 0.1  # per measurement: enough calls that the median settles
LOOP = 20  # steps per compiled call: the call itself must not count

Multiply = Callable[..., Any]
"""``(a, b, transpose_a, transpose_b) -> a b`` on the last two axes."""


@dataclass(frozen=True)
class Shapes:
    """The products of one net.

    Attributes:
        kernels: Shapes of the kernels, first layer first.
        batch: Rows per training step.
        train: Training rows per epoch.
        validation: Rows evaluated per epoch.
    """

    kernels: tuple[tuple[int, int], ...]
    batch: int
    train: int
    validation: int

    @property
    def steps(self) -> float:
        """Training steps per epoch, the short last one counted by its share."""
        return self.train / self.batch

    def arrays(self, seeds: int, rows: int) -> tuple[list[np.ndarray], np.ndarray]:
        """Kernels and inputs of so many nets, stacked: float32, (seeds, ...)."""
        random = np.random.default_rng(0)
        kernels = [
            random.normal(0, (2 / sum(shape)) ** 0.5, (seeds, *shape)).astype(np.float32)
            for shape in self.kernels
        ]
        return kernels, random.random((seeds, rows, self.kernels[0][0]), np.float32)


def products(kernels: Sequence[Any], x: Any, multiply: Multiply) -> list[Any]:
    """The gradients of ½‖x W₁ W₂ …‖² by the kernels: the products of a training step, no more.

    Args:
        kernels: Each of shape (seeds, inputs, outputs).
        x: Shape (seeds, batch, features).
        multiply: The product.

    Returns:
        One gradient per kernel, of its shape.
    """
    inputs = [x]
    for kernel in kernels:
        inputs.append(multiply(inputs[-1], kernel, False, False))
    error = inputs.pop()
    gradients = []
    for kernel, rows in zip(kernels[::-1], inputs[::-1], strict=True):
        gradients.append(multiply(rows, error, True, False))
        if len(gradients) < len(kernels):  # nobody needs the gradient by the data
            error = multiply(error, kernel, False, True)
    return gradients[::-1]


def forward(kernels: Sequence[Any], x: Any, multiply: Multiply) -> Any:
    """Computes x W₁ W₂ …: the products of an evaluation."""
    for kernel in kernels:
        x = multiply(x, kernel, False, False)
    return x


def least_seconds(dataset: str, seeds: int) -> dict[str, float]:
    """Measures the lower bound on one thread.

    Every library works through one net at a time (small enough for a fast cache) and through all
    of them stacked (fewer calls).

    Args:
        dataset: Name of the data set.
        seeds: Nets that are stacked.

    Returns:
        Seconds per seed and epoch, by way of computing.
    """
    from bench.training.blocks import quiet

    quiet(1)
    from threadpoolctl import threadpool_limits

    from bench.data import load

    shapes = shapes_of(load(dataset))
    with threadpool_limits(1):
        ways = {
            f"{name}, {stack} at a time": (prepare(shapes, stack), stack)
            for stack in sorted({1, seeds})
            for name, prepare in WAYS.items()
        }
        together()
        return {name: epoch() / stack for name, (epoch, stack) in ways.items()}


def shapes_of(dataset: Any) -> Shapes:
    """The products of the net of a data set."""
    from bench.timing.nets import ACTIVATION, cell_task

    task = cell_task(dataset, ACTIVATION, epochs=1)
    kernels = [tuple(w.shape) for w in task.build().trainable_weights if len(w.shape) == 2]
    split = task.split(0)
    return Shapes(tuple(kernels), task.settings.batch_size, len(split.train), len(split.validation))


def _numpy(shapes: Shapes, seeds: int) -> Callable[[], float]:
    """NumPy's products, and the update by XLA."""
    kernels, x = shapes.arrays(seeds, shapes.batch)
    watched = shapes.arrays(seeds, shapes.validation)[1]
    update = _update_loop(shapes, seeds)
    return lambda: (
        shapes.steps * _seconds(lambda: products(kernels, x, _multiply_numpy))
        + shapes.steps / LOOP * _seconds(update)
        + _seconds(lambda: forward(kernels, watched, _multiply_numpy))
    )


def _tensorflow(shapes: Shapes, seeds: int) -> Callable[[], float]:
    """``tf.matmul`` without XLA, and the update by XLA."""
    import tensorflow as tf

    kernels, x, watched = _tensors(shapes, seeds)
    step = tf.function(lambda *some: products(some, x, _multiply_tensorflow), autograph=False)
    evaluate = tf.function(
        lambda *some: forward(some, watched, _multiply_tensorflow), autograph=False
    )
    update = _update_loop(shapes, seeds)
    return lambda: (
        shapes.steps * _seconds(lambda: step(*kernels))
        + shapes.steps / LOOP * _seconds(update)
        + _seconds(lambda: evaluate(*kernels))
    )


def _xla(shapes: Shapes, seeds: int) -> Callable[[], float]:
    """Products and update in one compiled loop."""
    import tensorflow as tf

    kernels, x, watched = _tensors(shapes, seeds)

    @tf.function(autograph=False, jit_compile=True)
    def steps(kernels: list[tf.Tensor], slots: list[tf.Tensor], x: tf.Tensor) -> Any:
        def body(i: tf.Tensor, kernels: list[tf.Tensor], slots: list[tf.Tensor]) -> Any:
            gradients = products(kernels, x, _multiply_tensorflow)
            return i + 1, *_rmsprop(kernels, gradients, slots)

        return tf.while_loop(lambda i, *_: i < LOOP, body, (0, kernels, slots))[1:]

    @tf.function(autograph=False, jit_compile=True)
    def evaluate(kernels: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
        return forward(kernels, x, _multiply_tensorflow)

    slots = [tf.zeros_like(kernel) for kernel in kernels]
    return lambda: (
        shapes.steps / LOOP * _seconds(lambda: steps(kernels, slots, x))
        + _seconds(lambda: evaluate(kernels, watched))
    )


WAYS = {"NumPy": _numpy, "tf.matmul": _tensorflow, "XLA": _xla}


def _update_loop(shapes: Shapes, seeds: int) -> Callable[[], object]:
    """LOOP updates of all kernels, laid out flat, in one compiled call."""
    import tensorflow as tf

    size = seeds * sum(a * b for a, b in shapes.kernels)
    gradient = tf.fill([size], 1e-3)

    @tf.function(autograph=False, jit_compile=True)
    def updates(kernel: tf.Tensor, slot: tf.Tensor, gradient: tf.Tensor) -> Any:
        def body(i: tf.Tensor, kernel: tf.Tensor, slot: tf.Tensor) -> Any:
            (kernel,), (slot,) = _rmsprop([kernel], [gradient], [slot])
            return i + 1, kernel, slot

        return tf.while_loop(lambda i, *_: i < LOOP, body, (0, kernel, slot))[1:]

    return lambda: updates(tf.ones_like(gradient), tf.zeros_like(gradient), gradient)


def _rmsprop(kernels: Sequence[Any], gradients: Sequence[Any], slots: Sequence[Any]) -> Any:
    import tensorflow as tf

    pairs = zip(slots, gradients, strict=True)
    slots = [0.9 * slot + 0.1 * tf.square(gradient) for slot, gradient in pairs]
    updated = [
        kernel - 0.001 * gradient / tf.maximum(tf.sqrt(slot + 1e-7), 1e-7)
        for kernel, gradient, slot in zip(kernels, gradients, slots, strict=True)
    ]
    return updated, slots


def _tensors(shapes: Shapes, seeds: int) -> tuple[list[Any], Any, Any]:
    import tensorflow as tf

    kernels, x = shapes.arrays(seeds, shapes.batch)
    watched = shapes.arrays(seeds, shapes.validation)[1]
    return [tf.constant(kernel) for kernel in kernels], tf.constant(x), tf.constant(watched)


def _multiply_numpy(a: np.ndarray, b: np.ndarray, ta: bool, tb: bool) -> np.ndarray:
    return np.matmul(a.swapaxes(1, 2) if ta else a, b.swapaxes(1, 2) if tb else b)


def _multiply_tensorflow(a: Any, b: Any, ta: bool, tb: bool) -> Any:
    import tensorflow as tf

    return tf.matmul(a, b, transpose_a=ta, transpose_b=tb)


def _seconds(run: Callable[[], object]) -> float:
    """Median seconds of a call."""
    run()  # compiles
    samples: list[float] = []
    end = perf_counter() + SECONDS
    while not samples or perf_counter() < end:
        begin = perf_counter()
        run()
        samples.append(perf_counter() - begin)
    return median(samples)
