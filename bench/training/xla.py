"""What XLA has to be told before it compiles anything."""

from __future__ import annotations

import os
from importlib.metadata import version

FLAG = "--xla_cpu_experimental_ynn_fusion_type=-reduce"
RELEASES = ("2.21.",)  # of TensorFlow, that know the flag; others end the process when they see it


def add_in_one_order() -> None:
    """Makes XLA add numbers in one order, however many there are.

    XLA hands a sum over a tensor of 32,768 numbers or more to YNNPACK, which adds in another order
    than XLA's own loops: what a seed gives would depend, in the last bits, on how many seeds are
    trained beside it. XLA reads its flags when it first compiles, so this comes before.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    if version("tensorflow").startswith(RELEASES) and FLAG not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {FLAG}".strip()
