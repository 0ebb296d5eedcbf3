"""Open files of a results folder, with bounds or as a whole, and say what is wrong with one."""

from __future__ import annotations

import gzip
import io
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from bench.atomic_writes import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

MEBIBYTE = 1 << 20
MOST_BYTES = 512 * MEBIBYTE  # unpacked; the default study's longest file has 60 MiB
LONGEST_LINE = MEBIBYTE  # the longest of our own have some kB
BUFFER = MEBIBYTE // 4
GZIP_LEVEL = 6


class FileError(Exception):
    """What is wrong in a file, and where.

    Args:
        text: What is wrong.
        line: Number of the line, from 1; 0: it is not about a line.
        field: The column, or the field of a JSON file; empty: it is not about one.
    """

    def __init__(self, text: str, *, line: int = 0, field: str = "") -> None:
        place = [f"line {line}"] if line else []
        place += [f"column {field}" if line else field] if field else []
        super().__init__(f"{', '.join(place)}: {text}" if place else text)


def shown(value: object) -> str:
    """Return a value as an error message quotes it: in ASCII, cut if it is long."""
    try:
        text = ascii(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


@contextmanager
def opened(
    path: Path, most_bytes: int = MOST_BYTES, longest_line: int = LONGEST_LINE
) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked if it ends in ``.gz``.

    Raises:
        ValueError: It is no regular file; or, while it is read, it has too many bytes, or too many
            in one line. What lies behind is not unpacked.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # a FIFO would be waited for
        raise ValueError("it is not a regular file")
    with path.open("rb") as raw:
        source = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        bounded = _Bounded(cast("io.BufferedIOBase", source), most_bytes, longest_line)
        with io.BufferedReader(bounded, BUFFER) as stream:
            yield stream


class _Bounded(io.RawIOBase):
    """Passes bytes on and counts them: all of them, and those since the last line feed."""

    def __init__(self, source: io.BufferedIOBase, most_bytes: int, longest_line: int) -> None:
        self._source, self._most_bytes, self._longest_line = source, most_bytes, longest_line
        self._total = self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count = self._source.readinto(buffer)
        self._total += count
        end = bytes(memoryview(buffer)[:count]).rfind(b"\n") + 1
        self._line = count - end if end else self._line + count
        if self._total > self._most_bytes:
            raise ValueError(f"it has more than {self._most_bytes // MEBIBYTE} MiB")
        if self._line > self._longest_line:
            raise ValueError(f"a line has more than {self._longest_line // MEBIBYTE} MiB")
        return count


@contextmanager
def written(path: Path, *, wanted: bool = True) -> Iterator[TextIO]:
    """Open a text file that takes its name only when it is complete; compressed if ``.gz``.

    Args:
        path: The file.
        wanted: Whether it is to be there; else what has its name is deleted, and nothing written.
    """
    if not wanted:
        path.unlink(missing_ok=True)
        yield io.StringIO()
        return
    with (
        atomic_write(path) as raw,
        _compressing(raw, path) as binary,
        # A reason may quote a file name that is not UTF-8.
        io.TextIOWrapper(binary, "utf-8", "backslashreplace", newline="") as stream,
    ):
        yield stream


def _compressing(raw: BinaryIO, path: Path) -> BinaryIO:
    if path.suffix != ".gz":
        return raw
    # Neither name nor time in the header: equal tables are equal files.
    return cast("BinaryIO", gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0))
