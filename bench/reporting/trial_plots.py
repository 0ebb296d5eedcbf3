"""Plot one trial as the paper's notebook does."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.reporting.curves import UNITS, scalar_names, two_parts, validation_name
from bench.reporting.series_styles import LOOKS, looks
from bench.reporting.style import diagonal, heading, legend, panels, save, styled

History = Mapping[str, Sequence[float]]
"""Columns of ``Trial.history``: one value per epoch."""


def write_trial_plots(history: History, folder: Path, *, title: str, protocol: str) -> list[Path]:
    """Draw the plots of one trial into PNG files.

    Args:
        history: loss, accuracy, val_loss, val_accuracy, and learned scalars such as k0_1.
        folder: Where the files go; made where it is missing.
        title: Data set, activation and seed as readers know them.
        protocol: Whether the second curve is validation or, in the paper's protocol, test.

    Returns:
        The files written, in the order of the notebook.
    """
    figures = {
        "accuracy": per_epoch(history, "accuracy", title, protocol),
        "loss": per_epoch(history, "loss", title, protocol),
        "loss-train-test": against(history, "loss", title, protocol),
        "accuracy-train-test": against(history, "accuracy", title, protocol),
    }
    if scalar_names(list(history)):
        figures = {"scalars": scalars(history, title)} | figures
    return [save(figure, folder / f"{name}.png") for name, figure in figures.items()]


@styled
def scalars(history: History, title: str) -> Figure:
    """Draw the learned scalars after every epoch, one panel per layer."""
    found = scalar_names(list(history))
    layers = sorted({layer for _, layer in found})
    figure, axes = panels(1, len(layers), height=4.0)
    for name, look in looks(list(dict.fromkeys(name for name, _ in found))).items():
        for panel, layer in zip(axes[0], layers, strict=True):
            values = history.get(f"{name}_{layer}", ())
            panel.plot(_epochs(values), values, label=name, **look.line())
            panel.set(title=f"layer {layer}", xlabel="epoch", ylabel="learned scalar (no unit)")
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    heading(figure, f"{title}: learned scalars per epoch")
    legend(figure, axes[0][0])
    return figure


@styled
def per_epoch(history: History, metric: str, title: str, protocol: str) -> Figure:
    """Draw accuracy or loss after every epoch, train and validation."""
    figure, axes = panels(1, 1, height=4.5)
    panel = axes[0][0]
    for column, label, look in two_parts(metric, protocol):
        panel.plot(_epochs(history[column]), history[column], label=label, **look.line())
    panel.set(xlabel="epoch", ylabel=UNITS[metric])
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.legend()
    heading(figure, f"{title}: {metric} per epoch")
    return figure


@styled
def against(history: History, metric: str, title: str, protocol: str) -> Figure:
    """Draw train against validation accuracy or loss, one point per epoch."""
    figure, axes = panels(1, 1, height=5.5)
    panel = axes[0][0]
    train, validation = history[metric], history[f"val_{metric}"]
    panel.plot(train, validation, linewidth=0.8, marker="o", markersize=4, color=LOOKS[0].color)
    for epoch, marker in ((1, "^"), (len(train), "s")):
        ends = (train[epoch - 1], validation[epoch - 1])
        panel.plot(*ends, marker, color="black", markersize=8, label=f"epoch {epoch}")
    panel.legend()
    second = validation_name(protocol).split(maxsplit=1)[0]
    panel.set(xlabel=f"train {UNITS[metric]}", ylabel=f"{second} {UNITS[metric]}")
    diagonal(panel)
    heading(figure, f"{title}: train against {second} {metric}, epoch by epoch")
    return figure


def _epochs(values: Sequence[float]) -> np.ndarray:
    return np.arange(1, len(values) + 1)
