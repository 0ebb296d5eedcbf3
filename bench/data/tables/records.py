"""The records of a user's table: how to read it, and what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import UserError

if TYPE_CHECKING:
    from bench.data.dataset import Dataset

DECIMALS = (".", ",")


@dataclass(frozen=True)
class Reading:
    """How a table is to be read. None and empty: the file shows it, or nothing of the kind.

    Attributes:
        target: Name of the column that holds the classes; its number without a header.
        targets: The same before it is known which file has which, as ``b.csv=label`` too.
        sep: What separates fields, one sign; a blank stands for any white space.
        decimal: ``.`` or ``,``.
        encoding: Name of a text encoding.
        missing: Texts that stand for a missing value, with commas between, beside the usual ones.
        no_header: Whether the first row is data; columns are then called 1, 2, ...
        drop: Columns to leave out, with commas between.
        categorical: Columns of numbers that are names of categories, with commas between.
        positive: Label of the class that F1 and other scores call positive.
        merge_rare: Whether the classes with too few rows become one.
        drop_rare: Whether the rows of these classes are left out.
        groups: Column whose rows of one value stay on one side of every split.

    Raises:
        UserError: An option is not valid.
    """

    target: str | None = None
    sep: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    missing: str | None = None
    no_header: bool = False
    drop: str | None = None
    categorical: str | None = None
    positive: str | None = None
    merge_rare: bool = False
    drop_rare: bool = False
    groups: str | None = None
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sep = {"\\t": "\t", "tab": "\t"}.get(self.sep or "", self.sep)
        object.__setattr__(self, "sep", sep)  # frozen for everybody else
        if sep is not None and (len(sep) != 1 or sep in '"\r\n'):
            raise UserError(f"--sep: expected one sign, such as ';' or tab. Received: {sep!r}.")
        if self.decimal not in (None, *DECIMALS):
            raise UserError(f"--decimal: expected . or ,. Received: {self.decimal!r}.")
        try:
            b"a".decode(self.encoding or "utf-8", "replace")
        except (LookupError, ValueError):
            told = f"expected a name such as latin-1. Received: {self.encoding!r}."
            raise UserError(f"--encoding: {told}") from None
        if self.merge_rare and self.drop_rare:
            raise UserError("--merge-rare, --drop-rare: expected one of them. Received: both.")

    @property
    def gaps(self) -> frozenset[str]:
        """Texts that stand for a missing value in every column."""
        return frozenset(("", "?", *map(str.strip, (self.missing or "").split(","))))

    def given(self) -> list[str]:
        """Return the options that were given."""
        names = [name for name, value in vars(self).items() if value]
        return [f"--{name.replace('_', '-')}".replace("targets", "target") for name in names]


@dataclass(frozen=True)
class Column:
    """What became of one column of a table.

    Attributes:
        name: As in the file.
        kind: target, group, number, id, code, date, category, text, constant, empty or dropped.
        values: Different values.
        gaps: Rows without a value.
        done: What was done with it.
        inputs: How many inputs it became.
    """

    name: str
    kind: str
    values: int
    gaps: int
    done: str
    inputs: int = 0


@dataclass(frozen=True, eq=False)
class Table:
    """A data set and how it came about.

    Attributes:
        dataset: Missing numbers are NaN.
        columns: One for each column of the file, in its order.
        source: How the file was read, one line; empty for scikit-learn's tables.
        notes: What a reader should know of classes and rows, one sentence or two each.
        groups: The column that holds groups; empty where there is none.
    """

    dataset: Dataset
    columns: tuple[Column, ...]
    source: str = ""
    notes: tuple[str, ...] = ()
    groups: str = ""

    @property
    def positive(self) -> str:
        """The class that scores call positive; empty with more than two."""
        names = self.dataset.class_names
        return names[1] if len(names) == 2 else ""

    def facts(self) -> dict[str, Any]:
        """Return what provenance.json says of the table."""
        data = self.dataset
        told: dict[str, Any] = {
            "name": data.name,
            "rows": len(data.y),
            "inputs": len(data.feature_names),
            "classes": dict(zip(data.class_names, np.bincount(data.y).tolist(), strict=True)),
            "positive": self.positive,
            "source": self.source,
            "columns": [vars(column) for column in self.columns],
            "notes": list(self.notes),
        }
        if data.groups is not None:
            told["groups"] = {
                "column": self.groups,
                "number": int(data.groups.max()) + 1,
                "of_rows": data.groups.tolist(),
            }
        return told
