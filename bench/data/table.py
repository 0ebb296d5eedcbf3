"""A table of somebody's own: a CSV file, or one of scikit-learn's data sets, as a ``Dataset``.

Numbers stay as they are, missing ones as NaN: they are replaced on each seed's own training rows.
A text column becomes one column of 0 and 1 for each category.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset
from bench.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

BUNDLED = ("breast_cancer", "wine", "digits")  # scikit-learn's classification tables but for iris

MISSING = ("", "?", "na", "n/a", "nan", "null", "none")  # whatever the case
MOST_BYTES = 1_000_000_000  # as text; several times that in memory
LARGEST = float(np.finfo(np.float32).max)
FEWEST_ROWS = 10  # of a class, that each part of a split has some; of a category, to learn from
NUMERIC_SHARE = 0.9  # from which share of numbers on a text among them is taken for a slip
OTHER = "(other)"


@dataclass(frozen=True, eq=False)
class Table:
    """A data set and what was done to it.

    Attributes:
        dataset: Missing numbers are NaN.
        notes: One sentence each.
    """

    dataset: Dataset
    notes: list[str] = field(default_factory=list)


def bundled(name: str) -> Table:
    """One of scikit-learn's own data sets."""
    import sklearn.datasets

    data = getattr(sklearn.datasets, f"load_{name}")()
    x, y = data.data.astype(np.float32), data.target.astype(np.int64)
    names = tuple(map(str, data.feature_names)), tuple(map(str, data.target_names))
    kept = np.ptp(x, axis=0) > 0
    notes = [f"{int((~kept).sum())} columns hold one value only and are left out."]
    features = tuple(name for name, keep in zip(names[0], kept, strict=True) if keep)
    dataset = Dataset(name, x[:, kept], y, len(names[1]), features, names[1])
    return Table(dataset, [] if kept.all() else notes)


def read_csv(path: Path, target: str, name: str) -> Table:
    """Reads a classification table with a header line.

    Args:
        path: The file, comma-separated, UTF-8.
        target: The column that holds the classes.
        name: What the data set is called.

    Raises:
        UserError: Names the file and, where there is one, the row (the header is row 1) and column.
    """
    try:
        return _table(path, target, name)
    except MemoryError:
        told = "it takes more memory than there is. Give fewer rows or columns."
        raise UserError(f"{path}: {told}") from None


def _table(path: Path, target: str, name: str) -> Table:
    frame = _read(path)
    if target not in frame:
        found = did_you_mean(target, list(map(str, frame)))
        raise UserError(f"--target: {path} has no column {target!r}. {found}")
    frame, notes = _with_target(frame, target)
    classes = sorted(frame[target].unique(), key=_by_number)
    y = frame[target].map({label: n for n, label in enumerate(classes)}).to_numpy(np.int64)
    _check_classes(path, target, classes, np.bincount(y))
    columns: dict[str, np.ndarray] = {}
    for column in frame.columns.drop(target):
        made, said = _encode(frame[column], f"{path}, column {column!r}")
        if twice := sorted(made.keys() & columns.keys()):
            told = f"it becomes a column {twice[0]!r}, as another one does. Rename one of them."
            raise UserError(f"{path}, column {column!r}: {told}")
        columns |= made
        notes += [f"{column}: {text}" for text in said]
    if not columns:
        raise UserError(f"{path}: expected a column to learn from beside {target!r}.")
    x = np.stack(list(columns.values()), axis=1).astype(np.float32)
    return Table(Dataset(name, x, y, len(classes), tuple(columns), tuple(classes)), notes)


def _read(path: Path) -> pd.DataFrame:
    """Every cell as text, stripped, "" where it is missing; the index is the row in the file."""
    import pandas as pd

    rows = list(_rows(path))
    if not rows:
        raise UserError(f"{path}: expected a header and rows. Received: nothing.")
    (_, head), *body = rows
    if wrong := [name for place, name in enumerate(head) if not name or name in head[:place]]:
        told = f"expected a name of its own for each column. Received: {wrong[0][:40]!r}"
        raise UserError(f"{path}: {told}.")
    if not body:
        raise UserError(f"{path}: expected rows below the header. Received: none.")
    for row, fields in body:
        if len(fields) != len(head):
            raise UserError(
                f"{path}, row {row}: expected {len(head)} fields. Received: {len(fields)}."
            )
    cells = [["" if text.lower() in MISSING else text for text in fields] for _, fields in body]
    return pd.DataFrame(cells, index=[row for row, _ in body], columns=head, dtype=object)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and fields of every row that is not blank."""
    try:
        text = _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: expected UTF-8 text ({error.reason}).") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            stripped = [field.strip() for field in fields]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error as error:
        raise UserError(f"{path}, row {reader.line_num}: not CSV ({error}).") from error


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise UserError(f"{path}: there is no such file.")
    if path.stat().st_size > MOST_BYTES:
        raise UserError(f"{path}: expected at most {MOST_BYTES:,} bytes. Received: more.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error


def _with_target(frame: pd.DataFrame, target: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows that have a class, and a note on the others."""
    known = frame[frame[target] != ""]
    lost = len(frame) - len(known)
    return known, [f"{target}: {lost} rows have no class and are left out."] if lost else []


def _by_number(label: str) -> tuple[float, str]:
    """Orders classes as numbers where they are, else by name."""
    try:
        return float(label), label
    except ValueError:
        return float("inf"), label


def _check_classes(path: Path, target: str, classes: Sequence[str], rows: np.ndarray) -> None:
    where = f"{path}, column {target!r}"
    if len(classes) < 2:
        raise UserError(f"{where}: expected two classes or more. Received: {len(classes)}.")
    rare = int(rows.argmin())
    if rows[rare] < FEWEST_ROWS:
        raise UserError(
            f"{where}: expected {FEWEST_ROWS} rows or more of each class. Received: {rows[rare]} "
            f"of {classes[rare]!r} ({len(classes)} classes in all)."
        )


def _encode(column: pd.Series, where: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """The columns of numbers that a column of texts becomes, by name, and notes."""
    import pandas as pd

    present = column[column != ""]
    numbers = pd.to_numeric(present, errors="coerce")
    share = numbers.notna().mean() if len(present) else 1.0
    missing = len(column) - len(present)
    notes = [f"{missing:,} of {len(column):,} values are missing."] if missing else []
    if share < NUMERIC_SHARE:
        made, said = _categories(column)
    else:
        made, said = _numbers(column, present, numbers, where)
    kept = {name: values for name, values in made.items() if _varies(values)}
    if not kept:
        return {}, [*notes, "it holds one value only and is left out."]
    return kept, [*notes, *said]


def _varies(values: np.ndarray) -> bool:
    return len(np.unique(values[~np.isnan(values)])) > 1


def _numbers(
    column: pd.Series, present: pd.Series, numbers: pd.Series, where: str
) -> tuple[dict[str, np.ndarray], list[str]]:
    wrong = present[numbers.isna() | (numbers.abs() > LARGEST)]
    if len(wrong):
        raise UserError(
            f"{where}, row {wrong.index[0]}: expected a finite number. "
            f"Received: {wrong.iloc[0][:40]!r}. Mend it, or leave it empty."
        )
    name = str(column.name)
    values = numbers.reindex(column.index).to_numpy(dtype=float)
    gaps = np.isnan(values)
    if not gaps.any():
        return {name: values}, []
    told = "They stand at the mean of the training rows; a column of its own marks them."
    return {name: values, f"{name} is missing": gaps.astype(float)}, [told]


def _categories(column: pd.Series) -> tuple[dict[str, np.ndarray], list[str]]:
    counts = column[column != ""].value_counts()
    common = sorted(counts.index[(counts >= FEWEST_ROWS) & (counts.index != OTHER)])
    rare = len(counts) - len(common)
    made = {f"{column.name} = {level}": (column == level).to_numpy(float) for level in common}
    text = f"text, {len(common)} categories, a column of 0 and 1 for each"
    if rare:
        others = ~column.isin([*common, ""])
        made[f"{column.name} = {OTHER}"] = others.to_numpy(float)
        text += f", and one for {rare} with fewer than {FEWEST_ROWS} rows each"
    return made, [f"{text}."]


def save(dataset: Dataset, folder: Path) -> Path:
    """Writes a data set so that ``load`` gives it back, on this machine or another."""
    path = folder / f"{dataset.name}.npz"
    np.savez_compressed(
        path,
        x=dataset.x,
        y=dataset.y,
        feature_names=np.array(dataset.feature_names),
        class_names=np.array(dataset.class_names),
    )
    return path


def load(path: Path) -> Dataset:
    """The data set that ``save`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        features, classes = (
            tuple(map(str, stored[name])) for name in ("feature_names", "class_names")
        )
        return Dataset(path.stem, stored["x"], stored["y"], len(classes), features, classes)
