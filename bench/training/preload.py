"""Imported once by the server that worker processes are forked from: they start with TensorFlow."""

from bench.training.quiet import quiet

quiet()

from bench.training import evaluate, keras_trainer, many_seeds, networks  # noqa: E402 - quietly

__all__ = ["evaluate", "keras_trainer", "many_seeds", "networks"]
