"""Read a user's table: its cells, its classes, its inputs, and what to beware of.

``bundled`` gives one of scikit-learn's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.data.dataset import Dataset
from bench.data.splits import held_out_split
from bench.data.tables.cautions import cautions
from bench.data.tables.encoding import encode, left_out
from bench.data.tables.numbers import decimal_sign
from bench.data.tables.parsing import NO_NAME, cells, place
from bench.data.tables.records import Column, Table
from bench.data.tables.target import target
from bench.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.data.tables.encoding import Made
    from bench.data.tables.records import Reading
    from bench.data.tables.target import Target

BUNDLED = ("breast_cancer", "wine", "digits")  # all but Iris, which the suite has
SPLITS_TRIED = 10  # whether groups are enough is told before anything is trained


def bundled(name: str) -> Table:
    """Return one of scikit-learn's own data sets."""
    import sklearn.datasets

    data = getattr(sklearn.datasets, f"load_{name}")()
    x, y = data.data.astype(np.float32), data.target.astype(np.int64)
    names = tuple(map(str, data.feature_names))
    kept = np.ptp(x, axis=0) > 0
    columns = tuple(map(_described, names, x.T))
    features = tuple(name for name, keep in zip(names, kept, strict=True) if keep)
    classes = tuple(map(str, data.target_names))
    return Table(Dataset(name, x[:, kept], y, len(classes), features, classes), columns)


def _described(name: str, values: np.ndarray) -> Column:
    different = len(np.unique(values))
    if different == 1:
        return Column(name, "constant", 1, 0, f"left out: one value only ({values[0]:g})")
    return Column(name, "number", different, 0, "a number", 1)


def read(file: str, reading: Reading, name: str) -> Table:
    """Read a classification table.

    Args:
        file: A file with one row a row, or ``-`` for standard input.
        reading: How to read it.
        name: What the data set is called.

    Raises:
        UserError: Names the file and, where there is one, the row (of the file) and the column.
    """
    try:
        return _read(file, reading, name)
    except MemoryError:
        told = "it takes more memory than there is. Give fewer rows or columns."
        raise UserError(f"{place(file)}: {told}") from None


def _read(file: str, reading: Reading, name: str) -> Table:
    whole, source = cells(file, reading)
    where = place(file)
    label = _column(whole, reading.target, "--target", where)
    group = _column(whole, reading.groups, "--groups", where) if reading.groups else ""
    classes = target(whole[label], reading, f"{where}, column {label!r}")
    frame = whole.loc[classes.labels.index]
    groups = _groups(frame[group], reading.gaps, f"{where}, column {group!r}") if group else None
    features = frame.drop(columns=[label, *filter(None, [group])])
    decimal = reading.decimal or decimal_sign(features, reading.gaps)
    made = _encoded(features, reading, where, decimal)
    dataset = _dataset(name, classes, _inputs(made, where, label), groups)
    columns = {column: one.column for column, one in made.items()}
    number = dataset.classes
    columns[label] = Column(label, "target", number, classes.gaps, f"{number} classes")
    if groups is not None:
        done = "rows of one value stay on one side of every split"
        columns[group] = Column(group, "group", len(np.unique(groups)), 0, done)
    return Table(
        dataset,
        tuple(columns[column] for column in map(str, frame)),
        f"{source}{', decimal commas' if decimal == ',' else ''}.",
        (*classes.notes, *cautions(dataset, _by_column(made))),
        group,
    )


def _dataset(
    name: str, classes: Target, inputs: Mapping[str, np.ndarray], groups: np.ndarray | None
) -> Dataset:
    """Return the data set, of which the groups are known to be enough for splits."""
    x = np.stack(list(inputs.values()), axis=1).astype(np.float32)
    labels = classes.classes
    made = Dataset(name, x, classes.y, len(labels), tuple(inputs), labels, groups=groups)
    for split in range(SPLITS_TRIED if groups is not None else 0):
        held_out_split(made, split)
    return made


def _column(frame: pd.DataFrame, asked: str | None, option: str, where: str) -> str:
    """Return the name of the column asked for.

    Raises:
        UserError: There is none of that name.
    """
    names = list(map(str, frame))
    if asked in names:
        return str(asked)
    text = asked or ""
    if names == [str(n + 1) for n in range(len(names))]:
        raise UserError(
            f"{option}: {where} has no column {text!r}. Columns are called 1 to {len(names)}."
        )
    message = f"{option}: {where} has no column {text!r}. {did_you_mean(text, names)}"
    if text.isdigit() and 0 < int(text) <= len(names):
        message += f" If row 1 is data and no header: --no-header {option} {text}."
    raise UserError(message)


def _groups(cells: pd.Series, gaps: frozenset[str], where: str) -> np.ndarray:
    """Return the number of each row's group, in the order of the rows."""
    import pandas as pd

    if (empty := cells.index[cells.isin(gaps)]).size:
        raise UserError(f"{where}, row {empty[0]}: expected a group. Received: none. Fill it in.")
    numbers, _ = pd.factorize(cells)
    return numbers.astype(np.int64)


def _names(frame: pd.DataFrame, text: str | None, option: str, where: str) -> set[str]:
    """Return the columns that an option names, with commas between."""
    if not text or text in frame:
        return {text} if text else set()
    return {_column(frame, name.strip(), option, where) for name in text.split(",")}


def _encoded(
    frame: pd.DataFrame, reading: Reading, where: str, decimal: str | None
) -> dict[str, Made]:
    """Return by column what it became."""
    dropped = _names(frame, reading.drop, "--drop", where)
    categorical = _names(frame, reading.categorical, "--categorical", where)
    made = {}
    for name in map(str, frame):
        cells, texts = frame[name], frame[name][~frame[name].isin(reading.gaps)]
        if name in dropped:
            made[name] = left_out(cells, texts, "dropped", "--drop")
        elif name == NO_NAME:
            made[name] = left_out(cells, texts, "id", "without a name, as pandas and R name rows")
        else:
            at = f"{where}, column {name!r}"
            made[name] = encode(cells, texts, at, decimal, categorical=name in categorical)
    return made


def _inputs(made: Mapping[str, Made], where: str, label: str) -> dict[str, np.ndarray]:
    """Return all inputs by name.

    Raises:
        UserError: Two columns give an input of one name, or there is none at all.
    """
    inputs: dict[str, np.ndarray] = {}
    for name, one in made.items():
        if twice := sorted(one.inputs.keys() & inputs.keys()):
            told = f"it becomes a column {twice[0]!r}, as another one does. Rename one of them."
            raise UserError(f"{where}, column {name!r}: {told}")
        inputs |= one.inputs
    if not inputs:
        why = "; ".join(f"{name!r} is {one.column.done}" for name, one in list(made.items())[:3])
        told = f" Received: {why}." if why else ""
        raise UserError(f"{where}: expected a column to learn from beside {label!r}.{told}")
    return inputs


def _by_column(made: Mapping[str, Made]) -> dict[str, np.ndarray]:
    """Return by column of the file its inputs as one array, missing numbers as NaN."""
    arrays = {name: list(one.inputs.values()) for name, one in made.items() if one.inputs}
    return {name: np.stack(each, axis=1).astype(np.float32) for name, each in arrays.items()}
