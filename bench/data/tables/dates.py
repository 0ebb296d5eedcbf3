"""Read texts as dates where the order of day, month and year is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.data.tables.numbers import MARKERS, SHARE, Numbers

if TYPE_CHECKING:
    import pandas as pd

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
