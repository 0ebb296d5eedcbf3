"""Make classes of the labels in a table's target column."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bench.data.tables.records import Reading

FEWEST_ROWS = 10  # of a class, that each part of a split has some
MOST_CLASSES = 20  # of numbers; more, with rare ones among them, are a quantity to predict
RARE = "(rare)"


@dataclass(frozen=True, eq=False)
class Target:
    """The classes of a table.

    Attributes:
        labels: One label a row; the rows that are left.
        classes: Different labels in their order; of two, the second is called positive.
        gaps: Rows without a label.
        notes: What a reader should know, one sentence or two each.
    """

    labels: pd.Series
    classes: tuple[str, ...]
    gaps: int
    notes: tuple[str, ...]

    @property
    def y(self) -> np.ndarray:
        """Return the number of each row's class."""
        place = {label: n for n, label in enumerate(self.classes)}
        return self.labels.map(place).to_numpy(np.int64)


def target(cells: pd.Series, reading: Reading, where: str) -> Target:
    """Return the classes of a table; only an empty cell and ``?`` are missing labels.

    Raises:
        UserError: There are too few classes, or too few rows of one, or they are a quantity.
    """
    labels = cells[~cells.isin(reading.gaps)]
    gaps = len(cells) - len(labels)
    notes = [f"{gaps:,} of {len(cells):,} rows have no class and are left out."] if gaps else []
    _check_quantity(labels, reading, where)
    alike = _alike(labels)
    labels, told = _without_rare(labels, reading, where, alike)
    classes = sorted(labels.unique(), key=lambda label: (_number(label), label))
    if len(classes) < 2:
        raise UserError(f"{where}: expected two classes or more. Received: {len(classes)}.")
    return Target(labels, _ordered(classes, reading.positive), gaps, (*notes, *alike, *told))


def _check_quantity(labels: pd.Series, reading: Reading, where: str) -> None:
    import pandas as pd

    counts = labels.value_counts()
    values = pd.to_numeric(pd.Series(counts.index, dtype=object), errors="coerce")
    whole = bool((values % 1 == 0).all())
    many = len(counts) > MOST_CLASSES or not whole
    if len(counts) < 3 or values.isna().any() or not many or counts.min() >= FEWEST_ROWS:
        return
    if whole and (reading.merge_rare or reading.drop_rare):
        return
    further = ", or use --merge-rare if each number is a class" if whole else ""
    raise UserError(
        f"{where}: expected classes. Received: {len(counts)} different numbers from "
        f"{values.min():g} to {values.max():g}. Make classes of them first, such as low and "
        f"high{further}."
    )


def _without_rare(
    labels: pd.Series, reading: Reading, where: str, alike: Sequence[str]
) -> tuple[pd.Series, list[str]]:
    """Return labels of classes with enough rows, and a note on the others."""
    counts = labels.value_counts()
    rare = counts[counts < FEWEST_ROWS]
    if rare.empty:
        return labels, []
    few = labels.isin(rare.index)
    told = f"Classes with fewer than {FEWEST_ROWS} rows ({len(rare)} of {len(counts)})"
    if reading.drop_rare:
        return labels[~few], [f"{told} are left out, {few.sum():,} rows in all."]
    if reading.merge_rare and few.sum() >= FEWEST_ROWS:
        merged = labels.mask(few, RARE)
        return merged, [f"{told} are one, {RARE}, of {few.sum():,} rows in all."]
    remedy = "--drop-rare leaves such rows out, --merge-rare makes one class of such classes."
    if reading.merge_rare:
        rows = f"{few.sum()} row{'' if few.sum() == 1 else 's'}"
        remedy = f"--merge-rare makes one class of {rows}; use --drop-rare instead."
    raise UserError(
        f"{where}: expected {FEWEST_ROWS} rows or more of each class. Received: {rare.iloc[-1]} "
        f"of {rare.index[-1][:40]!r} ({len(counts)} classes in all, {len(rare)} too rare). "
        + " ".join([*alike, remedy])
    )


def _alike(labels: pd.Series) -> list[str]:
    """Point out labels that may be one: 1 and 1.0, Yes and yes."""
    same: defaultdict[float | str, list[str]] = defaultdict(list)
    for label in sorted(labels.unique()):
        number = _number(label)
        text = " ".join(label.casefold().split())
        same[number if math.isfinite(number) else text].append(label)
    return [
        f"The classes {' and '.join(map(repr, many))} may be one: write them alike if they are."
        for many in same.values()
        if len(many) > 1
    ]


def _number(label: str) -> float:
    """Return a label as a number; infinity where it is no finite one."""
    try:
        number = float(label)
    except ValueError:
        return math.inf
    return number if math.isfinite(number) else math.inf


def _ordered(classes: list[str], positive: str | None) -> tuple[str, ...]:
    """Return the classes with the positive one last.

    Raises:
        UserError: There is no such class, or there are more than two.
    """
    if positive is None:
        return tuple(classes)
    if positive not in classes:
        raise UserError(f"--positive: no class {positive!r}. {did_you_mean(positive, classes)}")
    if len(classes) > 2:
        raise UserError(
            f"--positive: expected a target of two classes. Received: {len(classes)}; their F1 is "
            "the mean over all of them. Leave it out."
        )
    return (*(label for label in classes if label != positive), positive)
