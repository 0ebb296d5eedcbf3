"""Charts of scores over epochs: learning curves, train against test.

A chart holds one panel and fills its container, so that a narrow screen stacks what a wide one
shows side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from bench.reporting.curves import UNITS, bands, validation_name
from bench.reporting.html.parts import (
    PANEL,
    SHOWN,
    Drawing,
    colors,
    epochs,
    faded,
    inline,
    shapes,
    titled,
    tooltip,
    which,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


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
