"""Bank Note: 1,372 banknote images, four wavelet features each, genuine or forged."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset
from bench.data.parsing import malformed, read_bounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "banknote_authentication.csv"
FEATURES = ("variance", "skewness", "curtosis", "entropy")
ROWS_BY_CLASS = (762, 610)
MOST_BYTES = 1_000_000  # twenty times the real file
MOST = float(np.finfo(np.float32).max)

# float() alone would also take "nan", "1_000" and digits of other scripts.
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def load(paths: Mapping[str, Path]) -> Dataset:
    """Read the Bank Note table.

    Args:
        paths: Where ``FILE`` lies.

    Raises:
        UserError: The file is not the table of 762 rows of class 0 and 610 of class 1.
    """
    x, y = parse(paths[FILE])
    rows_by_class = tuple(np.bincount(y, minlength=2).tolist())
    if rows_by_class != ROWS_BY_CLASS:
        raise malformed(
            paths[FILE], f"expected {ROWS_BY_CLASS} rows by class. Received: {rows_by_class}"
        )
    # The publisher does not say which class is the forged one, and others disagree.
    return Dataset("banknote", x, y, 2, FEATURES, ("class 0", "class 1"))


def parse(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read rows of four numbers and a label 0 or 1, comma-separated, without a header.

    Returns:
        x, float32, shape (rows, 4), and y, int64, shape (rows,).

    Raises:
        UserError: Names the file and the row, from 1.
    """
    # Undecodable bytes become U+FFFD, which no number contains: the row is named below.
    text = read_bounded(path, MOST_BYTES).decode("utf-8", errors="replace")
    # Quotes are kept as characters: a quoted field could hide a line break or a comma.
    reader = csv.reader(io.StringIO(text, newline=""), quoting=csv.QUOTE_NONE)
    numbers: list[list[float]] = []
    labels: list[int] = []
    try:
        for row, fields in enumerate(reader, start=1):
            _check_row(fields, f"{path}, row {row}")
            numbers.append([float(field) for field in fields[:-1]])
            labels.append(int(fields[-1]))
    except csv.Error as error:
        raise malformed(f"{path}, row {len(labels) + 1}", f"not CSV ({error})") from error
    if not labels:
        raise malformed(path, "expected at least one row. Received: an empty file")
    return np.array(numbers, np.float32), np.array(labels, np.int64)


def _check_row(fields: Sequence[str], where: str) -> None:
    """Raise UserError unless the fields are four finite numbers and a label."""
    expected = len(FEATURES) + 1
    if len(fields) != expected:
        raise malformed(where, f"expected {expected} fields. Received: {len(fields)}")
    for name, field in zip(FEATURES, fields, strict=False):
        if not NUMBER.fullmatch(field) or abs(float(field)) > MOST:
            raise malformed(where, f"{name}: expected a finite number. Received: {field[:40]!a}")
    if fields[-1] not in {"0", "1"}:
        raise malformed(where, f"class: expected 0 or 1. Received: {fields[-1][:40]!a}")
