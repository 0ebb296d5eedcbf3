"""The records of a data set, of its entry in the registry, and of how much work it gets.

The defaults of a budget suit a table of a few thousand rows, where a trial takes seconds. A table
of the user's own has them too. A larger data set states its own numbers in its entry of
``DATASETS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


MARGIN = 0.005  # in accuracy; a smaller difference is of no practical use


@dataclass(frozen=True, eq=False)
class Dataset:
    """A whole table; training rows come first where the split is official.

    Attributes:
        name: Name in the registry.
        x: float32, shape (rows, features), raw but for MNIST's division by 255.
        y: int64, shape (rows,), classes 0 to ``classes`` - 1.
        classes: Number of classes.
        feature_names: One name a column of ``x``.
        class_names: One name a class.
        official_test: Row indices of an official test set, shape (test rows,), or None.
        groups: int64, shape (rows,), or None; rows of one group stay on one side of every split.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    classes: int
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    official_test: np.ndarray | None = None
    groups: np.ndarray | None = None


def save(dataset: Dataset, folder: Path) -> Path:
    """Write a data set so that ``load`` gives it back, on this machine or another."""
    import numpy as np

    path = folder / f"{dataset.name}.npz"
    fields = {name: value for name, value in vars(dataset).items() if value is not None}
    np.savez_compressed(path, **fields)
    return path


def load(path: Path) -> Dataset:
    """Return the data set that ``save`` wrote."""
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        fields: dict[str, Any] = dict(stored)
    for name in ("feature_names", "class_names"):
        fields[name] = tuple(map(str, fields[name]))
    return Dataset(**fields | {"name": path.stem, "classes": len(fields["class_names"])})


MANY_LANES = 300
"""For networks of some kB: up to an eighth faster than 100 on Iris and Bank Note, 700 gain little
more. Wide networks would leave the cache, and a killed run loses the trials that are in lanes.
"""


@dataclass(frozen=True)
class Timing:
    """What the timing suite measures on a data set.

    Attributes:
        rounds: Timed epochs of each net. With the first epoch, which compiles, the default gives
            the 50 epochs of the paper.
        epoch_rows: Rows of a timed epoch; None: all training rows.
        seeds: Seeds of the many-seeds trainer.
        epochs: Epochs of each seed, without early stopping.
        keras_seeds: Seeds of the Keras loop, whose cost per seed does not depend on their number.
        keras_epochs: Epochs of each; the first, which compiles, is not among the samples.
    """

    rounds: int = 49
    epoch_rows: int | None = None
    seeds: int = 100
    epochs: int = 50
    keras_seeds: int = 5
    keras_epochs: int = 8


@dataclass(frozen=True)
class Budget:
    """How much work a data set gets.

    Attributes:
        seeds: Seeds of the default study under protocols with one split.
        splits: Splits of the default study under the other protocols.
        seeds_per_split: Seeds of each of these splits.
        tuned_splits: The most splits of the tuned protocols.
        quick_seeds: As ``seeds``, of the quick study.
        quick_splits: As ``splits``, of the quick study.
        quick_seeds_per_split: As ``seeds_per_split``, of the quick study.
        quick_epochs: Cap on epochs of the quick study; None: the protocol's own.
        lanes: Trials trained side by side in a block.
        iterations: Cap on the solver's iterations of a logistic regression. The default is out of
            reach on small tables, where the slowest fit takes some hundred.
        fit_each_split: Whether scikit-learn's models are fitted on every split. If not, they are
            fitted on the first one, and gradient boosting is left out.
        replay_seeds: Seeds trained both in the software of the paper and in today's.
        timing: What the timing suite measures.
    """

    seeds: int = 100
    splits: int = 20
    seeds_per_split: int = 5
    tuned_splits: int | None = None
    quick_seeds: int = 10
    quick_splits: int = 10
    quick_seeds_per_split: int = 4
    quick_epochs: int | None = None
    lanes: int = 100
    iterations: int = 10_000
    fit_each_split: bool = True
    replay_seeds: int = 20
    timing: Timing = Timing()


DEFAULT = Budget()


@dataclass(frozen=True)
class Source:
    """What is known of a data set before it is read.

    Attributes:
        title: Name as the report prints it.
        load: Import string of ``load(paths: Mapping[str, Path]) -> Dataset``.
        class_rows: Rows of each class.
        test_rows: Rows of a test set; one of them is the resolution of an accuracy.
        citation: Who made it, licence, address.
        files: Names in ``bench.data.files.FILES``; empty where a library brings the table.
        margin: Largest difference in accuracy that counts as none in a test of equivalence.
        official_test: Whether the data set brings its own test set.
        table_sha256: ``table_sha256`` of the table that a library brings; empty with files.
        budget: How much work it gets.
    """

    title: str
    load: str
    class_rows: tuple[int, ...]
    test_rows: int
    citation: str
    files: tuple[str, ...] = ()
    margin: float = MARGIN
    official_test: bool = False
    table_sha256: str = ""
    budget: Budget = DEFAULT

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return sum(self.class_rows)

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_rows)
