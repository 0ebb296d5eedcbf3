"""Files that are either the old one or the new one, never half of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def write_bytes(path: Path, content: bytes) -> Path:
    """Writes a file under a temporary name, then renames it; makes its folder where missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def write_text(path: Path, text: str) -> Path:
    """As write_bytes, for UTF-8 text with Unix line ends."""
    return write_bytes(path, text.encode())


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """As write_bytes, for a table at full precision."""
    return write_text(path, table.to_csv(index=False, lineterminator="\n"))
