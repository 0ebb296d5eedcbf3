"""A many-seeds trainer written by hand in JAX: ``jax.vmap`` over seeds, ``lax.scan`` over steps.

The strongest peer of the many-seeds trainer. It knows one net, MNIST's with Adaact, and does on it
what that trainer does: from the same first weights the same batches, RMSprop, the running means
of loss and accuracy, the evaluation after every epoch, and the best weights kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from bench.training.trainers import seeding
from bench.training.trainers.initial_values import InitialValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.training.trials.cells import Cell

Arrays = tuple[Any, ...]
EVALUATION_ROWS = 1000  # as the many-seeds trainer has it


def forward(weights: Arrays, moving: Arrays, x: Any, *, training: bool) -> tuple[Any, Arrays]:
    """The logits of MNIST's net with Adaact for one seed, and BatchNormalization's statistics."""
    kernel_1, bias_1, k0_1, k1_1, gamma, beta, kernel_2, bias_2, k0_2, k1_2, kernel, bias = weights
    x = k0_1 + k1_1 * (x @ kernel_1 + bias_1)
    if training:
        mean, variance = x.mean(axis=0), x.var(axis=0)
        new = (mean, variance)
        moving = tuple(0.99 * m + 0.01 * n for m, n in zip(moving, new, strict=True))
    else:
        mean, variance = moving
    x = gamma * (x - mean) * jax.lax.rsqrt(variance + 1e-3) + beta
    x = k0_2 + k1_2 * (x @ kernel_2 + bias_2)
    return x @ kernel + bias, moving


def scores(logits: Any, y: Any) -> tuple[Any, Any]:
    """Cross-entropy and correctness of each row, each of shape (rows,)."""
    losses = -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=-1)[:, 0]
    return losses, logits.argmax(axis=-1) == y


def train_step(state: Arrays, x: Any, y: Any) -> tuple[Arrays, Any]:
    """One step of one seed: forward, backward, RMSprop; and the sums of loss and hits."""
    weights, moving, velocities = state

    def mean_loss(weights: Arrays) -> tuple[Any, tuple[Arrays, Any]]:
        logits, new = forward(weights, moving, x, training=True)
        losses, hits = scores(logits, y)
        return losses.mean(), (new, jnp.stack([losses.sum(), hits.sum()]))

    (_, (moving, sums)), gradients = jax.value_and_grad(mean_loss, has_aux=True)(weights)
    velocities = jax.tree.map(lambda v, g: 0.9 * v + 0.1 * g * g, velocities, gradients)
    weights = jax.tree.map(
        lambda w, g, v: w - 0.001 * g / jnp.sqrt(v + 1e-7), weights, gradients, velocities
    )
    return (weights, moving, velocities), sums


def train(state: Arrays, orders: Any, x: Any, y: Any) -> tuple[Arrays, Any]:
    """One epoch of all seeds; ``orders`` of shape (steps, seeds, batch) holds row numbers."""

    def step(state: Arrays, rows: Any) -> tuple[Arrays, Any]:
        return jax.vmap(train_step)(state, x[rows], y[rows])

    state, sums = jax.lax.scan(step, state, orders)
    return state, sums.sum(axis=0)


def evaluate(state: Arrays, x: Any, y: Any) -> Any:
    """Sums of loss and hits of all seeds, (seeds, 2); ``x`` of shape (parts, rows, features)."""

    def part(sums: Any, rows: Arrays) -> tuple[Any, None]:
        def one(weights: Arrays, moving: Arrays) -> Any:
            losses, hits = scores(forward(weights, moving, rows[0], training=False)[0], rows[1])
            return jnp.stack([losses.sum(), hits.sum()])

        return sums + jax.vmap(one)(*state[:2]), None

    return jax.lax.scan(part, jnp.zeros((len(state[0][0]), 2)), (x, y))[0]


def keep(state: Arrays, kept: Arrays, better: Any) -> Arrays:
    """Weights and statistics of the seeds that got better, those of ``kept`` elsewhere."""

    def choose(new: Any, old: Any) -> Any:
        return jnp.where(better.reshape(-1, *[1] * (new.ndim - 1)), new, old)

    return jax.tree.map(choose, state[:2], kept)


class Vmapped:
    """Seeds of a task, trained side by side an epoch at a time.

    Args:
        task: MNIST's net with Adaact. Whole batches in an epoch, whole parts of EVALUATION_ROWS.
        seeds: Which seeds.
    """

    def __init__(self, task: Cell, seeds: Sequence[int]) -> None:
        split, self._seeds, self._epochs = task.split(0), seeds, 0
        self._batch, self._rows = task.batch_size, split.train
        self._x, self._y = jnp.asarray(task.x), jnp.asarray(task.y, jnp.int32)
        part = min(EVALUATION_ROWS, len(split.validation))
        self._watched = [
            jnp.asarray(values[split.validation]).reshape(-1, part, *values.shape[1:])
            for values in (task.x, task.y.astype(np.int32))
        ]
        initial = InitialValues(task.build)
        variables = initial.model.variables
        stacks = map(np.stack, zip(*map(initial.of, seeds), strict=True))
        first = {id(one): jnp.asarray(stack) for one, stack in zip(variables, stacks, strict=True)}
        weights = tuple(first[id(one)] for one in initial.model.trainable_variables)
        moving = tuple(first[id(one)] for one in variables if "moving" in one.name)
        self._state = (weights, moving, jax.tree.map(jnp.zeros_like, weights))
        self._kept, self._best = self._state[:2], np.full(len(seeds), np.inf)
        self._train, self._evaluate, self._keep = jax.jit(train), jax.jit(evaluate), jax.jit(keep)

    def epoch(self) -> dict[str, np.ndarray]:
        """Train and evaluate all seeds; return loss and accuracy of both parts, each (seeds,)."""
        rows = len(self._rows)
        orders = [seeding.batch_order(seed, self._epochs, rows) for seed in self._seeds]
        steps = self._rows[np.stack(orders)].reshape(len(orders), -1, self._batch).swapaxes(0, 1)
        steps = jnp.asarray(steps, jnp.int32)
        self._state, sums = self._train(self._state, steps, self._x, self._y)
        watched = np.asarray(self._evaluate(self._state, *self._watched)).T
        loss, accuracy = np.asarray(sums).T / rows
        val_loss, val_accuracy = watched / self._watched[1].size
        better = val_loss < self._best
        self._best = np.where(better, val_loss, self._best)
        self._kept = self._keep(self._state, self._kept, jnp.asarray(better))
        self._epochs += 1
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        return dict(zip(names, (loss, accuracy, val_loss, val_accuracy), strict=True))
