"""Read a table of a results folder and check its values against the columns' definitions."""

from __future__ import annotations

import csv
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd

from bench import csv_columns
from bench.exports.files import LONGEST_LINE, FileError, opened, shown
from bench.exports.trial_rows import ARRAYS, OLD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.csv_columns import Column

RUN = "adaact-bench run"  # the command that writes the exported files
HEAD = 2  # line of the first row
MOST = 10**9  # of whole numbers that are no keys: epochs, rows, counts
MOST_COLUMNS = 10_000  # a learned scalar has two

TYPES = {"text": "str", "truth": "bool", "integer": "Int64", "number": "float64"}
FORMS = {  # as in the files
    "text": re.compile(r".*", re.DOTALL),
    "truth": re.compile(r"true|false", re.IGNORECASE),
    "integer": re.compile(r"\s*[+-]?\d{1,18}(\.0*)?\s*", re.ASCII),
    "number": re.compile(
        r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)\s*",
        re.IGNORECASE | re.ASCII,
    ),
}
WANTED = {"truth": "True or False", "integer": "a whole number", "number": "a number"}
NAME = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
HEADING = re.compile(r'[^\x00-\x1f\x7f",]{1,200}')
BREAK = re.compile(r"[\n\r]")  # of a line
STATUSES = ("ok", "diverged", "failed")
# Of what cannot be read as a table; pandas raises them all.
UNREADABLE = (OSError, EOFError, ValueError, TypeError, ArithmeticError, csv.Error, zlib.error)


@dataclass(frozen=True)
class Table:
    """What a file is expected to hold.

    Attributes:
        columns: Its columns, optional ones too.
        key: Columns that no two rows share; empty: those that are keys.
        command: The command that writes it.
        further: Whether it may have others.
        diverging: Whether its numbers may have left the finite ones.
        gaps: Whether a row may lack values where the columns allow for it.
    """

    columns: Sequence[Column]
    key: tuple[str, ...] = ()
    command: str = RUN
    further: bool = False
    diverging: bool = False
    gaps: bool = True

    def type(self, name: str) -> Any:  # pandas' own type for a name of a type is a long union
        """Return the type that pandas reads a column as."""
        column = csv_columns.of(name)
        whole = column.type == "integer" and not self.may_lack(column)
        return "int64" if whole else TYPES[column.type]

    @property
    def identity(self) -> list[str]:
        """Return the columns that identify a row."""
        return list(self.key) or [one.name for one in self.columns if one.kind == "key"]

    def may_lack(self, column: Column) -> bool:
        """Return whether a row may have no value in a column."""
        return column.gaps and self.gaps


def read(path: Path, table: Table) -> pd.DataFrame:
    """Read a table and check its values.

    Text columns are str, never missing; truths are bool; whole numbers are int64, or Int64 where
    some are missing; all others are float64.

    Raises:
        FileError: A value is wrong.
        OSError, ValueError, ...: It is no such table; see ``UNREADABLE``.
    """
    with opened(path) as stream:
        header = _header(stream, table)
    types = {name: table.type(name) for name in header}
    # An empty text is a text, and a reason that reads "nan" is one too.
    missing = {name: ["", "nan"] for name, kind in types.items() if kind in ("float64", "Int64")}
    try:
        with opened(path) as stream:
            frame = pd.read_csv(
                stream,
                dtype=types,
                na_values=missing,
                keep_default_na=False,
                skip_blank_lines=False,  # else the lines that are told are too few
            )
        if list(frame) != header or not isinstance(frame.index, pd.RangeIndex):
            raise ValueError("its rows have more fields than its header")
        _check(frame, table)
    except UNREADABLE:
        with opened(path) as stream:
            _explain(stream, table, header)
        raise
    integers = frame.select_dtypes("Int64").columns
    return frame.astype({name: "int64" for name in integers if not frame[name].hasnans})


def empty(table: Table) -> pd.DataFrame:
    """Return a table without rows."""
    types = {one.name: table.type(one.name) for one in table.columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _header(stream: BinaryIO, table: Table) -> list[str]:
    line = stream.readline(LONGEST_LINE).decode("utf-8-sig")
    header = next(csv.reader([line]), [])
    for name in header:
        if not HEADING.fullmatch(name):
            raise FileError(f"{shown(name)} is no name of a column", line=1)
        if header.count(name) > 1:
            raise FileError(f"two columns are called {shown(name)}", line=1)
        if len(header) > MOST_COLUMNS:
            raise FileError(f"{len(header):,} columns; at most {MOST_COLUMNS:,}", line=1)
    absent = [one.name for one in table.columns if not one.optional and one.name not in header]
    if absent:
        raise FileError(f"no column {absent[0]}", line=1)
    if not table.further:
        for name in header:
            if name not in csv_columns.names(table.columns):
                raise FileError("is not a column of this file", line=1, field=name)
    return header


def _explain(stream: BinaryIO, table: Table, header: Sequence[str]) -> None:
    """Find the first line of a table that pandas cannot read; slow, and only for those."""
    known = [(csv_columns.of(name), FORMS[csv_columns.of(name).type]) for name in header]
    stream.readline()
    for number, line in enumerate(stream, HEAD):
        try:
            text = line.decode()
            fields = next(csv.reader([text], strict=True), [])
        except UnicodeDecodeError as error:
            raise FileError(str(error), line=number) from error
        except csv.Error as error:  # a field of ours holds no line break
            text = f"a quotation mark too many or too few ({error})"
            raise FileError(text, line=number) from error
        if len(fields) != len(header):
            counted = f"{len(fields)} fields, {len(header)} in the header"
            raise FileError(counted, line=number)
        for (column, form), value in zip(known, fields, strict=True):
            if not (form.fullmatch(value) or (value == "" and table.may_lack(column))):
                wanted = WANTED[column.type]
                raise FileError(f"{shown(value)} is not {wanted}", line=number, field=column.name)


def _check(frame: pd.DataFrame, table: Table) -> None:
    for name in map(str, frame):
        wrong, reason = _wrong(frame[name], csv_columns.of(name), table)
        refuse_rows(frame, wrong, name, reason)
    key = table.identity
    refuse_rows(frame, frame.duplicated(key), "", f"a second row of this {', '.join(key)}")


def refuse_rows(table: pd.DataFrame, wrong: np.ndarray | pd.Series, name: str, reason: str) -> None:
    """Refuse the first row that is wrong, if there is one.

    Args:
        table: A table, or a part of one.
        wrong: Whether each row is wrong.
        name: The column that is wrong; empty: it is not about one.
        reason: What is said of its value.

    Raises:
        FileError: A row is wrong.
    """
    if wrong.any():
        row = int(np.asarray(wrong, bool).argmax())
        value = f"{shown(table[name].tolist()[row])} " if name else ""
        raise FileError(f"{value}{reason}", line=HEAD + int(table.index[row]), field=name)


def _wrong(values: pd.Series, column: Column, table: Table) -> tuple[np.ndarray, str]:
    """Return which values of a column are wrong, and how."""
    missing = values.isna().to_numpy()
    if column.type == "text":
        if missing.any():  # `_explain` counts them
            raise ValueError("a line has too few fields")
        rule, reason = _rule(column)
        wrong = [text for text in values.unique() if not rule(str(text))]
        return values.isin(wrong).to_numpy(), reason
    if missing.any() and not table.may_lack(column):
        return missing, "stands where a number must be"
    return _wrong_numbers(values.to_numpy(float, na_value=np.nan), column, table)


def _rule(column: Column) -> tuple[Any, str]:
    if column.name == "status":
        return STATUSES.__contains__, f"is no status; known: {', '.join(STATUSES)}"
    if column.name == "arm":
        return (OLD, ARRAYS).__contains__, f"is none of {OLD}, {ARRAYS}"
    if column.kind == "key" or column.name == "trainer":
        return NAME.fullmatch, "is no name: at most 200 of A-Z, a-z, 0-9, _ . : -"
    return (lambda text: not BREAK.search(text)), "has a line break"


def _wrong_numbers(numbers: np.ndarray, column: Column, table: Table) -> tuple[np.ndarray, str]:
    infinite = np.isinf(numbers) & (not table.diverging)
    share = column.kind == "score" and column.type == "number"
    if share and column.name in csv_columns.KNOWN:
        high = numbers > 1
        if high.any() and not (numbers < 0).any():
            return high, "is above 1, the highest score; divide percentages by 100"
        return high | (numbers < 0), "is outside 0 to 1, the range of a score"
    if column.kind in ("score", "coefficient", "gap"):
        return infinite, "is not finite"
    if column.type == "integer":
        high = (numbers > MOST) & (column.kind != "key")
        return (numbers < 0) | high, "is below 0, or out of range"
    return infinite | (numbers < 0), "is below 0, or not finite"
