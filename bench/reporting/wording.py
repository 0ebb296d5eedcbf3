"""Numbers as text: one way to write each kind, everywhere in the report."""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from bench.reporting.names import activation_name, dataset_name

MOST_NAMED = 8  # one by one, of a verdict and data set
FEW = 5  # activations, methods or data sets in a sentence; more are counted
DAGGER = "†"  # of a verdict, where the cap on epochs ended many of its trials
DASH = "–"  # shown where there is no number


def number(value: float, decimals: int = 4) -> str:
    """Return a number with that many decimals; a dash where it is missing or not finite."""
    return f"{value:.{decimals}f}".replace("-", "−") if math.isfinite(value) else DASH


def signed(value: float, decimals: int = 4) -> str:
    """Return a difference with its sign; a zero has none."""
    if not math.isfinite(value):
        return DASH
    text = f"{value:+.{decimals}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def rounded(value: float) -> str:
    """A number to one digit: 40, 3,000; empty where it is missing or not finite."""
    if not math.isfinite(value):
        return ""
    return f"{float(f'{value:.0e}'):,.0f}"


def scientific(value: float) -> str:
    """Return a number in scientific notation: 3.1e-16."""
    return f"{value:.1e}" if math.isfinite(value) else DASH


def spread(
    middle: float,
    low: float,
    high: float,
    decimals: int = 4,
    text: Callable[[float, int], str] = number,
) -> str:
    """Return a number and its interval, or the number alone where there is no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return text(middle, decimals)
    return f"{text(middle, decimals)} [{text(low, decimals)}, {text(high, decimals)}]"


def signed_spread(middle: float, low: float, high: float, decimals: int = 4) -> str:
    """Return a difference and its interval, all with signs."""
    return spread(middle, low, high, decimals, signed)


def gap(row: Mapping[Hashable, Any] | pd.Series, decimals: int = 4) -> str:
    """Return the gap of a comparison with its interval."""
    return signed_spread(row["estimate"], row["low"], row["high"], decimals)


def probability(p: float) -> str:
    """Return a p-value to three decimals; a small one as a bound."""
    if not math.isfinite(p):
        return DASH
    if p < 0.0005:
        return "< .001"
    return f"{p:.3f}".lstrip("0") if p < 0.9995 else "1"


def equals(p: float) -> str:
    """Return a p-value as a relation, to follow the letter p: = .020, < .001."""
    text = probability(p)
    return text if text.startswith("<") else f"= {text}"


def count(n: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: 1 trial, 2 trials, 10,000 rows."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def in_rows(gap: float, rows: int) -> str:
    """Return a difference of accuracies in test rows: "3.5 of 343 test rows fewer"."""
    amount = f"{abs(gap) * rows:.1f}".removesuffix(".0")
    if amount == "0":
        return f"less than 0.1 of {rows:,} test rows"
    return f"{amount} of {rows:,} test rows {'more' if gap > 0 else 'fewer'}"


def joined(items: Iterable[str]) -> str:
    """Return an enumeration: a; a and b; a, b and c."""
    *first, last = list(items) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def first_of(names: Sequence[str], most: int) -> str:
    """Return names joined, of many the first ones and how many more there are."""
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return joined([*names[:most], *more])


def named(names: Sequence[str], noun: str) -> str:
    """Return a few names, or how many there are."""
    if len(names) > FEW:
        return count(len(names), noun)
    return joined(map(dataset_name if noun == "data set" else activation_name, names))


def listed(lead: str, items: Sequence[str]) -> str:
    """Return a sentence that ends with a list; empty without an item."""
    return f"{lead} {'; '.join(items)}." if items else ""


def seconds(value: float) -> str:
    """Return a duration in the unit that gives a readable number."""
    if not math.isfinite(value) or value == 0:  # below what could be measured
        return DASH
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def tally(
    table: pd.DataFrame, phrases: Mapping[str, str], name: Callable[[Mapping[Hashable, Any]], str]
) -> str:
    """Return how many rows have each verdict, with the names of their subjects by data set."""
    parts = []
    for word, phrase in phrases.items():
        rows = table[table["verdict"] == word]
        if len(rows):
            named = "; ".join(
                f"{dataset_name(dataset)}: {_named(group, name)}"
                for dataset, group in rows.groupby("dataset", sort=False)
            )
            parts.append(f"{phrase} in {len(rows)} ({named})")
    return joined(parts)


def _named(rows: pd.DataFrame, name: Callable[[Mapping[Hashable, Any]], str]) -> str:
    """Return the names of rows; of many the number, and of how many the cap ended training."""
    if len(rows) <= MOST_NAMED:
        return joined(map(name, rows.to_dict("records")))
    capped = int(rows["capped"].sum())
    return f"{len(rows)}, {capped} of them {DAGGER}" if capped else str(len(rows))
