"""Table columns: heading, source in the frame, text and sort key, each defined once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from bench.data import title
from bench.reporting.inline import literal
from bench.reporting.names import activation_title, protocol_title
from bench.reporting.wording import (
    GAP,
    probability,
    signed,
    signed_spread,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: Its head.
        sources: Columns of the frame; the heading's namesake where none is given. Numbers sort by
            the first one.
        text: Makes the text of a cell from the values of the sources.
        words: Whether it holds words, which stand at the left and sort by themselves. They are
            shown as typed.
        marked: Whether its words are our own and hold inline marks.
    """

    heading: str
    sources: tuple[str, ...] = ()
    text: Callable[..., str] = str
    words: bool = False
    marked: bool = False

    def cells(self, frame: pd.DataFrame) -> list[str]:
        """Return the text of every row, with inline marks."""
        values = (frame[name].tolist() for name in self._sources)
        texts = (self.text(*row) for row in zip(*values, strict=True))
        return [literal(text) if self.words and not self.marked else text for text in texts]

    def keys(self, frame: pd.DataFrame) -> list[float | None]:
        """Return the number that each row is sorted by; None for words and missing numbers."""
        if self.words:
            return [None] * len(frame)
        numbers = pd.to_numeric(frame[self._sources[0]], errors="coerce")
        return [None if pd.isna(value) else float(value) for value in numbers]

    @property
    def _sources(self) -> tuple[str, ...]:
        return self.sources or (self.heading,)


def strong(text: str) -> str:
    """Mark a verdict; a dash stands where there is none."""
    return f"**{text}**" if text else GAP


def or_gap(text: str) -> str:
    """Return the text, or a dash where it is empty."""
    return text or GAP


def runs(n: int, asked: float) -> str:
    """Return the number of runs; with less than were asked for, both: 38 of 40."""
    return str(n) if pd.isna(asked) or n == asked else f"{n} of {asked:.0f}"


def with_asked(frame: pd.DataFrame, asked: Mapping[str, int]) -> pd.DataFrame:
    """Add the number of seeds asked for, by data set: ``asked``."""
    return frame.assign(asked=frame["dataset"].map(dict(asked)))


DATASET = Column("data set", ("dataset",), title, words=True)
PROTOCOL = Column("protocol", ("protocol",), protocol_title, words=True)
ACTIVATION = Column("activation", ("activation",), activation_title, words=True)
REFERENCE = Column("Adaact minus", ("reference",), activation_title, words=True)
TIMED = Column("timed", ("operation",), words=True)
BY = Column("by", ("competitor",), words=True)
VERDICT = Column("verdict", ("verdict",), strong, words=True, marked=True)
GAP_95 = Column("gap [95 %]", ("estimate", "low", "high"), signed_spread)
IN_ROWS = Column("in test rows", ("rows",), partial(signed, decimals=1))
P_HOLM = Column("p (Holm)", ("p_holm",), probability)
P_DIFFERENCE_HOLM = Column("p, no gap (Holm)", ("p_difference_holm",), probability)
