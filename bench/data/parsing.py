"""What the parsers share: bounded reading, and one wording for a malformed file."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

from bench.errors import UserError

OpenFile = Callable[[Path, Literal["rb"]], BufferedIOBase]


def malformed(where: Path | str, problem: str) -> UserError:
    """Return the one-line error for a file that is not what it should be.

    Args:
        where: The file, with the row if there is one.
        problem: What was expected and what was received.
    """
    return UserError(
        f"{where}: {problem}. Replace the file, or remove it and run `adaact-bench data`."
    )


def read_bounded(path: Path, most: int, open_file: OpenFile = open) -> bytes:
    """Read a whole file of at most ``most`` bytes.

    Args:
        path: The file.
        most: Largest content in bytes, after decompression; memory stays near this bound
            however much a compressed file would unfold to.
        open_file: ``open`` or ``gzip.open``.

    Raises:
        UserError: The file is missing, not a file, unreadable, damaged, or too long.
    """
    if not path.is_file():
        kind = "a directory" if path.is_dir() else "none"
        raise malformed(path, f"expected a file. Received: {kind}")
    try:
        with open_file(path, "rb") as stream:
            # One byte more shows an excess, and makes gzip reach the end and check its CRC.
            content = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise malformed(path, f"cannot be read ({error})") from error
    if len(content) > most:
        raise malformed(path, f"expected at most {most} bytes. Received: more")
    return content
