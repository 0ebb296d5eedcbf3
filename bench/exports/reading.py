"""Read the files of a results folder as data frames and records, and check them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench import csv_columns
from bench.errors import UserError
from bench.escapes import visible
from bench.exports import cross_checks, json_records
from bench.exports.files import FileError
from bench.exports.table_schema import RUN, UNREADABLE, Table, empty, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bench.exports.json_records import Provenance, Record, Replay, Timing

REPLAY = "tox -e replay"
TIMING = "pytest bench/ --benchmark-only"

TRIALS = Table((*csv_columns.TRIAL, *csv_columns.FURTHER), further=True)
HISTORIES = Table(csv_columns.HISTORY, further=True, diverging=True)
ROWS = Table(csv_columns.ROW)
TUNING = Table(csv_columns.TUNING, (*csv_columns.KEY, "learning_rate"))
LOOKS = Table(csv_columns.LOOK, ("look", "dataset", "reference"))
# Complete in every column.
SEEDS = Table(csv_columns.REPLAY_SEED, command=REPLAY, gaps=False)
DRIFT = Table(csv_columns.DRIFT, command="tox -e drift", gaps=False)
VECTORS = Table(csv_columns.VECTOR, gaps=False)


@dataclass(frozen=True, eq=False)
class Results:
    """What the exported files of a results folder hold.

    Attributes:
        trials: ``trials.csv`` or ``trials.csv.gz``: one row a trial.
        histories: ``histories.csv.gz``, by data set and protocol: one row a trial and epoch.
        rows: ``rows.csv.gz``: one row a cell and test row.
        tuning: ``tuning.csv.gz``: one row a tuning trial; none where no protocol is tuned.
        provenance: ``provenance.json``.
        vectors: ``vectors.csv.gz``: one row a number of a trial's fold or learned shape; none where
            there is no file.
        timing: ``timing.json``, pytest-benchmark's own; None where there is none.
        replay: ``replay.json``: the paper's own runs again, and their software; None where there
            is none.
        replay_seeds: ``replay_seeds.csv``: one row a seed beside the paper's own, in the old
            TensorFlow; none where there is no file.
        drift: ``drift.csv``: one row a run in old or today's software; none where there is no file.
        looks: ``looks.csv``: one row a look and comparison; none where there is no file, as after
            one ordinary run.
    """

    trials: pd.DataFrame
    histories: Mapping[tuple[str, str], pd.DataFrame]
    rows: pd.DataFrame
    tuning: pd.DataFrame
    provenance: Provenance
    timing: Timing | None
    replay: Replay | None
    replay_seeds: pd.DataFrame
    drift: pd.DataFrame
    looks: pd.DataFrame
    vectors: pd.DataFrame


def load(results_dir: Path) -> Results:
    """Read the exported files of a results folder.

    Columns have the types that ``schema.read`` gives; the names of the histories are categories.

    Raises:
        UserError: A file is missing or is not what the command that writes it would have written.
    """
    provenance = _record(results_dir / "provenance.json", json_records.Provenance, RUN)
    study = provenance["study"]
    timing, replay = results_dir / "timing.json", results_dir / "replay.json"
    tuning = empty(TUNING)
    if cross_checks.tuned(study["protocols"]):
        path = results_dir / "tuning.csv.gz"
        tuning = _table(path, TUNING, cross_checks.check_tuning, study)
    path = _trials_path(results_dir)
    trials = _table(path, TRIALS, cross_checks.check_trials, tuning, provenance)
    path = results_dir / "histories.csv.gz"
    histories = _table(path, HISTORIES, cross_checks.check_histories, trials)
    return Results(
        trials=trials,
        histories=_by_panel(histories, trials),
        rows=_table(results_dir / "rows.csv.gz", ROWS, cross_checks.check_rows, trials),
        tuning=tuning,
        provenance=provenance,
        timing=_record(timing, json_records.Timing, TIMING) if timing.exists() else None,
        replay=_record(replay, json_records.Replay, REPLAY) if replay.exists() else None,
        replay_seeds=_further(results_dir / "replay_seeds.csv", SEEDS, cross_checks.check_curves),
        drift=_further(results_dir / "drift.csv", DRIFT),
        looks=_further(results_dir / "looks.csv", LOOKS, cross_checks.check_looks),
        vectors=_further(results_dir / "vectors.csv.gz", VECTORS),
    )


def _record(path: Path, kind: type[Record], command: str) -> Record:
    with _explained(path, command):
        return json_records.read(path, kind)


def _table(
    path: Path, table: Table, check: Callable[..., None] | None = None, *others: object
) -> pd.DataFrame:
    """Read a table and check it against others."""
    with _explained(path, table.command):
        frame = read(path, table)
        if check:
            check(frame, *others)
    return frame


def _further(
    path: Path, table: Table, check: Callable[[pd.DataFrame], None] | None = None
) -> pd.DataFrame:
    """Read a table that a folder need not have; then it is empty."""
    return _table(path, table, check) if path.exists() else empty(table)


def _trials_path(results_dir: Path) -> Path:
    path, packed = results_dir / "trials.csv", results_dir / "trials.csv.gz"
    if packed.exists() and path.exists():
        raise UserError(f"{path} and {packed.name} are both there. Delete the older one.")
    return packed if packed.exists() else path


def _by_panel(histories: pd.DataFrame, trials: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Return histories by data set and protocol, names as categories: those of the trials."""
    named = {
        name: pd.Categorical(histories[name], trials[name].unique()) for name in csv_columns.CELL
    }
    panels = histories.assign(**named).groupby(["dataset", "protocol"], sort=False)
    return {(str(d), str(p)): panel.reset_index(drop=True) for (d, p), panel in panels}


@contextmanager
def _explained(path: Path, command: str) -> Iterator[None]:
    """Say what is wrong with a file in one line, with the command that writes it."""
    try:
        with np.errstate(invalid="raise"):  # a number that no integer holds; else a warning
            yield
    except FileError as fault:
        raise UserError(f"{path}, {fault}. `{command}` writes the file again.") from fault
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing. `{command}` writes it.") from error
    except UNREADABLE as error:
        reason = " ".join(visible(str(error)).split())
        raise UserError(
            f"{path} cannot be read ({reason}). Put it back, or let `{command}` write it."
        ) from error
