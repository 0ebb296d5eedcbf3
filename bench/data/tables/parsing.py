"""Read a table as a frame of texts: one row a row, named columns, empty where missing.

The text comes from a file, a packed one or standard input.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from bench.data.tables import sniff
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bench.data.tables.records import Reading

STANDARD_INPUT = "-"
MOST_BYTES = 1_000_000_000  # as text; several times that in memory
GZIP = b"\x1f\x8b"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
PARQUET = ".parquet"
NO_NAME = ""  # a first column without a name, as pandas and R write the names of rows


def cells(file: str, reading: Reading) -> tuple[pd.DataFrame, str]:
    """Return the cells of a file as stripped texts, empty where missing, and how it was read.

    The index is the row in the file. How it was read is one line, without the file's folder, which
    a report need not tell.

    Raises:
        UserError: Names the file, the row where there is one, and the remedy.
    """
    if file.endswith(PARQUET):
        return _parquet(file), f"{Path(file).name}: Parquet"
    content, encoding = _text(file, reading.encoding)
    return _separated(content, encoding, place(file), reading)


def _separated(
    content: str, encoding: str, where: str, reading: Reading
) -> tuple[pd.DataFrame, str]:
    import pandas as pd

    lines = list(io.StringIO(content, newline=""))
    sep = reading.sep or sniff.separator(lines)
    rows = _rows(lines, sep, where)
    if not rows:
        raise UserError(f"{where}: expected a header and rows. Received: nothing.")
    (_, first), *body = rows
    if not reading.no_header and not body:
        raise UserError(f"{where}: expected rows below the header. Received: none.")
    if reading.no_header:
        first, body = [str(n + 1) for n in range(len(first))], rows
    frame = pd.DataFrame([row for _, row in body], index=[row for row, _ in body], dtype=object)
    if not reading.no_header:
        first, frame = _headed(first, frame, where, reading.target)
    frame.columns = pd.Index(first, dtype=object)
    name = sniff.SEPARATORS.get(sep, repr(sep))
    head = "no header" if reading.no_header else "a header"
    return frame, f"{Path(where).name}: {encoding}, {head}, fields separated by {name}"


def _rows(lines: Sequence[str], sep: str, where: str) -> list[tuple[int, list[str]]]:
    """Return line number and fields of every row that is not blank, all of one width."""
    rows: list[tuple[int, list[str]]] = []
    try:
        for row, cut in sniff.fields(lines, sep):
            width = len(rows[0][1]) if rows else len(cut)
            if len(cut) != width:
                told = f"expected {width} fields. Received: {len(cut)}."
                raise UserError(f"{where}, row {row}: {told}")
            rows.append((row, [_unquoted(cell) for cell in cut]))
    except csv.Error as error:
        row = rows[-1][0] + 1 if rows else 1
        raise UserError(
            f"{where}, row {row}: not CSV ({error}). Mend its quotation marks, or name the "
            "separator with --sep."
        ) from error
    return rows


def _unquoted(cell: str) -> str:
    """Strip the single quotes in which some tables have their labels."""
    return cell[1:-1] if len(cell) > 2 and cell[0] == cell[-1] == "'" else cell


def _headed(
    names: list[str], frame: pd.DataFrame, where: str, target: str | None
) -> tuple[list[str], pd.DataFrame]:
    """Return names and frame without empty columns that have no name.

    Raises:
        UserError: The first row is data, or two columns share a name, or one has none.
    """
    if sniff.is_data(names, frame, target):
        number = names.index(target) + 1 if target in names else len(names)
        raise UserError(
            f"{where}, row 1: expected a header. Received: what looks like data "
            f"({', '.join(names[:3])[:40]!r}). If it has none: --no-header --target {number}, "
            "as columns are then called 1, 2, ... If it has one: rename what stands below its name."
        )
    kept = [at for at, name in enumerate(names) if name or (frame[at] != "").any()]
    frame = frame[kept].set_axis(range(len(kept)), axis=1)
    names = [names[at] for at in kept]
    for at, name in enumerate(names):
        if name in names[:at] or (name == NO_NAME and at):
            raise UserError(
                f"{where}, row 1, column {at + 1}: expected a name of its own for each column. "
                f"Received: {name[:40]!r}. Name it, or use --no-header if row 1 is data."
            )
    return names, frame


def _parquet(file: str) -> pd.DataFrame:
    import pandas as pd

    try:
        frame = pd.read_parquet(file)
    except ImportError:
        raise UserError(
            f"{file}: Parquet needs pyarrow. Install it with: pip install 'adaact-bench[parquet]'"
        ) from None
    except (OSError, ValueError) as error:
        raise UserError(f"{file}: cannot be read ({' '.join(str(error).split())}).") from error
    known = frame.notna()
    texts = {str(name): frame[name].map(str).where(known[name], "") for name in frame}
    rows = pd.RangeIndex(1, len(frame) + 1)
    return pd.DataFrame(texts, dtype=object).set_axis(rows, axis=0)


def place(file: str) -> str:
    """Return what messages call a file."""
    return "standard input" if file == STANDARD_INPUT else file


def _text(file: str, encoding: str | None) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    That is UTF-8, or what a byte order mark says, unless told otherwise.

    Raises:
        UserError: It can't be read, is too large, or is not in that encoding.
    """
    content = _content(file)
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
    """Return the bytes of a file, unpacked if they are packed."""
    path, where = Path(file), place(file)
    large = f"{where}: expected at most {MOST_BYTES:,} bytes. Received: more."
    if file != STANDARD_INPUT:
        if not path.is_file():
            raise UserError(f"{file}: there is no such file.")
        if path.stat().st_size > MOST_BYTES:
            raise UserError(large)
    try:
        if file == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            content = path.read_bytes()
        if content.startswith(GZIP):
            content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{where}: cannot be read ({error}).") from error
    if len(content) > MOST_BYTES:
        raise UserError(large)
    return content
