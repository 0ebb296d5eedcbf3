"""Files that are either the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only when it is complete, with the old file's permissions.

    Nothing is written through a link: one that has the file's name is replaced.

    Raises:
        OSError: It cannot be written, or what has its name is neither a file nor a link.
    """
    old = path.lstat().st_mode if os.path.lexists(path) else None
    if old and not (stat.S_ISREG(old) or stat.S_ISLNK(old)):
        raise OSError(errno.EEXIST, "Not a regular file", str(path))
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)  # of a process that was killed
    try:
        with partial.open("xb") as stream:
            if old and stat.S_ISREG(old):
                partial.chmod(stat.S_IMODE(old))
            yield stream
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
