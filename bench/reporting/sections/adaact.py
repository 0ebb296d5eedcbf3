"""What is Adaact after training?"""

from collections.abc import Hashable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.coefficients import coefficient_names, distances, fold_agreement
from bench.csv_columns import INITIAL
from bench.data import title
from bench.reporting.document import Block, Heading, Picture, Prose
from bench.reporting.inline import literal
from bench.reporting.marks import MOST_MARKS, Drawing, areas, grouped, scatter
from bench.reporting.names import ADAACT, activation_name, dataset_name, protocol_title
from bench.reporting.series_styles import LOOKS
from bench.reporting.style import diagonal, heading, panels, styled
from bench.reporting.view import View
from bench.reporting.wording import count, joined, listed, number, scientific, signed

QUESTION = "What is Adaact?"


def adaact_answer(view: View) -> list[Block]:
    """One paragraph."""
    if not view.of_adaact:
        return []
    return [Prose(fold(view.networks[view.networks["activation"] == ADAACT]), QUESTION)]


def adaact(view: View) -> list[Block]:
    """Why it is a linear classifier, and what its learned scalars say."""
    if not view.of_adaact or ADAACT not in set(view.coefficients["activation"]):
        return []
    mine = view.networks[view.networks["activation"] == ADAACT]
    scalars = Picture(
        "scalars.png",
        "Learned scalars: final value of every trial against its initial value",
        CAPTION,
        partial(start_and_end, mine),
    )
    measured = mine[coefficient_names(mine)].notna().any(axis=None)
    return [
        Heading("What Adaact is"),
        Prose(ALGEBRA),
        Prose(likelihood(distances(view.trials), view.study["protocols"])),
        Prose(f"{SCALARS} {agreement(fold_agreement(view.results.vectors))}"),
        *([scalars] if measured else []),
    ]


ALGEBRA = """
An affine map of an affine map is affine. Dropout does nothing at prediction, and
BatchNormalization is affine there. So each trained Adaact network is one affine map followed by a
softmax or sigmoid: a logistic regression. The activation `linear` spans the same functions
without k0 and k1. No choice of k0 and k1 gives relu, tanh or sigmoid."""

SCALARS = """
k0 and k1 can't be identified: k1 trades with the scale and sign of the kernel, and k0 with the next
bias, so other values give the same function. Most keep the sign that they started with, and their
final values rank as their initial ones do."""


def fold(trials: pd.DataFrame) -> str:
    """Return what Adaact is, and how exactly its networks fold into one affine map.

    Args:
        trials: Adaact's rows of trials.csv, scored ones only.
    """
    folded = trials.dropna(subset=["collapse_error"])
    if folded.empty:
        return (
            "**A logistic regression**, by algebra: an affine map of affine maps is one affine "
            "map. Not measured yet: no trial holds the error of that map."
        )
    flips = int(folded["collapse_flips"].sum())
    changed = f"{count(flips, 'test row')} changed" if flips else "no test row changes"
    each = f"each of {len(folded):,} trained networks"
    each = "the one trained network" if len(folded) == 1 else each
    return (
        "**A logistic regression.** With g(z) = k0 + k1 z a network computes one linear function "
        f"of its inputs before the last sigmoid or softmax. That function was computed for {each}: "
        f"{changed} class, and the outputs before the sigmoid or softmax differ by at most "
        f"{scientific(folded['collapse_error'].max())} of the largest."
    )


def likelihood(distances: pd.DataFrame, protocols: Sequence[str]) -> str:
    """Return how far from the optimum of training likelihood the affine networks stopped.

    Args:
        distances: As ``analysis.coefficients`` has it.
        protocols: The first one with a row is told.
    """
    shown = next((name for name in protocols if (distances["protocol"] == name).any()), "")
    mine = distances[distances["protocol"] == shown]
    return listed(
        "No affine network can have a higher training likelihood than logistic regression without "
        "a penalty. Where training stopped, their median training loss minus that fit's, in nats "
        f"per row, under the {literal(protocol_title(shown))} protocol:",
        [_gaps(name, rows) for name, rows in mine.groupby("dataset", sort=False)],
    )


def agreement(folds: pd.DataFrame) -> str:
    """Return how far the folded weights agree between seeds; empty where none were kept.

    Args:
        folds: As ``analysis.coefficients.fold_agreement`` has it.
    """
    told = [
        f"{number(row['similarity'], 2)} on {dataset_name(row['dataset'])} ({row['n']} seeds)"
        for row in folds[folds["n"] > 1].to_dict("records")
    ]
    if not told:
        return ""
    return (
        "The folded weights do agree between seeds: the mean cosine between those of two seeds of "
        f"one split is {joined(told)}, and 1 would be full agreement."
    )


def _gaps(dataset: Hashable, rows: pd.DataFrame) -> str:
    pairs = zip(rows["activation"], rows["median"], strict=True)
    gaps = joined(f"{activation_name(name)} {signed(median)}" for name, median in pairs)
    if rows["converged"].all():
        return f"{dataset_name(dataset)} {gaps}"
    return f"{dataset_name(dataset)} {gaps} (lower bounds: logistic regression had not converged)"


CAPTION = (
    f"Dotted: unchanged by training. More than {MOST_MARKS} trials are binned; the area of a mark "
    "is their number."
)


@styled
def start_and_end(trials: pd.DataFrame) -> Drawing:
    """Draw a row of panels per data set and a panel per scalar; dotted: unchanged by training.

    Args:
        trials: Rows of trials.csv of one activation, scored ones only, with at least one scalar.
    """
    sets = list(dict.fromkeys(trials["dataset"]))
    scalars = [name for name in coefficient_names(trials) if trials[name].notna().any()]
    figure, axes = panels(len(sets), len(scalars), height=2.5)
    for row, dataset in zip(axes, sets, strict=True):
        own = trials[trials["dataset"] == dataset]
        for panel, name in zip(row, scalars, strict=True):
            ends = own[[f"{name}{INITIAL}", name]].set_axis(["x", "y"], axis=1).astype(float)
            points = ends[np.isfinite(ends).all(axis=1)]
            if points.empty:
                panel.set_axis_off()
            else:
                _panel(panel, points, name)
                panel.set_title(f"{title(dataset)}, {name}")
    heading(figure, "Learned scalars: final value against initial value")
    return figure


def _panel(panel: Axes, points: pd.DataFrame, name: str) -> None:
    marks = grouped(points)
    titles = [
        f"{name}, {count(int(n), 'trial')}: {number(x, 2)} at first, {number(y, 2)} at last"
        for x, y, n in marks[["x", "y", "count"]].itertuples(index=False)
    ]
    marks = marks.assign(area=areas(marks["count"]), title=titles)
    scatter(panel, marks, LOOKS[0], alpha=0.6, linewidths=0)
    panel.set(xlabel="initial", ylabel="final")
    diagonal(panel)
