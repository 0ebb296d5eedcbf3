"""What XLA has to be told before it compiles anything, and what the user tells it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version

from bench.errors import UserError

FLAG = "--xla_cpu_experimental_ynn_fusion_type=-reduce"
RELEASES = ("2.21.",)  # of TensorFlow, that know the flag; others end the process when they see it
FLAGS = ("XLA_FLAGS", "TF_XLA_FLAGS")
# Beginnings of variables by which compilers and libraries of linear algebra compute otherwise.
COMPILERS = (
    *(*FLAGS, "TF_ENABLE_ONEDNN_OPTS", "TF_DISABLE_MKL", "ONEDNN_", "DNNL_", "NVIDIA_TF32_"),
    *("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"),
)
LIBRARIES = (
    *("OPENBLAS_CORETYPE", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "BLIS_ARCH_TYPE"),
    *("NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES"),
)
PROBE = "import tensorflow as tf; tf.function(lambda x: x + 1, jit_compile=True)(tf.zeros(2))"


def add_in_one_order() -> None:
    """Makes XLA add numbers in one order, however many there are.

    XLA hands a sum over a tensor of 32,768 numbers or more to YNNPACK, which adds in another order
    than XLA's own loops: what a seed gives would depend, in the last bits, on how many seeds are
    trained beside it. XLA reads its flags when it first compiles, so this comes before.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    if version("tensorflow").startswith(RELEASES) and FLAG not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {FLAG}".strip()


def arithmetic() -> dict[str, str]:
    """Return the user's settings that change arithmetic, by variable; the suite's own is none."""
    found = {}
    for name in sorted(os.environ):
        words = [word for word in os.environ[name].split() if word != FLAG]
        if name.startswith((*COMPILERS, *LIBRARIES)) and words:
            found[name] = " ".join(words)
    return found


def check_flags() -> None:
    """Let XLA read the user's flags in a process of its own, which a wrong one ends.

    Raises:
        UserError: XLA refuses a flag; or a variable names a file, whose content could change.
    """
    given = {name: flags for name, flags in arithmetic().items() if name in FLAGS}
    for name, flags in given.items():
        if not flags.startswith("--"):
            raise UserError(f"{name}: expected flags, as --NAME=VALUE. Received: {flags!r}.")
    if not given:
        return
    command = [sys.executable, "-c", PROBE]
    loud = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "0"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=loud)  # noqa: S603
    if ended.returncode:
        names = "|".join(re.findall(r"--(\w+)", " ".join(given.values())))
        told = re.search(rf"^[EF]\d.*?\] (.*(?:{names}).*)$", ended.stderr, re.MULTILINE)
        reason = " ".join(told[1].split()) if told else f"exit code {ended.returncode}"
        raise UserError(f"{' and '.join(given)}: XLA refuses this ({reason}). Correct the flags.")
