"""Charts of learned scalars: k0 and k1 per epoch, a line per seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from bench.reporting.curves import bands, scalar_names, with_start
from bench.reporting.html.parts import PANEL, Control, Drawing, epochs, inline, tooltip

if TYPE_CHECKING:
    import pandas as pd


def scalar_traces(histories: pd.DataFrame, trials: pd.DataFrame) -> Drawing:
    """Every learned scalar per epoch, a line per seed, the median bold; epoch 0 is the start.

    Args:
        histories: histories.csv.gz of one cell and activation.
        trials: trials.csv of the same; its ``*_initial`` columns are epoch 0.
    """
    known = histories.dropna(axis="columns", how="all")
    charts = [
        _trace(with_start(known, trials, f"{name}_{layer}"), trials, name, layer)
        for name, layer in scalar_names(list(known.columns))
    ]
    seeds = [f"seed {seed}" for seed in sorted(trials["seed"])]
    return Drawing(charts, Control("chosen", "Seed", ("none chosen", *seeds)))


def _trace(rows: pd.DataFrame, trials: pd.DataFrame, name: str, layer: int) -> alt.LayerChart:
    column = f"{name}_{layer}"
    told = trials[["seed", "test_accuracy"]].assign(kept=trials[column])
    seeds = alt.Chart(inline(rows.rename(columns={column: "value"}))).transform_lookup(
        "seed", alt.LookupData(inline(told), "seed", ["kept", "test_accuracy"])
    )
    pointed = alt.selection_point(
        name="pointed", fields=["seed"], on="pointerover", clear="pointerout", empty=False
    )
    chosen = alt.param(name="chosen", value="")
    singled = "chosen == 'seed ' + datum.seed"
    encoded = seeds.encode(
        x=epochs("epoch", "epoch (0: as initialised)"),
        y=alt.Y("value:Q", title=f"{name} (no unit)").scale(zero=False),
        detail="seed:N",
        tooltip=tooltip("seed:Q", "kept:Q", "test_accuracy:Q"),
    )

    def strong(yes: str | float, no: str | float) -> Any:
        chosen_or_pointed = alt.when(singled).then(alt.value(yes)).when(pointed)
        return chosen_or_pointed.then(alt.value(yes)).otherwise(alt.value(no))

    lines = encoded.mark_line().encode(
        color=strong("var(--look-0)", "var(--soft)"), strokeWidth=strong(3, 0.8)
    )
    # What is pointed at is wider than what is seen, so that a hand can meet it.
    targets = encoded.mark_line(strokeWidth=9, strokeOpacity=0).add_params(pointed)
    median = bands(rows, column)[["epoch", "median"]]
    middle = (
        alt.Chart(inline(median))
        .mark_line(strokeWidth=3, color="var(--look-1)")
        .encode(x="epoch:Q", y="median:Q", tooltip=tooltip("epoch:Q", "median:Q"))
    )
    chart = alt.layer(lines, targets, middle).add_params(chosen)
    return chart.properties(height=PANEL, title=f"{name} of layer {layer}; the median is bold")
