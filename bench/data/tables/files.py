"""Find the text of a table: a file, a compressed one, or standard input."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from pathlib import Path

from bench.errors import UserError

STANDARD_INPUT = "-"
MOST_BYTES = 1_000_000_000  # as text; several times that in memory
GZIP = b"\x1f\x8b"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def place(file: str) -> str:
    """Return what messages call a file."""
    return "standard input" if file == STANDARD_INPUT else file


def text(file: str, encoding: str | None) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    That is UTF-8, or what a byte order mark says, unless told otherwise.

    Raises:
        UserError: It can't be read, is too large, or is not in that encoding.
    """
    content = _unpacked(_content(file), place(file))
    found = encoding or next((MARKS[m] for m in MARKS if content.startswith(m)), "utf-8")
    try:
        decoded = content.decode(found)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise UserError(
            f"{place(file)}, row {row}: expected {found.upper()} text ({error.reason}). Name the "
            "file's encoding, as with --encoding latin-1 or --encoding cp1252."
        ) from error
    if "\0" in decoded:  # pandas would end the cell there
        row = decoded[: decoded.index("\0")].count("\n") + 1
        raise UserError(f"{place(file)}, row {row}: expected text. Received: a zero byte.")
    return decoded, found.removesuffix("-sig").upper()


def _content(file: str) -> bytes:
    if file == STANDARD_INPUT:
        return _limited(sys.stdin.buffer.read(MOST_BYTES + 1), place(file))
    path = Path(file)
    if not path.is_file():
        raise UserError(f"{file}: there is no such file.")
    if path.stat().st_size > MOST_BYTES:
        raise UserError(f"{file}: expected at most {MOST_BYTES:,} bytes. Received: more.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror}).") from error


def _unpacked(content: bytes, where: str) -> bytes:
    if not content.startswith(GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return _limited(stream.read(MOST_BYTES + 1), where)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{where}: cannot be unpacked ({error}). Pack it again.") from error


def _limited(content: bytes, where: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise UserError(f"{where}: expected at most {MOST_BYTES:,} bytes. Received: more.")
    return content
