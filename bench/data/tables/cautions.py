"""Tell what a good colleague would warn of in a table: doubled rows, telling columns, width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.data.splits import held_out_split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.data.dataset import Dataset

SPLITS = 10  # enough for the share of test rows that also stand in training
TELLING = 0.99  # balanced accuracy of one column alone, from which it is suspect
MOST_ROWS = 2_000  # that a tree of one column looks at
LEAVES = 16  # of such a tree: ranges of a number, not a list of its values
MOST_NAMED = 3


def cautions(dataset: Dataset, inputs: Mapping[str, np.ndarray]) -> list[str]:
    """Return one sentence or two on each thing to beware of.

    Args:
        dataset: The table.
        inputs: By column of the file: its inputs, shape (rows, inputs).
    """
    return [*_doubled(dataset), *_telling(dataset, inputs), *_wide(dataset)]


def _doubled(dataset: Dataset) -> list[str]:
    """Warn of rows that stand in the table twice, and in training and test."""
    import pandas as pd

    whole = np.column_stack([dataset.x, dataset.y.astype(np.float32)]) + 0.0  # −0 becomes 0
    rows, _ = pd.factorize(np.array([row.tobytes() for row in whole], dtype=object))
    again = len(rows) - len(np.unique(rows))
    if not again:
        return []
    shares = []
    for seed in range(SPLITS):
        split = held_out_split(dataset, seed)
        seen = np.concatenate([split.train, split.validation])
        shares.append(np.isin(rows[split.test], rows[seen]).mean())
    told = f"{again:,} of {len(rows):,} rows repeat an earlier row."
    share = f"{np.mean(shares):.1%} of the test rows also stand among the training rows"
    return [f"{told} {share} (mean of {SPLITS} splits)."]


def _telling(dataset: Dataset, inputs: Mapping[str, np.ndarray]) -> list[str]:
    """Warn of columns of which one alone predicts the classes."""
    chosen = _sample(dataset.y)
    y = dataset.y[chosen]
    found = {name: _alone(x[chosen], y) for name, x in inputs.items()}
    telling = [name for name, score in found.items() if score >= TELLING]
    if not telling:
        return []
    named = ", ".join(map(repr, telling[:MOST_NAMED]))
    more = f" and {len(telling) - MOST_NAMED} more" if len(telling) > MOST_NAMED else ""
    least = min(found[name] for name in telling)
    each = "Each of these columns" if len(telling) > 1 else "This column"
    told = f"{each} alone predicts the classes: {named}{more} (balanced accuracy {least:.3f})."
    return [f"{told} Is it known before the class is? --drop leaves it out."]


def _sample(y: np.ndarray) -> np.ndarray:
    """Return at most ``MOST_ROWS`` rows, with all classes in their shares."""
    from sklearn.model_selection import train_test_split

    rows = np.arange(len(y))
    if len(rows) <= MOST_ROWS:
        return rows
    _, chosen = train_test_split(rows, test_size=MOST_ROWS, random_state=0, stratify=y)
    return chosen


def _alone(x: np.ndarray, y: np.ndarray) -> float:
    """Return the balanced accuracy of a small tree on one column, over three folds."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES + int(y.max()), random_state=0)
    score = _balanced(y, tree.fit(x, y).predict(x))
    if score < TELLING:  # as most columns are, already on the rows that it was fitted to
        return score
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    return _balanced(y, cross_val_predict(tree, x, y, cv=folds))


def _balanced(y: np.ndarray, predicted: np.ndarray) -> float:
    """Return the balanced accuracy: the mean over classes of the share that is right."""
    return float((np.bincount(y, predicted == y) / np.bincount(y)).mean())


def _wide(dataset: Dataset) -> list[str]:
    rows, inputs = dataset.x.shape
    if inputs <= rows:
        return []
    told = f"The table has more inputs ({inputs:,}) than rows ({rows:,})"
    return [f"{told}: a network can learn the training rows by heart."]
