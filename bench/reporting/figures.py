"""List the figures of a panel: file, alternative text, caption, drawing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bench.data import title
from bench.escapes import file_name
from bench.reporting import curves
from bench.reporting.distribution import distribution
from bench.reporting.document import Picture
from bench.reporting.marks import MOST_MARKS
from bench.reporting.names import activation_title, protocol_title
from bench.reporting.style import save
from bench.reporting.train_test import train_against_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from bench.reporting.document import Block


def panel_pictures(
    histories: pd.DataFrame,
    trials: pd.DataFrame,
    published: Mapping[str, tuple[float, float]],
) -> list[Picture]:
    """Return the pictures of one data set under one protocol, in the report's order.

    Args:
        histories: Its rows of histories.csv.gz.
        trials: Its rows of trials.csv, numbers only.
        published: By activation: the test accuracies that round to the published one under this
            protocol; may be empty.

    Returns:
        No picture where no trial has a number.
    """
    if trials.empty or histories.empty:
        return []
    dataset, protocol = str(trials["dataset"].iloc[0]), str(trials["protocol"].iloc[0])
    name = f"{title(dataset)}, {protocol_title(protocol)} protocol"
    begins = stem(dataset, protocol)
    marks = {each: published[each] for each in trials["activation"].unique() if each in published}
    return [
        Picture(
            f"{begins}-seeds.png",
            f"{name}: test accuracy of every seed by activation, with medians"
            + (" and the published value" if marks else ""),
            "Each mark is a score, and the bar above it shows how many seeds have it. "
            f"With more than {MOST_MARKS} different scores only bars are drawn.",
            partial(distribution, trials, marks, name),
        ),
        Picture(
            f"{begins}-curves.png",
            f"{name}: accuracy and loss per epoch, train and {curves.validation_name(protocol)}",
            "A seed that stopped early keeps its last value. Train values are Keras' running means "
            "over the epoch.",
            partial(curves.learning_curves, histories, name, protocol),
        ),
        Picture(
            f"{begins}-train-test.png",
            f"{name}: train loss and accuracy against those of rows not trained on",
            "Dotted line: equal values on both axes. Seeds that lie close together share one mark, "
            "whose area shows how many they are.",
            partial(train_against_test, histories, trials, name, protocol),
        ),
        *_traces(histories, trials, name, begins),
    ]


def _traces(
    histories: pd.DataFrame, trials: pd.DataFrame, name: str, begins: str
) -> Iterator[Picture]:
    """One picture per activation that learns scalars."""
    for activation, mine in learned(histories):
        whose = trials[trials["activation"] == activation]
        heading = f"{name}, {activation_title(activation)}"
        yield Picture(
            scalars_file(begins, activation),
            f"{heading}: learned scalars per epoch, one line per seed",
            "A line ends where its seed stopped; the median keeps the seed's last value.",
            partial(curves.scalar_traces, mine, whose, heading),
        )


def draw(blocks: Iterable[Block], folder: Path) -> None:
    """Draw the pictures among the blocks into a folder."""
    for block in blocks:
        if isinstance(block, Picture):
            save(block.draw(), folder / block.file)


def stem(dataset: str, protocol: str) -> str:
    """Return the beginning of the file names of a panel's pictures."""
    return file_name(f"{dataset}-{protocol}")


def scalars_file(begins: str, activation: str) -> str:
    """Return the file name of the picture of an activation's scalars."""
    return f"{begins}-{file_name(activation)}-scalars.png"


def learned(histories: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the activations of a panel that learn scalars, each with its rows."""
    columns = [f"{n}_{layer}" for n, layer in curves.scalar_names(list(histories.columns))]
    known = histories.dropna(subset=columns, how="all") if columns else histories.iloc[:0]
    for activation, mine in known.groupby("activation", sort=False, observed=True):
        yield str(activation), mine
