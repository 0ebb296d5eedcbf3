"""Numbers as text: one way to write each kind, everywhere in the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bench.reporting.names import dataset_name

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    import pandas as pd

GAP = "–"  # stands where there is no number


def number(value: float, decimals: int = 4) -> str:
    """A number to a fixed count of decimals; a dash where it is missing or not finite."""
    return f"{value:.{decimals}f}".replace("-", "−") if math.isfinite(value) else GAP


def signed(value: float, decimals: int = 4) -> str:
    """A difference, with its sign; a zero has none."""
    if not math.isfinite(value):
        return GAP
    text = f"{value:+.{decimals}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def rounded(value: float) -> str:
    """A number to one digit: 40, 3,000; empty where it is missing or not finite."""
    if not math.isfinite(value):
        return ""
    return f"{float(f'{value:.0e}'):,.0f}"


def scientific(value: float) -> str:
    """A number whose order of magnitude is the point: 3.1e-16."""
    return f"{value:.1e}" if math.isfinite(value) else GAP


def spread(middle: float, low: float, high: float, decimals: int = 4) -> str:
    """A number and its interval; the number alone where there is no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return number(middle, decimals)
    return f"{number(middle, decimals)} [{number(low, decimals)}, {number(high, decimals)}]"


def signed_spread(middle: float, low: float, high: float, decimals: int = 4) -> str:
    """A difference and its interval, every end with its sign."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return signed(middle, decimals)
    return f"{signed(middle, decimals)} [{signed(low, decimals)}, {signed(high, decimals)}]"


def probability(p: float) -> str:
    """A p-value to three decimals, small ones as a bound."""
    if not math.isfinite(p):
        return GAP
    if p < 0.0005:
        return "< .001"
    return f"{p:.3f}".lstrip("0") if p < 0.9995 else "1"


def equals(p: float) -> str:
    """A p-value as a relation, to follow the letter p: = .020, < .001."""
    text = probability(p)
    return text if text.startswith("<") else f"= {text}"


def count(n: int, noun: str, plural: str = "") -> str:
    """1 run, 2 runs, 10,000 rows."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def in_rows(gap: float, rows: int) -> str:
    """A difference of accuracies in test rows: "3.5 of 343 test rows fewer"."""
    amount = f"{abs(gap) * rows:.1f}".removesuffix(".0")
    if amount == "0":
        return f"not one of {rows:,} test rows apart"
    return f"{amount} of {rows:,} test rows {'more' if gap > 0 else 'fewer'}"


def joined(items: Iterable[str], last: str = "and") -> str:
    """a; a and b; a, b and c."""
    words: Sequence[str] = list(items)
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def seconds(value: float) -> str:
    """A duration in the unit that leaves a readable number."""
    if not math.isfinite(value) or value == 0:  # below what could be measured
        return GAP
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def tally(
    table: pd.DataFrame, phrases: Mapping[str, str], name: Callable[[Mapping[Hashable, Any]], str]
) -> str:
    """How many rows have each verdict, with the names of their subjects by data set."""
    parts = []
    for word, phrase in phrases.items():
        rows = table[table["verdict"] == word]
        if len(rows):
            named = "; ".join(
                f"{dataset_name(str(dataset))}: {joined(map(name, group.to_dict('records')))}"
                for dataset, group in rows.groupby("dataset", sort=False)
            )
            parts.append(f"{phrase} in {len(rows)} ({named})")
    return joined(parts)
