"""Read a table of anybody's scores: one row a trial of a method on a data set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bench.data.tables.parsing import PARQUET, cells, place
from bench.errors import UserError, closest

if TYPE_CHECKING:
    import pandas as pd

    from bench.data.tables.records import Reading

NEEDED = ("dataset", "method", "seed", "score")
SIZES = ("test_rows", "other_rows")
OPTIONAL = ("split", "seconds", *SIZES)
KEY = ["dataset", "method", "split", "seed"]


def read_scores(file: str, reading: Reading) -> pd.DataFrame:
    """Read scores.

    Args:
        file: A file with one row a trial, or ``-`` for standard input.
        reading: Of its text: separator, decimal sign, encoding.

    Returns:
        Columns ``dataset, method, seed, score`` and those of ``OPTIONAL`` that the file has, in its
        order; names and numbers of splits and seeds are str, all else float64. The index is the
        row in the file.

    Raises:
        UserError: Names the file, the row and the column.
    """
    where = place(file)
    frame = _named(file, reading, where)
    for name in frame:
        if name in {*KEY}:
            _refuse(frame[name] == "", frame[name], where, "a name or number")
        else:
            frame[name] = _numbers(frame[name], reading.decimal, where)
    _check_keys(frame, where)
    return frame


def _named(file: str, reading: Reading, where: str) -> pd.DataFrame:
    """Return the cells of the columns that are used, under their names."""
    whole = replace(reading, no_header=True)
    frame, _ = cells(file, whole)
    if file.endswith(PARQUET):
        names = list(map(str, frame))
    else:
        names, frame = list(frame.iloc[0]), frame.iloc[1:]
    names = [name.strip().lower() for name in names]
    for name in (*NEEDED, *OPTIONAL):
        if names.count(name) > 1:
            raise UserError(f"{where}, row 1, column {name!r}: expected it once. Received: twice.")
    if lacking := [name for name in NEEDED if name not in names]:
        raise UserError(f"{where}, row 1, column {lacking[0]!r}: {_missing(lacking[0], names)}")
    if len(alone := [name for name in SIZES if name not in names]) == 1:
        raise UserError(
            f"{where}, row 1, column {alone[0]!r}: expected {' and '.join(SIZES)}, or neither. "
            "Received: the other alone."
        )
    if frame.empty:
        raise UserError(f"{where}, row 2: expected rows below the header. Received: none.")
    frame.columns = names
    return frame[[name for name in (*NEEDED, *OPTIONAL) if name in names]].copy()


def _missing(name: str, names: list[str]) -> str:
    """Return what is said of a column that is not there."""
    unused = [each for each in names if each not in {*NEEDED, *OPTIONAL}]
    told = f"expected a column of this name. Received: {', '.join(names)[:100]}."
    if name == "seed":
        return f"{told} Number the trials of each dataset, method and split."
    if meant := closest(name, unused):
        return f"{told} Rename {meant[0]!r} if that is it."
    return told


def _numbers(texts: pd.Series, decimal: str | None, where: str) -> pd.Series:
    """Return a column as numbers: finite ones, sizes and seconds not below 0."""
    import pandas as pd

    comma = decimal or ("," if not texts.str.contains(".", regex=False).any() else ".")
    plain = texts.str.replace(",", ".", regex=False) if comma == "," else texts
    values = pd.to_numeric(plain, errors="coerce")
    _refuse(~np.isfinite(values.to_numpy(float)), texts, where, "a number", LEAVE_OUT)
    if texts.name in SIZES:
        _refuse((values < 1) | (values % 1 != 0), texts, where, "a whole number from 1")
    elif texts.name == "seconds":
        _refuse(values < 0, texts, where, "0 or more")
    return values.astype(float)


ONE_SEED = (
    " If the split alone is random, or every split draws anew, write the split as the seed too."
)
LEAVE_OUT = " Leave the row out if the trial has none; it is then counted as missing."


def _refuse(
    wrong: pd.Series | np.ndarray, texts: pd.Series, where: str, expected: str, remedy: str = ""
) -> None:
    """Raise an error on the first wrong cell, if there is one."""
    at = np.flatnonzero(wrong)
    if len(at):
        row, text = texts.index[at[0]], str(texts.iloc[at[0]])[:40]
        raise UserError(
            f"{where}, row {row}, column {texts.name!r}: expected {expected}. "
            f"Received: {text!r}.{remedy}"
        )


def _check_keys(frame: pd.DataFrame, where: str) -> None:
    """Raise an error on a doubled trial, on a lone method and on a lone seed."""
    key = [name for name in KEY if name in frame]
    again = np.flatnonzero(frame.duplicated(key))
    if len(again):
        row, values = frame.index[again[0]], frame[key].iloc[again[0]]
        first = frame.index[np.flatnonzero((frame[key] == values).all(axis="columns"))[0]]
        told = ", ".join(f"{name} {values[name]}" for name in key)
        raise UserError(
            f"{where}, row {row}, column 'score': expected one score of {told}. "
            f"Received: another in row {first}."
        )
    for name, remedy in (("method", ""), ("seed", ONE_SEED)):
        if frame[name].nunique() == 1:
            raise UserError(
                f"{where}, row {frame.index[0]}, column {name!r}: expected two {name}s or more. "
                f"Received: {frame[name].iloc[0][:40]!r} in every row.{remedy}"
            )
