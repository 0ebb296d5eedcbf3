"""Read the numbers that the paper and its notebook print of their runs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Published:
    """What was printed of one run.

    Attributes:
        seed: The run's.
        noise: Figures that are rounding noise: compared, and no verdict hangs on them.
        figures: The numbers, digit by digit, by name and epoch; epoch 0: of the whole run.
    """

    seed: int
    noise: frozenset[str]
    figures: Mapping[tuple[str, int], Decimal]


def load_published() -> dict[str, Published]:
    """Return the published runs by data set."""
    text = Path(__file__).with_name("published.toml").read_text(encoding="utf-8")
    published = {}
    for dataset, run in tomllib.loads(text, parse_float=Decimal).items():
        seed, noise, after = run.pop("seed"), run.pop("noise", ()), run.pop("after")
        figures = {(name, 0): Decimal(value) for name, value in run.items()}
        for epoch, printed in after.items():
            figures |= {(name, int(epoch)): value for name, value in printed.items()}
        published[dataset] = Published(seed, frozenset(noise), figures)
    return published
