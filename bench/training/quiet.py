"""Import TensorFlow without its log lines."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.data.files import house_libraries

if TYPE_CHECKING:
    from collections.abc import Iterator


def quiet(threads: int = 1) -> None:
    """Import TensorFlow with so many threads.

    One thread: more would change the order of sums, and so the last bits, with the machine.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    house_libraries()
    with _silenced():  # what TensorFlow logs while it is imported heeds no level
        import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    if tf.config.threading.get_intra_op_parallelism_threads() != threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


@contextmanager
def _silenced() -> Iterator[None]:
    """Send what C++ writes to standard error nowhere."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
