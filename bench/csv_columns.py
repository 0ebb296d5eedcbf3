"""The columns of the exported tables: each is defined here, in one line.

A metric, an activation or a network adds columns of its own; ``of`` knows them by their names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Type = Literal["text", "truth", "integer", "number"]
Kind = Literal["key", "fact", "score", "loss", "count", "collapse", "coefficient", "gap"]

PARTS = ("train", "validation", "test")
STOPPED_ON_TEST = "test_accuracy_stopped_on_test"  # had early stopping used the test set
INITIAL = "_initial"  # ends the name of a learned scalar's value before training

SHARE, NATS = "share of rows", "nats per row"


@dataclass(frozen=True)
class Column:
    """A column of an exported table.

    Attributes:
        name: Name in the file.
        kind: ``key`` (identifies the row), ``fact`` (a field of the row's record), ``score`` (a
            metric on a part of the split), ``loss``, ``count``, ``collapse`` (how far a network is
            from its fold), ``coefficient`` (a learned scalar) or ``gap`` (a difference). Trials and
            histories hold what is neither key nor fact by name.
        type: ``text``, ``truth`` (True or False), ``integer`` or ``number``.
        unit: Unit of its values; empty where there is none.
        heading: Title where it is not the name; see ``title``. That of a metric stands in METRICS.
        gaps: Whether a row may have no value.
        optional: Whether a file has the column only if one of its rows has a value.
    """

    name: str
    kind: Kind
    type: Type = "number"
    unit: str = ""
    heading: str = ""
    gaps: bool = True
    optional: bool = False

    @property
    def title(self) -> str:
        """Name in a table's head and in sentences."""
        return self.heading or self.name.replace("_", " ")

    @property
    def axis(self) -> str:
        """Title with unit, as an axis shows it."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


TRIAL = (
    Column("dataset", "key", "text", gaps=False),
    Column("protocol", "key", "text", gaps=False),
    Column("activation", "key", "text", gaps=False),
    Column("split", "key", "integer", gaps=False),
    Column("seed", "key", "integer", gaps=False),
    Column("trainer", "fact", "text", gaps=False),
    Column("status", "fact", "text", gaps=False),
    Column("constant", "fact", "truth", gaps=False),
    Column("epochs", "fact", "integer"),
    Column("best_epoch", "fact", "integer"),
    Column("learning_rate", "fact"),
    Column("test_rows", "fact", "integer"),
    Column("other_rows", "fact", "integer"),
    Column("train_accuracy", "score", unit=SHARE),
    Column("validation_accuracy", "score", unit=SHARE),
    Column("test_accuracy", "score", unit=SHARE),
    Column("test_f1", "score"),
    Column("train_loss", "loss", unit=NATS),
    Column("validation_loss", "loss", unit=NATS),
    Column("test_loss", "loss", unit=NATS),
    Column(STOPPED_ON_TEST, "score", unit=SHARE),
    Column("parameters", "count", "integer"),
    *(
        Column(f"{scalar}_{layer}{end}", "coefficient")
        for layer in (1, 2)
        for end in (INITIAL, "")
        for scalar in ("k0", "k1")
    ),
    Column("collapse_error", "collapse"),
    Column("collapse_flips", "collapse", "integer"),
    Column("parameters_trainable", "count", "integer", heading="trainable parameters"),
    Column("parameters_first_layer", "count", "integer", heading="parameters of the first layer"),
    Column("parameters_output_layer", "count", "integer", heading="parameters of the output layer"),
    Column("reason", "fact", "text"),
)
"""Of ``trials.csv``. Further columns stand before the last one; see ``FURTHER``."""

FURTHER = (Column("collapse_error_float32", "collapse", optional=True),)
"""Those of ``trials.csv`` that are known and sorted among what a study adds."""

KEY = tuple(column.name for column in TRIAL if column.kind == "key")
CELL = KEY[:3]
_TRIAL = {column.name: column for column in TRIAL}


def _of_trials(*names: str) -> tuple[Column, ...]:
    return tuple(_TRIAL[name] for name in names)


HISTORY = (
    *_of_trials(*KEY),
    Column("epoch", "key", "integer", gaps=False),
    Column("loss", "loss", unit=NATS),
    Column("accuracy", "score", unit=SHARE),
    Column("val_loss", "loss", unit=NATS),
    Column("val_accuracy", "score", unit=SHARE),
    # Of protocols that watch the test set beside.
    *(replace(column, optional=True) for column in _of_trials("test_loss", "test_accuracy")),
    *_of_trials("k0_1", "k1_1", "k0_2", "k1_2"),
)
"""Of ``histories.csv.gz``. Further columns follow."""

ROW = (
    *_of_trials(*CELL),
    Column("row", "key", "integer", gaps=False),
    Column("seeds_tested", "count", "integer", gaps=False),
    Column("seeds_correct", "count", "integer", gaps=False),
)
"""Of ``rows.csv.gz``."""

TUNING = _of_trials(
    *(*CELL, "learning_rate", "split", "seed", "trainer", "status", "epochs", "best_epoch"),
    *("validation_accuracy", "validation_loss"),
)
"""Of ``tuning.csv.gz``; the protocol is the tuned one."""

VECTOR = (
    *_of_trials(*KEY),
    Column("vector", "key", "text", gaps=False),
    Column("place", "key", "integer", gaps=False),
    Column("value", "gap", gaps=False),
)
"""Of ``vectors.csv.gz``: ``Trial.vectors``, their places counted from 0."""

DRIFT = (
    *_of_trials("dataset"),
    Column("arm", "key", "text", gaps=False),
    *_of_trials("seed"),
    Column("software", "fact", "text", gaps=False),
    *_of_trials("epochs", "best_epoch", "train_loss", "train_accuracy"),
    *_of_trials("test_loss", "test_accuracy", "test_f1"),
)
"""Of ``drift.csv``."""

REPLAY_SEED = (
    *_of_trials("dataset", "seed"),
    Column("software", "fact", "text", gaps=False),
    *_of_trials("epochs", "best_epoch"),
    Column("kept_epoch", "fact", "integer", gaps=False),
    *_of_trials("test_accuracy", "test_f1"),
    Column("test_accuracies", "fact", "text", gaps=False),
)
"""Of ``replay_seeds.csv``: ``test_accuracies`` are those after each epoch, with spaces between."""

LOOK = (
    Column("look", "key", "integer", gaps=False),
    Column("ordinary", "fact", "truth", gaps=False),
    Column("largest", "fact", "integer"),
    *_of_trials("dataset", "protocol"),
    Column("metric", "key", "text", gaps=False),
    Column("method", "key", "text", gaps=False),
    Column("reference", "key", "text", gaps=False),
    Column("splits", "fact", "integer", gaps=False),
    Column("seeds", "fact", "integer", gaps=False),
    *(Column(name, "gap") for name in ("estimate", "low", "high")),
    *(Column(f"p_{name}", "fact") for name in ("difference", "equivalent")),
    *(Column(f"p_{name}_holm", "fact") for name in ("difference", "equivalent")),
    Column("margin", "fact", gaps=False),
    *(Column(name, "fact", "text") for name in ("verdict", "sign", "excluded")),
    *(Column(name, "gap") for name in ("simultaneous_low", "simultaneous_high")),
    *(Column(name, "fact") for name in ("standard_error", "freedom", "trial_part", "table_part")),
    *(Column(name, "fact") for name in ("information", "level_spent")),
)
"""Of ``looks.csv``: one row a look and comparison, judged as it was read then."""

# Of a name in several tables, the column of the trials.
KNOWN = {
    column.name: column
    for table in (HISTORY, ROW, VECTOR, DRIFT, REPLAY_SEED, LOOK, FURTHER, TRIAL)
    for column in table
}


@cache
def of(name: str) -> Column:
    """Return the column of a name, in whichever table: a known one, or one that a study adds."""
    if name in KNOWN:
        return KNOWN[name]
    if name.startswith("parameters"):
        return Column(name, "count", "integer")
    return Column(name, "score" if name.startswith("test_") else "coefficient")


def names(table: Iterable[Column]) -> tuple[str, ...]:
    """Return the names of a table's columns, optional ones too."""
    return tuple(column.name for column in table)


def score_name(part: str, metric: str) -> str:
    """Return the name of the column that holds a metric, or the loss, on a part of the split."""
    return f"{part}_{metric}"


def tested_scores(header: Iterable[str]) -> list[str]:
    """Return those of some columns of ``trials.csv`` that hold a metric of the kept weights.

    It is the metric on the test set.
    """
    scores = [name for name in header if of(name).kind == "score" and name.startswith("test_")]
    return [name for name in scores if name != STOPPED_ON_TEST]
