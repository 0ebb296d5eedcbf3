"""Which figures the report has: what each shows, its file, its alt text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from bench.data import title
from bench.reporting import clouds, curves
from bench.reporting.names import ARM, activation_title, protocol_title
from bench.reporting.style import save

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Picture(NamedTuple):
    """A figure as the report links it.

    Attributes:
        file: File name within the folder ``figures``.
        alt: What a reader who can't see it is told.
        caption: What a reader who sees it needs to know.
    """

    file: str
    alt: str
    caption: str


def cell_pictures(
    histories: pd.DataFrame,
    trials: pd.DataFrame,
    published: float,
    folder: Path,
) -> list[Picture]:
    """Draws one data set under one protocol.

    Args:
        histories: Its rows of histories.csv.gz.
        trials: Its rows of trials.csv, numbers only.
        published: Adaact's published test accuracy under this protocol; NaN where there is none.
        folder: Where the files go.

    Returns:
        The pictures drawn, in the report's order; none where no trial has a number.
    """
    if trials.empty or histories.empty:
        return []
    dataset, protocol = str(trials["dataset"].iloc[0]), str(trials["protocol"].iloc[0])
    name = f"{title(dataset)}, {protocol_title(protocol)} protocol"
    begins = stem(dataset, protocol)
    marks = {ARM: published} if pd.notna(published) else {}
    save(clouds.distribution(trials, marks, name), folder / f"{begins}-seeds.png")
    save(curves.learning_curves(histories, name, protocol), folder / f"{begins}-curves.png")
    against = clouds.train_against_test(histories, trials, name, protocol)
    save(against, folder / f"{begins}-train-test.png")
    return [
        Picture(
            f"{begins}-seeds.png",
            f"{name}: test accuracy of every seed by activation, with medians"
            + (" and the published figure" if marks else ""),
            "A mark for every score that occurs, a bar for how many seeds have it.",
        ),
        Picture(
            f"{begins}-curves.png",
            f"{name}: accuracy and loss per epoch, train and {curves.validation_name(protocol)}",
            "A seed that stopped early goes on counting with its last value. Train figures are "
            "Keras' running means over the epoch.",
        ),
        Picture(
            f"{begins}-train-test.png",
            f"{name}: train loss and accuracy against those of rows not trained on",
            "Dotted: equal on both.",
        ),
        *_traces(histories, trials, name, begins, folder),
    ]


def _traces(
    histories: pd.DataFrame, trials: pd.DataFrame, name: str, begins: str, folder: Path
) -> list[Picture]:
    """One picture per activation that learns scalars."""
    pictures = []
    for activation, mine in learned(histories):
        whose = trials[trials["activation"] == activation]
        heading = f"{name}, {activation_title(activation)}"
        file = scalars_file(begins, activation)
        save(curves.scalar_traces(mine, whose, heading), folder / file)
        pictures.append(
            Picture(
                file,
                f"{heading}: learned scalars per epoch, one line per seed",
                "A line ends where its seed stopped; the median goes on with its last value.",
            )
        )
    return pictures


def stem(dataset: str, protocol: str) -> str:
    """What the file names of a cell's pictures begin with."""
    return f"{dataset}-{protocol}"


def scalars_file(begins: str, activation: str) -> str:
    """The picture of an activation's scalars; its name may be an import string."""
    return f"{begins}-{re.sub('[^A-Za-z0-9_-]', '-', activation)}-scalars.png"


def learned(histories: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The activations of a cell that learn scalars, each with its rows that hold some."""
    columns = [f"{n}_{layer}" for n, layer in curves.scalar_names(list(histories.columns))]
    known = histories.dropna(subset=columns, how="all") if columns else histories.iloc[:0]
    for activation, mine in known.groupby("activation", sort=False, observed=True):
        yield str(activation), mine
