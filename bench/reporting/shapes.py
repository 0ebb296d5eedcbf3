"""The figures of a study of many activations: learned shapes, and accuracy against time."""

from functools import partial

import numpy as np
import pandas as pd

from bench.csv_columns import CELL
from bench.data import title
from bench.records import SHAPE_AT
from bench.reporting.document import Picture
from bench.reporting.marks import Drawing, entitle, scatter
from bench.reporting.names import activation_title
from bench.reporting.series_styles import GREY, activation_looks, looks
from bench.reporting.style import WIDTH, legend, panels, styled, wrapped
from bench.reporting.view import View
from bench.reporting.wording import number, seconds

ACROSS = 3  # panels side by side
FIRST = "g_1"  # the shape in the first hidden layer


def shape_pictures(view: View) -> list[Picture]:
    """Return both figures; one without anything to show is left out."""
    vectors, costs, pictures = view.results.vectors, cost(view), []
    shapes = vectors[(vectors["vector"] == FIRST) & (vectors["protocol"] == view.headline_protocol)]
    if len(shapes):
        alt = "Learned activations after training: g(z) of the first hidden layer, by data set"
        pictures.append(Picture("shapes.png", alt, SHAPES, partial(draw_shapes, shapes)))
    if len(costs):
        alt = "Mean test accuracy of every activation against the seconds that a trial took"
        pictures.append(Picture("accuracy-cost.png", alt, COSTS, partial(draw_costs, costs)))
    return pictures


SHAPES = """
Thin lines: single trials, the mean over the units of a layer; thick lines: their median. Networks
that fold into one affine map are left out: their g is a straight line."""
COSTS = """
Seconds are a trial's share of the time of all that trained with it: the trial count, the machine
and early stopping are parts of them."""


def cost(view: View) -> pd.DataFrame:
    """Return ``dataset, activation, y`` (mean test accuracy) and ``x`` (seconds a trial)."""
    wall = pd.DataFrame(view.results.provenance["wall"])
    own = view.networks[view.networks["protocol"] == view.headline_protocol]
    means = own.groupby(list(CELL), sort=False)["test_accuracy"].mean().rename("y").reset_index()
    both = means.merge(wall.assign(x=wall["seconds"] / wall["trials"]), on=list(CELL))
    return both[both["x"] > 0]


@styled
def draw_shapes(vectors: pd.DataFrame) -> Drawing:
    """Draw a panel per activation with a color per data set.

    Args:
        vectors: Rows of vectors.csv.gz with the shapes of one hidden layer.
    """
    names, colors = list(vectors["activation"].unique()), looks(list(vectors["dataset"].unique()))
    figure, axes = panels(-(-len(names) // ACROSS), ACROSS, height=2.7, sharex=True)
    for panel in axes.ravel()[len(names) :]:
        panel.set_axis_off()
    for panel, name in zip(axes.ravel(), names, strict=False):
        own = vectors[vectors["activation"] == name]
        for dataset, rows in own.groupby("dataset", sort=False):
            trials = rows.pivot(index=["split", "seed"], columns="place", values="value")
            color = colors[dataset].color
            panel.plot(SHAPE_AT, trials.to_numpy().T, color=color, alpha=0.3, linewidth=0.6)
            (line,) = panel.plot(SHAPE_AT, trials.median(), color=color, label=title(str(dataset)))
            entitle(line, [f"{activation_title(name)}, {title(str(dataset))}: median of g"])
        panel.set(title=wrapped(activation_title(name), WIDTH / ACROSS - 0.4), xlabel="z")
    legend(figure, axes[0][0])
    return figure


@styled
def draw_costs(costs: pd.DataFrame) -> Drawing:
    """Draw a panel per data set with a mark per activation.

    Args:
        costs: As ``cost`` returns them.
    """
    sets, colors = list(costs["dataset"].unique()), activation_looks(costs["activation"])
    figure, axes = panels(1, len(sets), height=4.2)
    for panel, dataset in zip(axes[0], sets, strict=True):
        rows = costs[costs["dataset"] == dataset].sort_values("x")
        # None is both faster and more accurate than those of the line.
        best = rows[rows["y"] > rows["y"].cummax().shift(fill_value=-np.inf)]
        panel.step(best["x"], best["y"], where="post", color=GREY, linewidth=1, zorder=0)
        for row in rows.sort_index().to_dict("records"):
            name = activation_title(row["activation"])
            told = f"{name}: {number(row['y'])}, {seconds(row['x'])}"
            mark = scatter(panel, pd.DataFrame([row | {"title": told}]), colors[row["activation"]])
            mark.set_label(name)
        name = wrapped(title(str(dataset)), WIDTH / len(sets) - 0.4)
        panel.set(title=name, xlabel="seconds a trial")
    axes[0][0].set_ylabel("mean test accuracy")
    legend(figure, axes[0][0])
    return figure
