"""Turn trials into rows of the exported tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench import csv_columns
from bench.records import TrialKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.records import Trial
    from bench.study import Cell

# The arms that are compared: seeded `fit` on arrays in the software of the paper's day and in
# today's, of which drift.csv has the runs; and this suite's own trials.
OLD, ARRAYS, SUITE = "old", "arrays", "suite"
NO_COUNTS = np.zeros((2, 1), np.int64)  # of no trial yet, and of any number of rows


def headers(found: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """Return the columns of ``trials.csv`` and of ``histories.csv.gz``.

    Columns beyond the fixed ones follow them, sorted: learned scalars, then others. The reason
    comes last.

    Args:
        found: What the trials hold, as ``Store.names`` returns it.
    """
    learned, traced = found["coefficients"], found["history"]
    others = found["scores"] | found["parameters"]
    *fixed, last = csv_columns.names(csv_columns.TRIAL)
    further = [*sorted(learned.difference(fixed)), *sorted(others.difference(fixed))]
    known = csv_columns.names(csv_columns.HISTORY)
    histories = [one.name for one in csv_columns.HISTORY if not one.optional or one.name in traced]
    return [*fixed, *further, last], [*histories, *sorted(traced.difference(known))]


def trial_fields(trial: Trial) -> dict[str, Any]:
    """Return a trial's fields of ``trials.csv`` by column; those without a value are left out."""
    fields: dict[str, Any] = {}
    for column in csv_columns.TRIAL:
        if column.kind in ("key", "fact"):
            value = getattr(trial.key if column.name in TrialKey._fields else trial, column.name)
            if value or not column.gaps:  # 0 epochs are none, no rate is none
                fields[column.name] = value
    if trial.reason:
        fields["reason"] = " ".join(trial.reason.split())  # one line a trial
    for name, value in {**trial.scores, **trial.parameters, **trial.coefficients}.items():
        whole = csv_columns.of(name).type == "integer"  # scores are all floats
        fields[name] = int(value) if whole else value
    return fields


def tuning_fields(trial: Trial, tuned: str) -> dict[str, Any]:
    """Return a tuning trial's fields of ``tuning.csv.gz``.

    Args:
        trial: The trial.
        tuned: The protocol whose learning rates it chooses.
    """
    fields = trial_fields(trial) | {"protocol": tuned}
    return {name: fields[name] for name in csv_columns.names(csv_columns.TUNING) if name in fields}


def history_lines(trial: Trial, header: Sequence[str]) -> str:
    """Return a trial's lines of ``histories.csv.gz``, six digits a number.

    Empty: does not apply. ``nan`` and ``inf``: the loss had left the finite numbers.

    One format a line is three times as fast as ``csv``, and most of what is exported is this.
    """
    # Names have no sign that a table has.
    key = ",".join(map(str, trial.key[: len(csv_columns.KEY)]))
    curves_of = header[len(csv_columns.KEY) + 1 :]
    fields = [",%.6g" if column in trial.history else "," for column in curves_of]
    line = f"{key},%d{''.join(fields)}\n"
    curves = [trial.history[column] for column in header if column in trial.history]
    epochs = range(1, len(curves[0]) + 1) if curves else ()
    return "".join(map(line.__mod__, zip(epochs, *curves, strict=True)))


def vector_rows(trial: Trial) -> list[tuple[Any, ...]]:
    """Return a trial's rows of ``vectors.csv.gz``, six digits a number."""
    key = trial.key[: len(csv_columns.KEY)]
    return [
        (*key, name, place, f"{value:.6g}")
        for name, values in trial.vectors.items()
        for place, value in enumerate(values)
    ]


def counts(outcomes: np.ndarray) -> np.ndarray:
    """Return of each row of a data set whether a trial tested it and was right, shape (2, rows)."""
    return np.array([outcomes >= 0, outcomes == 1], np.int64)


def row_lines(cell: Cell, counted: np.ndarray) -> Iterator[tuple[Any, ...]]:
    """Yield rows of ``rows.csv.gz`` from a sum of ``counts``; untested rows are left out."""
    rows = np.flatnonzero(counted[0])
    for numbers in zip(rows.tolist(), *counted[:, rows].tolist(), strict=True):
        yield (*cell, *numbers)
