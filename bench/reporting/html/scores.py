"""Charts of scores: the distribution over seeds, learning curves, train against test.

A chart holds one panel and fills its container, so that a narrow screen stacks what a wide one
shows side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from bench.reporting.clouds import BINS, spans
from bench.reporting.curves import UNITS, bands, validation_name
from bench.reporting.html.parts import (
    PANEL,
    SHOWN,
    Control,
    Drawing,
    colors,
    epochs,
    faded,
    inline,
    shapes,
    titled,
    titles,
    tooltip,
    which,
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
        x=alt.X("test_accuracy:Q", title="test accuracy (share of rows)", scale=scale),
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


def learning_curves(histories: pd.DataFrame, protocol: str) -> Drawing:
    """Accuracy and loss per epoch: medians over seeds; of one activation, the band as well.

    Args:
        histories: histories.csv.gz of one data set and protocol.
        protocol: Names the second curve.
    """
    names = list(dict.fromkeys(histories["activation"]))
    return Drawing(
        [_curves(histories, names, metric, protocol) for metric in ("accuracy", "loss")],
        which(names),
    )


def _curves(
    histories: pd.DataFrame, names: Sequence[str], metric: str, protocol: str
) -> alt.LayerChart:
    parts = {"train": metric, validation_name(protocol): f"val_{metric}"}
    table = pd.concat(
        bands(histories[histories["activation"] == name], column).assign(activation=name, rows=part)
        for name in names
        for part, column in parts.items()
    )
    base = alt.Chart(inline(titled(table))).encode(
        x=epochs("epoch"),
        color=colors(names),
        detail="rows:N",
        tooltip=tooltip("activation:N", "rows:N", "epoch:Q", "low:Q", "median:Q", "high:Q"),
    )
    band = base.mark_area().encode(
        y=alt.Y("low:Q", title=UNITS[metric]).scale(zero=False),
        y2="high:Q",
        opacity=alt.when("datum.activation == shown").then(alt.value(0.25)).otherwise(alt.value(0)),
    )
    medians = base.encode(y="median:Q", opacity=faded())
    lines = medians.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("rows:N", title=None)
        .scale(domain=list(parts), range=[[4, 3], [1, 0]])
        .legend(orient="top", symbolType="stroke", symbolSize=400, symbolStrokeColor="var(--ink)")
    )
    points = medians.mark_point(size=14, filled=True)
    return alt.layer(band, lines, points).add_params(SHOWN).properties(height=PANEL)


def train_against_test(histories: pd.DataFrame, trials: pd.DataFrame, protocol: str) -> Drawing:
    """Train against held-back loss and accuracy: medians over epochs, and every seed's end.

    Args:
        histories: histories.csv.gz of one data set and protocol.
        trials: trials.csv of the same, numbers only.
        protocol: Names what the second axis of the medians is measured on.
    """
    names = list(dict.fromkeys(trials["activation"]))
    second = validation_name(protocol).split(maxsplit=1)[0]
    charts = []
    for metric, unit in UNITS.items():
        ways = pd.concat(_way(histories, name, metric) for name in names)
        ends = trials[["activation", "seed", "epochs"]].assign(
            train=trials[f"train_{metric}"], test=trials[f"test_{metric}"]
        )
        charts += [
            _against(ways, names, unit, second, "medians over seeds, one point per epoch", "epoch"),
            _against(ends, names, unit, "test", "one point per seed, weights kept", "seed"),
        ]
    return Drawing(charts, which(names))


def _way(histories: pd.DataFrame, name: str, metric: str) -> pd.DataFrame:
    mine = histories[histories["activation"] == name]
    train, test = bands(mine, metric), bands(mine, f"val_{metric}")
    return pd.DataFrame(
        {"activation": name, "epoch": train["epoch"]}
        | {"train": train["median"], "test": test["median"]}
    )


def _against(
    table: pd.DataFrame, names: Sequence[str], unit: str, second: str, title: str, one: str
) -> alt.LayerChart:
    scale = alt.Scale(type="log", nice=False) if unit.startswith("loss") else alt.Scale(zero=False)
    both = table[["train", "test"]]
    ends = pd.DataFrame({"equal": [both.min().max(), both.max().min()]})  # where both axes go
    equal = (
        alt.Chart(inline(ends))
        .mark_line(strokeDash=[2, 3], color="var(--soft)")
        .encode(x="equal:Q", y="equal:Q")
    )
    points = (
        alt.Chart(inline(titled(table)))
        .mark_point(filled=True, size=26)
        .encode(
            x=alt.X("train:Q", title=f"train {unit}", scale=scale),
            y=alt.Y("test:Q", title=f"{second} {unit}", scale=scale),
            color=colors(names),
            shape=shapes(names),
            opacity=faded(),
            tooltip=tooltip("activation:N", f"{one}:Q", "train:Q", "test:Q"),
        )
    )
    chart = alt.layer(equal, points).add_params(SHOWN)
    return chart.properties(height=PANEL, title=title)
