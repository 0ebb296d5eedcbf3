"""Imported once by the server that worker processes are forked from: they start with TensorFlow."""

import signal

from bench.training.blocks import quiet

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's, also while this imports
quiet()

from bench.training import evaluate, keras_trainer, networks, replicate  # noqa: E402 - quietly

__all__ = ["evaluate", "keras_trainer", "networks", "replicate"]
