"""The figure of train against validation and test loss and accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.reporting.curves import UNITS, bands, by_activation, validation_name
from bench.reporting.looks import activation_looks
from bench.reporting.marks import Drawing, areas, entitle, every, grouped, scatter
from bench.reporting.names import activation_title
from bench.reporting.style import diagonal, heading, legend, logarithmic, panels, styled
from bench.reporting.wording import count, number

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from matplotlib.axes import Axes


@styled
def train_against_test(
    histories: pd.DataFrame, trials: pd.DataFrame, title: str, protocol: str
) -> Drawing:
    """Draw train against validation loss and accuracy by epoch, and against test at the end.

    Args:
        histories: histories.csv.gz of one data set and protocol.
        trials: trials.csv of the same, numbers only.
        title: The data set's name as readers know it.
        protocol: Names what the upper panels' second axis is measured on.

    Returns:
        The figure: epochs above, seeds below; losses left, accuracies right.
    """
    second = validation_name(protocol).split(maxsplit=1)[0]
    figure, axes = panels(2, 2, height=4.0)
    for column, metric in enumerate(UNITS):
        _epochs(axes[0][column], histories, metric, second)
        _seeds(axes[1][column], trials, metric)
    heading(figure, f"{title}: train against {'' if second == 'test' else f'{second} and '}test")
    names = trials["activation"].unique()
    looks = activation_looks(names)
    handles = [
        axes[0][0].scatter([], [], color=look.color, marker=look.marker)
        for look in (looks[name] for name in names)
    ]
    legend(figure, handles, map(activation_title, names))
    return figure


def _epochs(panel: Axes, histories: pd.DataFrame, metric: str, second: str) -> None:
    """Draw the medians over epochs, a line per activation with a mark for an epoch."""
    looks = activation_looks(histories["activation"].unique())
    ways = {name: way(mine, metric) for name, mine in by_activation(histories).items()}
    step = every(sum(map(len, ways.values())), len(ways))
    for name, rows in ways.items():
        look = looks[name]
        (line,) = panel.plot(rows["x"], rows["y"], color=look.color, linewidth=0.8)
        entitle(line, [f"{activation_title(name)}, {count(len(rows), 'epoch')}"])
        marks = rows.iloc[::step]
        told = _told(marks, metric, second)
        titles = [
            f"{activation_title(name)}, epoch {epoch}: {one}"
            for epoch, one in zip(marks["epoch"], told, strict=True)
        ]
        scatter(panel, marks.assign(title=titles), look, s=16)
    one = "epoch" if step == 1 else f"{step} epochs"
    _frame(panel, metric, second, f"medians over seeds, one mark per {one}")


def way(histories: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return one activation's medians over seeds, one row per epoch: epoch, x (train), y."""
    both = (
        bands(histories, column).set_index("epoch")["median"]
        for column in (metric, f"val_{metric}")
    )
    return _places(pd.concat(both, axis="columns", keys=["x", "y"]).reset_index(), metric)


def _seeds(panel: Axes, trials: pd.DataFrame, metric: str) -> None:
    """Draw a mark per seed, or where there are many, one for those that lie together."""
    ends = trials[["activation", "seed"]].assign(
        x=trials[f"train_{metric}"], y=trials[f"test_{metric}"]
    )
    marks = grouped(_places(ends, metric), "activation", log=metric == "loss")
    marks = marks.assign(area=areas(marks["count"]), told=list(_told(marks, metric, "test")))
    several = len(marks) < len(ends)
    marks["title"] = [
        f"{activation_title(row['activation'])}, {_who(row)}: {row['told']}"
        for row in marks.to_dict("records")
    ]
    looks = activation_looks(trials["activation"].unique())
    for name, mine in by_activation(marks).items():
        scatter(panel, mine, looks[name], alpha=0.6, linewidths=0)
    sizes = f"mark area: 1 to {count(int(marks['count'].max()), 'seed')}, placed at their mean"
    _frame(panel, metric, "test", sizes if several else "one mark per seed, at the kept epoch")


def _who(row: Mapping[Hashable, Any]) -> str:
    return f"seed {row['seed']}" if "seed" in row else count(row["count"], "seed")


def _places(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Drop rows without a place: missing numbers and, on logarithmic axes, zeros."""
    known = rows.dropna(subset=["x", "y"])
    return known[(known[["x", "y"]] > 0).all(axis="columns")] if metric == "loss" else known


def _told(rows: pd.DataFrame, metric: str, second: str) -> list[str]:
    return [
        f"train {metric} {number(x)}, {second} {metric} {number(y)}"
        for x, y in zip(rows["x"], rows["y"], strict=True)
    ]


def _frame(panel: Axes, metric: str, second: str, title: str) -> None:
    panel.set_xlabel(f"train {UNITS[metric]}")
    panel.set_ylabel(f"{second} {UNITS[metric]}")
    panel.set_title(title)
    if metric == "loss":
        logarithmic(panel)
    diagonal(panel)
