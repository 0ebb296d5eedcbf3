"""Table columns: heading, source in the frame, text and sort key, each defined once."""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import pandas as pd

from bench.data import title
from bench.reporting.inline import literal
from bench.reporting.names import activation_title, protocol_title
from bench.reporting.wording import DAGGER, DASH, probability, signed_spread


@dataclass(frozen=True)
class TableColumn:
    """A column of a table.

    Attributes:
        heading: Its heading.
        sources: Columns of the frame; the heading's namesake where none is given. Numbers sort by
            the first one.
        text: Makes the text of a cell from the values of the sources.
        words: Whether it holds text, which is aligned left, sorted as text and shown as typed.
        marked: Whether its text is our own and holds inline marks.
        pinned: Whether it stays in view where a narrow screen scrolls the table.
    """

    heading: str
    sources: tuple[str, ...] = ()
    text: Callable[..., str] = str
    words: bool = False
    marked: bool = False
    pinned: bool = False

    def cells(self, frame: pd.DataFrame) -> list[str]:
        """Return the text of every row, with inline marks."""
        # A score that is a count has another sign for a missing number.
        values = ([nan if one is pd.NA else one for one in frame[name]] for name in self._sources)
        texts = (self.text(*row) for row in zip(*values, strict=True))
        return [literal(text) if self.words and not self.marked else text for text in texts]

    def keys(self, frame: pd.DataFrame) -> list[float | None]:
        """Return the number that each row is sorted by; None for text and missing numbers."""
        if self.words:
            return [None] * len(frame)
        numbers = pd.to_numeric(frame[self.first], errors="coerce")
        return [None if pd.isna(value) else float(value) for value in numbers]

    @property
    def first(self) -> str:
        """The column of the frame that it is sorted by."""
        return self._sources[0]

    @property
    def _sources(self) -> tuple[str, ...]:
        return self.sources or (self.heading,)


def strong(text: str) -> str:
    """Mark a verdict as strong; return a dash where there is none."""
    return f"**{text}**" if text else DASH


def or_dash(text: str) -> str:
    """Return the text, or a dash where it is empty."""
    return text or DASH


def dagger(capped: bool) -> str:
    """Return the mark that follows a verdict where the cap on epochs ended many of its trials."""
    return f" {DAGGER}" if capped else ""


DATASET = TableColumn("data set", ("dataset",), title, words=True)
PROTOCOL = TableColumn("protocol", ("protocol",), protocol_title, words=True)
ACTIVATION = TableColumn("activation", ("activation",), activation_title, words=True)
METHOD = TableColumn("method", ("method",), activation_title, words=True)
TESTED = TableColumn("activation", ("method",), activation_title, words=True)
BEST_FIXED = TableColumn("best fixed", ("best_fixed",), or_dash, words=True)
TIMED = TableColumn("timed", ("operation",), words=True)
BY = TableColumn("by", ("competitor",), activation_title, words=True)
VERDICT = TableColumn("verdict", ("verdict",), strong, words=True, marked=True, pinned=True)
GAP_95 = TableColumn("gap [95 %]", ("estimate", "low", "high"), signed_spread)
P_EQUIVALENT_HOLM = TableColumn("p, equivalence (Holm)", ("p_equivalent_holm",), probability)
P_DIFFERENCE_HOLM = TableColumn("p, difference (Holm)", ("p_difference_holm",), probability)
GAP_AND_P = (GAP_95, P_DIFFERENCE_HOLM, P_EQUIVALENT_HOLM)


def marked(verdict: str, sign: str, capped: bool) -> str:
    """Return a verdict with the side of an equivalence, and a dagger where the cap binds."""
    side = f" ({sign})" if verdict == "equivalent" and sign else ""
    return strong(f"{verdict}{side}{dagger(capped)}")


MARKED_VERDICT = TableColumn(
    "verdict", ("verdict", "sign", "capped"), marked, words=True, marked=True, pinned=True
)
"""Of a comparison; *equivalent* with the side if the gap is not zero, and a dagger where the cap on
epochs ended many of its trials."""

CAPPED = (
    f"{DAGGER}: more than a tenth of the trials of one of the two activations were still training "
    "when the cap on epochs ended them."
)


def cap_note(comparisons: pd.DataFrame) -> str:
    """Return what the dagger means, where a comparison has one."""
    return CAPPED if comparisons["capped"].any() else ""
