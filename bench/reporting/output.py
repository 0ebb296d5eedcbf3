"""What the report writes; see ``bench.replacing``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.replacing import replacing

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def write_bytes(path: Path, content: bytes) -> Path:
    """Replaces a file as a whole; makes its folder where missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as stream:
        stream.write(content)
    return path


def write_text(path: Path, text: str) -> Path:
    """As write_bytes, for UTF-8 text with Unix line ends."""
    return write_bytes(path, text.encode())


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """As write_bytes, for a table at full precision."""
    return write_text(path, table.to_csv(index=False, lineterminator="\n"))
