"""``show``: one trial as the paper's notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tabulate import tabulate

from bench.cli.terminal import say
from bench.data import load
from bench.escapes import file_name
from bench.training.quiet import quiet
from bench.training.trials import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import keras

    from bench.records import Trial, TrialKey
    from bench.training.trainers.training_task import Fit


def show_run(
    key: TrialKey, folder: Path, data_dir: Path | None, *, every_parameter: bool = False
) -> None:
    """Train one trial and prints its summary, parameters by epoch, scores and plots.

    Args:
        key: Which trial.
        folder: Where the plots go, in a folder of the trial's own.
        data_dir: Where the data files are.
        every_parameter: Whether all parameters are printed after every epoch, not the learned
            scalars of the activation alone.
    """
    place = folder / file_name("-".join(map(str, key)))
    place.mkdir(parents=True, exist_ok=True)
    quiet()
    from bench.reporting.features import write_scatter_matrix
    from bench.reporting.trial_plots import write_trial_plots

    model, fit, trial = blocks.train_one(key, data_dir)
    model.summary(print_fn=say)
    _print_scalars(fit, trial)
    if every_parameter:
        _print_parameters(model, fit)
    _print_scores(trial)
    split = f"split {key.split}, " if key.split else ""
    title = f"{key.dataset}, {key.activation}, {split}seed {key.seed}"
    inputs = write_scatter_matrix(load(key.dataset, data_dir), place / "features.png")
    plots = write_trial_plots(trial.history, place, title=title, protocol=key.protocol)
    for path in inputs + plots:
        say(path)


def plot_data(names: Iterable[str], folder: Path, data_dir: Path | None) -> None:
    """Draw the scatter matrices of data sets that have few features; print the files."""
    folder.mkdir(parents=True, exist_ok=True)
    from bench.reporting.features import write_scatter_matrix

    for name in names:
        for path in write_scatter_matrix(load(name, data_dir), folder / f"{name}-features.png"):
            say(path)


def _print_scalars(fit: Fit, trial: Trial) -> None:
    scalars = [name for name in trial.coefficients if not name.endswith("_initial")]
    if not scalars:
        return
    initial = [trial.coefficients[f"{name}_initial"] for name in scalars]
    epochs = np.stack([np.reshape(fit.history[name], -1) for name in scalars], axis=1)
    rows = [["initial", *initial]] + [[n, *row] for n, row in enumerate(epochs, start=1)]
    kept = [["kept", *(trial.coefficients[name] for name in scalars)]]
    say(tabulate(rows + kept, headers=["epoch", *scalars], floatfmt=".6f"))


def _print_parameters(model: keras.Model, fit: Fit) -> None:
    with np.printoptions(threshold=64, precision=6):
        for epoch in range(len(fit.history["loss"])):
            say(f"\nParameters after epoch {epoch + 1}")
            for position, weight in enumerate(model.weights):
                say(f"{weight.path}\n{fit.history[blocks.weight_column(position)][epoch]}")


def _print_scores(trial: Trial) -> None:
    say(f"\n{trial.epochs} epochs, kept epoch {trial.best_epoch}, {trial.status}")
    say(tabulate(trial.scores.items(), headers=["kept weights", "value"], floatfmt=".6g"))
