"""Which rows train, which choose the epoch, which are tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench.errors import UserError

if TYPE_CHECKING:
    from bench.data.dataset import Dataset

TEST_SHARE = 0.25  # of all rows; the paper's share, kept for the clean protocol
VALIDATION_SHARE = 0.2  # of the training rows
MOST_VALIDATION_ROWS = 10_000  # as many as MNIST's test set: more would only cost training rows
PAPER_SEED = 42

# Each cut draws from a stream of its own.
TEST_STREAM, VALIDATION_STREAM = 0, 1

FEWEST_PARTS = 3  # a group for each part
FEWEST_GROUPS = 5  # of a class, to be stratified by: a fifth of them are then one or more
MOST_DRAWS = 100  # of groups, until each class is in every part


@dataclass(frozen=True, eq=False)
class Split:
    """Row indices into a data set, int64, each of shape (rows of that part,).

    Attributes:
        train: Rows that are trained on.
        validation: Rows that choose the epoch; equal to ``test`` under the paper's protocol.
        test: Rows whose accuracy is reported.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def paper_split(dataset: Dataset) -> Split:
    """Return the paper's split, in which the test set also chooses the epoch.

    A quarter of the rows, not stratified; the official test set where there is one.

    Source: the ``train_test_split`` call of the paper's notebook.
    """
    train, test = _training_and_test(dataset, PAPER_SEED)
    return Split(train, test, test)


def clean_paper_split(dataset: Dataset) -> Split:
    """Return the paper's split with validation rows taken from its training rows."""
    paper = paper_split(dataset)
    return _with_validation(dataset, paper.train, paper.test, PAPER_SEED)


def held_out_split(dataset: Dataset, number: int) -> Split:
    """Return a split whose test set is used for the score alone.

    Every part is stratified and varies by the split's number, but for an official test set. Where
    the table has groups, the shares are those of groups, none of which stands in two parts.

    Args:
        dataset: The table.
        number: Not negative.

    Raises:
        UserError: There are too few groups for all classes to be in every part.
    """
    if dataset.groups is not None:
        return _grouped_split(dataset, dataset.groups, number)
    state = _random_state(number, TEST_STREAM)
    training, test = _training_and_test(dataset, state, strata=dataset.y)
    return _with_validation(dataset, training, test, number)


def _with_validation(
    dataset: Dataset, training: np.ndarray, test: np.ndarray, number: int
) -> Split:
    """Return a split whose validation rows are a stratified part of the training rows."""
    state = _random_state(number, VALIDATION_STREAM)
    validation_rows = min(round(VALIDATION_SHARE * len(training)), MOST_VALIDATION_ROWS)
    train, validation = _cut(training, validation_rows, state, strata=dataset.y[training])
    return Split(train, validation, test)


def _grouped_split(dataset: Dataset, groups: np.ndarray, seed: int) -> Split:
    """Return a held-out split of groups; draw again until every part holds every class."""
    names, place = np.unique(groups, return_inverse=True)
    classes = np.zeros((len(names), dataset.classes), dtype=np.int64)  # rows of each, by group
    np.add.at(classes, (place, dataset.y), 1)
    for draw in range(MOST_DRAWS if len(names) >= FEWEST_PARTS else 0):
        again = (draw,) if draw else ()
        everything = np.arange(len(names))
        training, test = _cut_groups(classes, everything, TEST_SHARE, (seed, TEST_STREAM, *again))
        stream = (seed, VALIDATION_STREAM, *again)
        train, validation = _cut_groups(classes, training, VALIDATION_SHARE, stream)
        parts = (train, validation, test)
        if all((classes[part].sum(axis=0) > 0).all() for part in parts):
            return Split(*(np.flatnonzero(np.isin(place, part)) for part in parts))
    raise UserError(
        f"{dataset.name}: expected groups enough for each part of a split to hold every class. "
        f"Received: {len(names)} groups, and no such split. Take a column of smaller groups for "
        "--groups, or leave rare classes out."
    )


def _cut_groups(
    classes: np.ndarray, groups: np.ndarray, share: float, stream: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Split groups in two, stratified by the commonest class of each where these are enough."""
    commonest = classes[groups].argmax(axis=1)
    sizes = np.bincount(commonest)
    enough = sizes[sizes > 0].min() >= FEWEST_GROUPS
    return _cut(groups, share, _random_state(*stream), commonest if enough else None)


def _training_and_test(
    dataset: Dataset, random_state: int, strata: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return all other rows, and test rows: the official ones, or a share drawn at random."""
    rows = np.arange(len(dataset.y))
    if dataset.official_test is None:
        return _cut(rows, TEST_SHARE, random_state, strata)
    return np.setdiff1d(rows, dataset.official_test), dataset.official_test


def _cut(
    rows: np.ndarray, size: float, random_state: int, strata: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Split rows in two at random; ``size`` (share or number) of them go to the second part."""
    from sklearn.model_selection import train_test_split

    first, second = train_test_split(
        rows, test_size=size, random_state=random_state, stratify=strata
    )
    return first, second


def _random_state(*stream: int) -> int:
    """Return a 32-bit state for scikit-learn, independent between splits, and streams of one."""
    return int(np.random.SeedSequence(stream).generate_state(1)[0])
