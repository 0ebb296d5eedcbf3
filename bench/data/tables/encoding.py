"""Turn the columns of a table into inputs, and tell what became of each.

Numbers stay as they are, missing ones as NaN: they are replaced on each split's training rows. A
column of categories becomes one input of 0 and 1 for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.data.tables.numbers import MARKERS, Numbers, dates, numbers
from bench.data.tables.records import Column
from bench.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

LARGEST = float(np.finfo(np.float32).max)
FEWEST_ROWS = 10  # of a category, to learn from
MOST_LEVELS = 10  # of a column of whole numbers that may be codes; two levels are what they are
WORDS = 3  # from so many on, texts that all differ are prose and no ids
OTHER = "(other)"


@dataclass(frozen=True, eq=False)
class Made:
    """The inputs that a column became, by name, and what the report says of it."""

    column: Column
    inputs: dict[str, np.ndarray]


def encode(
    cells: pd.Series, texts: pd.Series, where: str, decimal: str | None, *, categorical: bool
) -> Made:
    """Return the inputs of a column.

    Args:
        cells: The column's texts; the index is the row in the file.
        texts: Those of them that are not missing.
        where: What messages call the column.
        decimal: The table's decimal sign, if that is known.
        categorical: Whether numbers are names of categories.

    Raises:
        UserError: A number is not finite.
    """
    if texts.empty:
        return left_out(cells, texts, "empty", "no value")
    if categorical:
        return _categories(cells, texts)
    if (found := numbers(texts, decimal)) is not None:
        return _numbers(cells, texts, found, where)
    if (when := dates(texts)) is None:
        return _categories(cells, texts)
    if when.values is None:
        return left_out(cells, texts, "date", when.told)
    return _measured(cells, texts, when.values.dropna(), "date", when.told)


def left_out(cells: pd.Series, found: pd.Series, kind: str, why: str) -> Made:
    """Return no inputs, and why."""
    return _made(cells, found, kind, f"left out: {why}", {})


def _made(
    cells: pd.Series, found: pd.Series, kind: str, done: str, inputs: dict[str, np.ndarray]
) -> Made:
    """Return what became of a column, of which ``found`` are the values; the rest are gaps."""
    gaps = len(cells) - len(found)
    return Made(Column(str(cells.name), kind, found.nunique(), gaps, done, len(inputs)), inputs)


def _numbers(cells: pd.Series, texts: pd.Series, found: Numbers, where: str) -> Made:
    if found.values is None:
        return left_out(cells, texts, "text", found.told)
    values = found.values.dropna()
    if (wrong := values.index[~(values.abs() <= LARGEST)]).size:
        cell = texts[wrong[0]][:40]
        raise UserError(
            f"{where}, row {wrong[0]}: expected a finite number. Received: {cell!r}. Mend it, "
            f"leave it empty, or use --missing {cell}."
        )
    kind, told = ("number", found.told) if found.told else _kind(values, texts)
    return _measured(cells, texts, values, kind, f"a number, {told}" if told else "a number")


def _others(texts: pd.Series, values: pd.Series) -> str:
    """Tell of texts among numbers or dates that are none, nor usual marks of a gap."""
    others = texts.drop(values.index)
    others = others[~others.str.lower().isin(MARKERS)]
    if others.empty:
        return ""
    count = f"{len(others):,} other text{'s' if len(others) > 1 else ''}"
    return f"; {count} ({others.iloc[0][:40]!r} in row {others.index[0]}) as gaps"


def _kind(values: pd.Series, texts: pd.Series) -> tuple[str, str]:
    """Return what whole numbers look like, and why: ids, codes, or numbers."""
    if not (values % 1 == 0).all():
        return "number", ""
    levels = values.nunique()
    if texts.str.fullmatch(r"0\d+").any():
        return "code", "with leading zeros, as codes have; --categorical if they are"
    if levels == len(values) and levels > MOST_LEVELS:
        return "id", "all whole and different, as ids are; --drop if they are"
    if 2 < levels <= MOST_LEVELS:
        return "code", f"{levels} whole values, as codes have; --categorical if they are"
    return "number", ""


def _measured(cells: pd.Series, texts: pd.Series, values: pd.Series, kind: str, done: str) -> Made:
    """Return the inputs of a column of numbers: itself if it varies, and where it has gaps."""
    if values.nunique() == 1 and len(values) == len(cells):
        return left_out(cells, texts, "constant", f"one value only ({texts.iloc[0][:40]})")
    done += _others(texts, values)
    name, whole = str(cells.name), values.reindex(cells.index).to_numpy(dtype=float)
    missing = np.isnan(whole)
    made = {name: whole} if values.nunique() > 1 else {}
    if missing.any():
        made[f"{name} is missing"] = missing.astype(float)
        done += "; gaps at the mean of the training rows, and marked by an input"
    return _made(cells, values, kind, done, made)


def _categories(cells: pd.Series, texts: pd.Series) -> Made:
    counts = texts.value_counts()
    common = sorted(counts.index[(counts >= FEWEST_ROWS) & (counts.index != OTHER)])
    rare = len(counts) - len(common)
    if rare and not common:
        return _unusable(cells, texts)
    if len(counts) == 1 and len(texts) == len(cells):
        return left_out(cells, texts, "constant", f"one value only ({texts.iloc[0][:40]!r})")
    name = str(cells.name)
    made = {f"{name} = {level}": (cells == level).to_numpy(float) for level in common}
    many = f"{len(common)} categories" if len(common) > 1 else "1 category"
    done = f"{many}, an input of 0 and 1 for each"
    if rare:
        made[f"{name} = {OTHER}"] = (cells.isin(texts) & ~cells.isin(common)).to_numpy(float)
        whose = f"all {rare}" if rare > 1 else "the one"
        done += f"; one for {whose} with fewer than {FEWEST_ROWS} rows"
    if marks := sorted(text for text in common if text.lower() in MARKERS):
        done += f"; {marks[0]!r} is one of them, --missing {marks[0]} makes it a gap"
    return _made(cells, texts, "category", done, made)


def _unusable(cells: pd.Series, texts: pd.Series) -> Made:
    """Leave a column out of which no text stands in enough rows."""
    levels, kind = texts.nunique(), "text"
    why = f"{levels:,} different texts, none in {FEWEST_ROWS} rows or more"
    if levels == 1:
        why = f"one text only ({texts.iloc[0][:40]!r}), in fewer than {FEWEST_ROWS} rows"
    elif levels == len(texts):
        prose = texts.str.count(r"\s+").median() + 1 >= WORDS
        kind, why = "text" if prose else "id", f"all {levels:,} texts differ"
    return left_out(cells, texts, kind, why)
