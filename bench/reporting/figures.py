"""Draw the figures of a report into files."""

from collections.abc import Iterable
from pathlib import Path

from bench.reporting.document import Block, Picture
from bench.reporting.style import save


def draw(blocks: Iterable[Block], folder: Path) -> None:
    """Draw the pictures among the blocks into a folder."""
    for block in blocks:
        if isinstance(block, Picture):
            save(block.draw(), folder / block.file)
