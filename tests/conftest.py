"""TensorFlow gets its one thread before any test module uses it: later it takes no other number."""

from bench.training.blocks import quiet

quiet()
