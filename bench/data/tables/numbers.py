"""Read texts as numbers or dates where it is certain which.

Numbers may be plain, ``$12``, ``45%``, ``1,234`` or ``1,5``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Texts for a missing number, whatever the case. Among names they may be names, as "none" is.
MARKERS = frozenset(
    ("na", "n/a", "#n/a", "#na", "<na>", "nan", "null", "none", "nil", "-", "--", "---", ".")
)
SHARE = 0.9  # from which share of numbers on the other texts are gaps among them ...
LEAST_SHARE, MOST_OTHERS, FEWEST_NUMBERS = 0.5, 3, 10  # ... or from half on, if others are few

ARABIC_POINT = "\N{ARABIC DECIMAL SEPARATOR}"
THOUSANDS, COMMAS = "commas between thousands", "decimal commas"

_SIGNS = r"^([-+]?)\s*([$€£¥]?)\s*(.*?)\s*([$€£¥%]?)$"
_THOUSANDS = r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"
_DECIMALS = r"[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)?,\d+(?:[eE][-+]?\d+)?"
_DOTTED = r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+"  # 1.234.567, where the comma is the decimal sign

# What else the same texts may mean stands beside: a format is certain where no other one fits.
FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y",
    "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %d, %Y", "%B %d, %Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%d-%m-%y",
)  # fmt: skip
_SHORT_YEAR = "%y"
_LIKE_A_DATE = r"\d{1,4}[-/. ][A-Za-z\d]+[-/. ]+\d{1,4}|[A-Za-z]{3,9} \d{1,2}, \d{4}"
_WITH_TIME = rf"({_LIKE_A_DATE})(?:(?:T|\s+)(\d{{1,2}}:\d{{2}})(:\d{{2}}(?:\.\d+)?)?Z?)?"


@dataclass(frozen=True, eq=False)
class Numbers:
    """What texts are as numbers, or dates as days.

    Attributes:
        values: One number a text, NaN where it is none; None where it is not certain which.
        told: How they were read, or why they were not; empty for plain numbers.
    """

    values: pd.Series | None
    told: str = ""


def numbers(texts: pd.Series, decimal: str | None) -> Numbers | None:
    """Return a column's texts as numbers; None where too few of them are.

    Args:
        texts: The cells that are not empty.
        decimal: What the table's decimal sign is, if that is known.
    """
    import pandas as pd

    if not (ascii_only := texts.map(str.isascii)).all():
        texts = texts.where(ascii_only, texts.map(_western))
    if decimal != ",":
        plain = pd.to_numeric(texts, errors="coerce")
        if plain.notna().all():  # as most columns are
            return Numbers(plain)
    known = texts[~texts.str.lower().isin(MARKERS)]
    return _bare(known, decimal) or _signed(known, decimal)


def _western(text: str) -> str:
    """Return a text with its digits, minus and decimal sign of any script as ASCII has them."""
    signs = (str(unicodedata.decimal(sign, sign)) for sign in text)
    return "".join(signs).replace("\N{MINUS SIGN}", "-").replace(ARABIC_POINT, ".")


def _signed(texts: pd.Series, decimal: str | None) -> Numbers | None:
    """Return amounts of money or shares in percent as numbers; None where too few are."""
    parts = texts.str.extract(_SIGNS)
    signs = parts[1] + parts[3]
    kinds = sorted(set(signs) - {""})
    if not kinds:
        return None
    found = _bare(parts[0] + parts[2], decimal)
    if found is None or found.values is None:
        return found
    if len(kinds) > 1:
        return Numbers(None, f"amounts in {' and '.join(kinds)}")
    unsigned = found.values[(signs == "") & (found.values != 0)].notna().any()
    if kinds == ["%"] and unsigned:
        return Numbers(None, "numbers of which some carry %")
    return Numbers(found.values, ", ".join(filter(None, (f"without {kinds[0]}", found.told))))


def _bare(texts: pd.Series, decimal: str | None) -> Numbers | None:
    """Return texts without currency signs as numbers, None where too few of them are.

    Of several readings, the one that makes most texts numbers.
    """
    import pandas as pd

    readings = {}
    if decimal != ",":
        readings[""] = pd.to_numeric(texts, errors="coerce")
        readings[THOUSANDS] = _parsed(texts, thousands=",", point=".")
    if decimal != ".":
        readings[COMMAS] = _parsed(texts, thousands=".", point=",")
    counts = {told: values.notna().sum() for told, values in readings.items()}
    best = [told for told in readings if counts[told] == max(counts.values())]
    found = _enough(texts, readings[best[0]])
    if found is None or not best[0]:
        return found
    if len(best) > 1:
        return Numbers(None, "numbers with a comma before three digits; --decimal says what it is")
    if best[0] == COMMAS and not texts.str.contains(",", regex=False).any():
        dotted = texts.str.contains(".", regex=False).any()
        return Numbers(found.values, "dots between thousands" if dotted else "")
    return Numbers(found.values, best[0])


def _parsed(texts: pd.Series, thousands: str, point: str) -> pd.Series:
    """Return texts as numbers that have these signs at the right places, or none at all."""
    import pandas as pd

    form, signs = (_THOUSANDS, ",") if point == "." else (f"{_DECIMALS}|{_DOTTED}", "[.,]")
    right = texts.str.fullmatch(form) | ~texts.str.contains(signs)
    plain = texts.str.replace(thousands, "", regex=False).str.replace(point, ".", regex=False)
    return pd.to_numeric(plain.where(right, ""), errors="coerce")


def _enough(texts: pd.Series, values: pd.Series) -> Numbers | None:
    """Return the numbers if most texts are some; other texts are slips, or a few marks."""
    share = values.notna().mean() if len(values) else 0.0
    others = texts[values.isna()].nunique()
    marked = share >= LEAST_SHARE and others <= MOST_OTHERS and values.nunique() > FEWEST_NUMBERS
    return Numbers(values) if share >= SHARE or marked else None


def decimal_sign(frame: pd.DataFrame, gaps: frozenset[str]) -> str | None:
    """Return the decimal sign that the numbers of a table show beyond doubt; None if none does."""
    columns = [frame[name] for name in frame]
    if not any(cells.str.contains(",", regex=False).any() for cells in columns):
        return None  # nothing to decide
    signs = set()
    for cells in columns:
        texts = cells[~cells.isin(gaps)]
        if texts.str.contains("[.,]").any():
            found = numbers(texts, None)
            if found is not None and found.values is not None:
                signs.add("," if found.told.endswith(COMMAS) else ".")
    return signs.pop() if len(signs) == 1 else None


def dates(texts: pd.Series) -> Numbers | None:
    """Return a column's texts as days since the earliest one; None where too few are dates.

    Args:
        texts: The cells that are not empty.
    """
    import pandas as pd

    known = texts[~texts.str.lower().isin(MARKERS)]
    parts = known.str.extract(f"^{_WITH_TIME}$")
    if not len(known) or parts[0].notna().mean() < SHARE:
        return None
    read = {form: pd.to_datetime(parts[0], format=form, errors="coerce") for form in FORMATS}
    fits = [form for form in FORMATS if read[form].notna().mean() >= SHARE]
    best = max((read[form].notna().sum() for form in fits), default=0)
    fits = [form for form in fits if read[form].notna().sum() == best]
    if not fits:
        return None
    if any(_SHORT_YEAR in form for form in fits):
        return Numbers(None, "dates with years of two digits")
    days = read[fits[0]]
    if any(not read[form].equals(days) for form in fits):
        return Numbers(None, "dates of which the order of day and month is not certain")
    hours = pd.to_timedelta(parts[1].fillna("00:00") + parts[2].fillna(":00"), errors="coerce")
    values = (days - days.min() + hours) / pd.Timedelta(days=1)
    return Numbers(values, f"days since {days.min():%Y-%m-%d}")
