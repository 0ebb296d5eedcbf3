"""The columns of the exported tables, and a trial as rows of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.records import Ceiling, Trial

CELL = ("dataset", "protocol", "activation")
KEY = (*CELL, "seed")
TRIALS = (
    *KEY,
    *("trainer", "status", "constant", "epochs", "best_epoch"),
    *("train_accuracy", "validation_accuracy", "test_accuracy", "test_f1"),
    *("train_loss", "validation_loss", "test_loss", "leaked_test_accuracy"),
    "parameters",
    *("k0_1_initial", "k1_1_initial", "k0_1", "k1_1"),
    *("k0_2_initial", "k1_2_initial", "k0_2", "k1_2"),
    *("collapse_error", "collapse_flips"),
    *("parameters_trainable", "parameters_first_layer", "parameters_output_layer"),
)
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")
WATCHED = ("test_loss", "test_accuracy")  # of protocols that watch the test set beside
TRACES = ("k0_1", "k1_1", "k0_2", "k1_2")
CEILINGS = (
    *("dataset", "protocol", "seed", "penalty", "train_accuracy", "test_accuracy", "test_f1"),
    *("train_loss", "test_loss", "iterations", "converged"),
)
DRIFT = (
    *("dataset", "arm", "seed", "software", "epochs", "best_epoch"),
    *("train_loss", "train_accuracy", "test_loss", "test_accuracy", "test_f1"),
)
ROWS = (*CELL, "row", "seeds_tested", "seeds_correct")

# The arms that are compared: seeded `fit` on arrays in the software of the paper's day and in
# today's, of which drift.csv has the runs; and this suite's own trials.
OLD, ARRAYS, SUITE = "old", "arrays", "suite"

TEXTS = frozenset((*CELL, "trainer", "status", "reason", "penalty", "arm", "software"))
TRUTHS = frozenset(("constant", "converged"))
INTEGERS = frozenset(
    ("seed", "epochs", "best_epoch", "epoch", "collapse_flips", "iterations", *ROWS[3:])
)

COMPLETE = frozenset(("seed", "epoch", *ROWS[3:]))  # integers that no row lacks


def is_integer(column: str) -> bool:
    """Return whether a column holds whole numbers, where it holds any."""
    return column in INTEGERS or column.startswith("parameters")


def columns(names: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """Return the columns of ``trials.csv`` and of ``histories.csv.gz``.

    Columns beyond the fixed ones follow them, sorted: learned scalars, then others. The reason
    comes last.

    Args:
        names: What the trials hold, as ``Store.names`` returns it.
    """
    learned, traced = names["coefficients"], names["history"]
    others = names["scores"] | names["parameters"]
    further = [*sorted(learned.difference(TRIALS)), *sorted(others.difference(TRIALS))]
    watched = [column for column in WATCHED if column in traced]
    known = [*CURVES, *watched, *TRACES]
    histories = [*KEY, "epoch", *known, *sorted(traced.difference(known))]
    return [*TRIALS, *further, "reason"], histories


def trial_fields(trial: Trial) -> dict[str, Any]:
    """Return a trial's fields of ``trials.csv`` by column; those without a value are left out."""
    fields: dict[str, Any] = {
        **trial.key._asdict(),
        "trainer": trial.trainer,
        "status": trial.status,
        "constant": trial.constant,
        **trial.scores,
        **trial.parameters,
        **trial.coefficients,
        "reason": " ".join(trial.reason.split()),  # one line a trial
    }
    if trial.epochs:  # a trial that failed before its first epoch has no epoch 0
        fields["epochs"] = trial.epochs
    if trial.best_epoch:
        fields["best_epoch"] = trial.best_epoch
    if "collapse_flips" in fields:
        fields["collapse_flips"] = int(fields["collapse_flips"])  # a count among the scores
    return fields


def ceiling_fields(ceiling: Ceiling) -> dict[str, Any]:
    """Return the fields of ``ceilings.csv`` by column."""
    return {**ceiling.key._asdict(), **{name: vars(ceiling)[name] for name in CEILINGS[4:]}}


def history_lines(trial: Trial, header: Sequence[str]) -> str:
    """Return a trial's lines of ``histories.csv.gz``, six digits a number.

    Empty: does not apply. ``nan`` and ``inf``: the loss had left the finite numbers.

    One format a line is three times as fast as ``csv``, and most of what is exported is this.
    """
    key = io.StringIO()
    csv.writer(key, lineterminator="").writerow(trial.key)
    fields = [",%.6g" if column in trial.history else "," for column in header[len(KEY) + 1 :]]
    line = f"{key.getvalue().replace('%', '%%')},%d{''.join(fields)}\n"
    curves = [trial.history[column] for column in header if column in trial.history]
    epochs = range(1, len(curves[0]) + 1) if curves else ()
    return "".join(map(line.__mod__, zip(epochs, *curves, strict=True)))


def row_counts(outcomes: Sequence[np.ndarray]) -> Iterator[tuple[int, int, int]]:
    """Yield row, how many seeds tested it and how many got it right; untested rows are left out.

    Args:
        outcomes: One array a seed as in ``Trial.outcomes``, each of shape (rows,).
    """
    if not outcomes:
        return
    stacked = np.stack(outcomes)
    tested, correct = (stacked >= 0).sum(axis=0), (stacked == 1).sum(axis=0)
    rows = np.flatnonzero(tested)
    yield from zip(rows.tolist(), tested[rows].tolist(), correct[rows].tolist(), strict=True)
