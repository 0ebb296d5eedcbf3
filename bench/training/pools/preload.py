"""Imported once by the server that worker processes are forked from: they start with TensorFlow."""

from bench.training.quiet import quiet

quiet()

from bench.training import networks  # noqa: E402 - quietly
from bench.training.trainers import keras_trainer, many_seeds  # noqa: E402
from bench.training.trials import evaluate  # noqa: E402

__all__ = ["evaluate", "keras_trainer", "many_seeds", "networks"]
