"""The chart of the seeds' scores: a row for each activation, a point for each seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from bench.columns import of
from bench.reporting.clouds import BINS, spans
from bench.reporting.html.parts import (
    Control,
    Drawing,
    colors,
    inline,
    shapes,
    titled,
    titles,
    tooltip,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def distribution(trials: pd.DataFrame, published: Mapping[str, float]) -> Drawing:
    """Test accuracy of every seed, one row per activation, with median and published figure.

    Args:
        trials: trials.csv of one data set and protocol, numbers only.
        published: Published test accuracy by activation; may be empty.
    """
    names = list(dict.fromkeys(trials["activation"]))
    values = trials["test_accuracy"].to_numpy(float)
    limits = spans(np.concatenate([values, list(published.values())]))
    ends = [f"span == {SPANS[0]!r} ? {a} : {b}" for a, b in zip(limits[0], limits[-1], strict=True)]
    scale = alt.Scale(
        zero=False, nice=False, domainMin=alt.ExprRef(ends[0]), domainMax=alt.ExprRef(ends[1])
    )
    medians = trials.groupby("activation", sort=False)["test_accuracy"].median()
    marks = {"published figure": pd.Series(published, dtype=float)} if published else {}
    marks["median"] = medians
    lines = [_line(values, mark, list(marks)) for mark, values in marks.items()]
    layers = alt.layer(*lines, _seeds(trials, names, limits[0]))
    chart = layers.resolve_scale(color="independent").encode(
        x=alt.X("test_accuracy:Q", title=of("test_accuracy").axis, scale=scale),
        y=alt.Y("activation:N", sort=titles(names), title=None),
    )
    chart = chart.add_params(alt.param(name="span", value=SPANS[0]))
    control = Control("span", "Range", SPANS) if len(limits) > 1 else None
    return Drawing([chart.properties(height=ROW * len(names))], control)


SPANS = ("all seeds", "where most seeds lie")
ROW = 56  # pixels an activation
LINES = {"published figure": ("var(--published)", 9), "median": ("var(--ink)", 2.5)}


def _seeds(trials: pd.DataFrame, names: Sequence[str], limits: tuple[float, float]) -> alt.Chart:
    told = ["seed", "test_accuracy", "train_accuracy", "epochs"]
    table = trials[["activation", *told]].assign(height=_heights(trials, limits))
    chart = alt.Chart(inline(titled(table)))
    return chart.mark_point(filled=True, opacity=0.7, size=30, clip=True).encode(
        yOffset=alt.YOffset("height:Q").scale(domain=[0, 1], nice=False),
        color=colors(names).legend(None),  # the rows are named
        shape=shapes(names).legend(None),
        tooltip=tooltip("activation:N", *(f"{column}:Q" for column in told)),
    )


def _line(values: pd.Series, mark: str, marks: Sequence[str]) -> alt.Chart:
    """A line in each activation's row; the published figure's is wide enough to be seen behind."""
    table = values.rename_axis("activation").rename("test_accuracy").reset_index().assign(mark=mark)
    chart = alt.Chart(inline(titled(table)))
    known = alt.Scale(domain=marks, range=[LINES[name][0] for name in marks])
    legend = alt.Legend() if mark == "median" else None  # one tells of both
    return chart.mark_tick(thickness=LINES[mark][1], size=ROW * 0.85, clip=True).encode(
        color=alt.Color("mark:N", title=None, scale=known, legend=legend),
        tooltip=tooltip("activation:N", "mark:N", "test_accuracy:Q"),
    )


def _heights(trials: pd.DataFrame, limits: tuple[float, float]) -> pd.Series:
    """Where in its row a seed's point lies: those of one bin stand above each other."""
    edges = np.linspace(*limits, BINS + 1)
    bins = pd.Series(np.digitize(trials["test_accuracy"], edges), trials.index)
    keys = [trials["activation"], bins]
    place = trials.groupby(keys)["seed"].rank()
    most = max(place.max(), 12)  # a few seeds lie on the ground, not in mid-air
    return 0.95 - 0.9 * (place - 1) / most
