"""Which figures the report has: what each shows, its file, its alt text."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from bench.analysis.coefficients import coefficient_names
from bench.data import title
from bench.escapes import file_name
from bench.reporting import curves, start_and_end
from bench.reporting.distribution import distribution
from bench.reporting.document import Block, Picture
from bench.reporting.names import protocol_title
from bench.reporting.style import save


def accuracy_picture(
    trials: pd.DataFrame, published: Mapping[str, tuple[float, float]]
) -> list[Picture]:
    """Return the picture of test accuracy over trials; none without trials.

    Args:
        trials: Rows of trials.csv of one data set and protocol, scored networks only.
        published: By activation: the test accuracies that round to the published one under this
            protocol; may be empty.
    """
    if trials.empty:
        return []
    dataset, protocol = str(trials["dataset"].iloc[0]), str(trials["protocol"].iloc[0])
    name = f"{title(dataset)}, {protocol_title(protocol)} protocol"
    marks = {each: published[each] for each in trials["activation"].unique() if each in published}
    return [
        Picture(
            f"{file_name(dataset)}-accuracy.png",
            f"{name}: test accuracy of every trial by activation, with medians"
            + (" and the published value" if marks else ""),
            "",
            partial(distribution, trials, marks, name),
        )
    ]


def curves_picture(histories: pd.DataFrame, dataset: str, protocol: str) -> list[Picture]:
    """Return the picture of the learning curves; none without histories.

    Args:
        histories: Rows of histories.csv.gz of one data set and protocol.
        dataset: Its name.
        protocol: Its name.
    """
    if histories.empty:
        return []
    name = f"{title(dataset)}, {protocol_title(protocol)} protocol"
    return [
        Picture(
            f"{file_name(dataset)}-curves.png",
            f"{name}: accuracy and loss per epoch, train and {curves.validation_name(protocol)}",
            "",
            partial(curves.learning_curves, histories, name, protocol),
        )
    ]


def scalar_pictures(trials: pd.DataFrame) -> list[Picture]:
    """Return the picture of learned scalars, final against initial; none without scalars.

    Args:
        trials: Rows of trials.csv of one activation, scored ones only.
    """
    scalars = coefficient_names(trials)
    if not scalars or trials[scalars].isna().all(axis=None):
        return []
    return [
        Picture(
            "scalars.png",
            "Learned scalars: final value of every trial against its initial value",
            start_and_end.CAPTION,
            partial(start_and_end.start_and_end, trials),
        )
    ]


def draw(blocks: Iterable[Block], folder: Path) -> None:
    """Draw the pictures among the blocks into a folder."""
    for block in blocks:
        if isinstance(block, Picture):
            save(block.draw(), folder / block.file)
