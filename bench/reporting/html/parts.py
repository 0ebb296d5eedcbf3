"""What the charts of the page share: colours, marks, words, rows, and what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt
import pandas as pd

from bench.columns import of
from bench.reporting.names import activation_title
from bench.reporting.style import LOOKS, looks

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY = "all"
SHAPES = {  # matplotlib's markers by Vega's names
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    "X": "triangle-left",
    "*": "triangle-right",
}
DIGITS = 5  # significant: a screen shows fewer


class Control(NamedTuple):
    """A list to choose from, which sets a parameter of every chart of a figure."""

    parameter: str
    label: str
    options: Sequence[str]


@dataclass(frozen=True)
class Drawing:
    """Charts that belong together, and what they can be asked.

    Attributes:
        charts: One a panel.
        control: A choice that all of them follow; its first option is what they show at first.
    """

    charts: Sequence[alt.LayerChart | alt.Chart]
    control: Control | None = None


def color(name: str, names: Sequence[str]) -> str:
    """An activation's colour, which the page knows in light and dark."""
    return f"var(--look-{names.index(name) % len(LOOKS)})"


PANEL = 300  # pixels
SHOWN = alt.param(name="shown", value=EVERY)


def which(names: Sequence[str]) -> Control:
    """A choice of one activation, or all."""
    return Control("shown", "Activation", (EVERY, *titles(names)))


def faded() -> Any:
    """What was not chosen steps back."""
    return (
        alt.when(f"shown == {EVERY!r} || datum.activation == shown")
        .then(alt.value(0.9))
        .otherwise(alt.value(0.07))
    )


def epochs(column: str, title: str = "epoch") -> alt.X:
    """The axis of epochs: whole numbers."""
    axis = alt.Axis(tickMinStep=1, format="d")
    return alt.X(f"{column}:Q", title=title, axis=axis).scale(nice=False)


def titles(names: Sequence[str]) -> list[str]:
    """Activations as readers know them."""
    return [activation_title(name) for name in names]


def titled(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose activations are named so."""
    return table.assign(activation=table["activation"].map(activation_title))


def colors(names: Sequence[str]) -> alt.Color:
    """An activation's colour, by its place among all."""
    range_ = [color(name, names) for name in names]
    return alt.Color("activation:N", title=None).scale(domain=titles(names), range=range_)


def shapes(names: Sequence[str]) -> alt.Shape:
    """An activation's mark, without colour too."""
    range_ = [SHAPES[look.marker] for look in looks(names).values()]
    return alt.Shape("activation:N", title=None).scale(domain=titles(names), range=range_)


def tooltip(*fields: str) -> list[alt.Tooltip]:
    """Names as words, numbers to as many digits as the data hold."""
    return [
        alt.Tooltip(field, title=of(field[:-2]).title)
        if field.endswith(":N")
        else alt.Tooltip(field, title=of(field[:-2]).title, format=f".{DIGITS}~g")
        for field in fields
    ]


def inline(table: pd.DataFrame) -> alt.InlineData:
    """Rows as CSV, which names each column once."""
    kinds = {name: "number" for name in table if pd.api.types.is_numeric_dtype(table[name])}
    return alt.InlineData(
        values=table.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n"),
        format=alt.CsvDataFormat(type="csv", parse=kinds),
    )
