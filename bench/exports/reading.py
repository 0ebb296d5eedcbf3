"""Read the files of a results folder as data frames and records, and check them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import columns
from bench.errors import UserError
from bench.escapes import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from bench.exports.facts import Asked, Provenance, Record, Replay, Timing
    from bench.exports.schema import Table

RUN = "adaact-bench run"  # the command that writes the exported files
REPLAY = "tox -e replay"


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

    Text columns are str, those of the histories categories (those that the trials have), never
    missing; ``constant`` is bool; whole numbers are int64, or Int64 where some are missing; all
    others are float64.

    Raises:
        UserError: A file is missing or is not what the command that writes it would have written.
    """
    from bench.exports import facts

    provenance = _record(results_dir / "provenance.json", facts.Provenance, RUN)
    timing = results_dir / "timing.json"
    replay = results_dir / "replay.json"
    tuning = _tuning(results_dir / "tuning.csv.gz", provenance["study"])
    trials = _trials(results_dir, tuning, provenance)
    return Results(
        trials=trials,
        histories=_histories(results_dir / "histories.csv.gz", trials),
        rows=_rows(results_dir / "rows.csv.gz", trials),
        tuning=tuning,
        provenance=provenance,
        timing=_record(timing, facts.Timing, "pytest bench/ --benchmark-only")
        if timing.exists()
        else None,
        replay=_record(replay, facts.Replay, REPLAY) if replay.exists() else None,
        replay_seeds=_replay_seeds(results_dir / "replay_seeds.csv"),
        drift=_runs(results_dir / "drift.csv", columns.DRIFT, "tox -e drift"),
        looks=_looks(results_dir / "looks.csv"),
        vectors=_runs(results_dir / "vectors.csv.gz", columns.VECTOR, RUN),
    )


def _record(path: Path, kind: type[Record], command: str) -> Record:
    from bench.exports import facts

    with _explained(path, command):
        return facts.read(path, kind)


def _tuning(path: Path, study: Asked) -> pd.DataFrame:
    from bench.exports.keys import check_tuning, tuned
    from bench.exports.schema import Table

    table = Table(columns.TUNING)
    if not tuned(study["protocols"]):
        return _empty(table)
    with _explained(path, RUN):
        tuning = _whole(path, table)
        check_tuning(tuning, study)
    return tuning


def _trials(results_dir: Path, tuning: pd.DataFrame, provenance: Provenance) -> pd.DataFrame:
    from bench.exports.keys import check_rates, check_trials
    from bench.exports.schema import Table

    path, packed = results_dir / "trials.csv", results_dir / "trials.csv.gz"
    if packed.exists() and path.exists():
        raise UserError(f"{path} and {packed.name} are both there. Delete the older one.")
    path = packed if packed.exists() else path
    with _explained(path, RUN):
        trials = _whole(path, Table((*columns.TRIAL, *columns.FURTHER), further=True))
        check_trials(trials, provenance["study"])
        check_rates(trials, tuning, provenance)
    return trials


def _histories(path: Path, trials: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Read the one long table in parts, so that memory holds it once and not twice."""
    import pandas as pd

    from bench.exports.keys import Epochs
    from bench.exports.schema import Table

    parts: dict[tuple[str, str], list[pd.DataFrame]] = {}
    with _explained(path, RUN):
        table, check = Table(columns.HISTORY, further=True, diverging=True), Epochs(trials)
        for part in _in_cells(path, table, trials):
            check.check(part)
            for (dataset, protocol), rows in part.groupby(["dataset", "protocol"], sort=False):
                parts.setdefault((str(dataset), str(protocol)), []).append(rows)
        check.close()
    return {cell: pd.concat(parts.pop(cell), ignore_index=True) for cell in list(parts)}


def _rows(path: Path, trials: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    from bench.exports.keys import Rows
    from bench.exports.schema import Table

    parts = []
    with _explained(path, RUN):
        check = Rows(trials)
        for part in _in_cells(path, Table(columns.ROW), trials):
            check.check(part)
            parts.append(part)
        check.close()
    return pd.concat(parts).astype(dict.fromkeys(columns.CELL, "str"))


def _in_cells(path: Path, table: Table, trials: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield a table in parts, whose names are categories: those of the trials, in all parts."""
    from bench.exports.schema import parts

    for part in parts(path, table, dict.fromkeys(columns.CELL, "category")):
        for name in columns.CELL:
            part[name] = part[name].cat.set_categories(trials[name].unique())
        yield part


def _runs(path: Path, expected: Sequence[columns.Column], command: str) -> pd.DataFrame:
    """Read a small table of runs, complete in every column; empty where there is no file."""
    from bench.exports.keys import check_once
    from bench.exports.schema import Table

    table = Table(expected, gaps=False)
    if not path.exists():
        return _empty(table)
    with _explained(path, command):
        runs = _whole(path, table)
        check_once(runs, [one.name for one in expected if one.kind == "key"])
    return runs


def _replay_seeds(path: Path) -> pd.DataFrame:
    from bench.exports.keys import check_curves

    seeds = _runs(path, columns.REPLAY_SEED, REPLAY)
    with _explained(path, REPLAY):
        check_curves(seeds)
    return seeds


def _looks(path: Path) -> pd.DataFrame:
    from bench.exports.keys import check_looks
    from bench.exports.schema import Table

    table = Table(columns.LOOK)
    if not path.exists():
        return _empty(table)
    with _explained(path, RUN):
        looks = _whole(path, table)
        check_looks(looks)
    return looks


def _empty(table: Table) -> pd.DataFrame:
    import pandas as pd

    types = {one.name: table.type(one.name) for one in table.columns}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _whole(path: Path, table: Table) -> pd.DataFrame:
    """Read a table at once."""
    import pandas as pd

    from bench.exports.schema import parts

    frame = pd.concat(parts(path, table, {}))
    integers = frame.select_dtypes("Int64").columns
    complete = [column for column in integers if not frame[column].hasnans]
    return frame.astype(dict.fromkeys(complete, "int64"))


@contextmanager
def _explained(path: Path, command: str) -> Iterator[None]:
    """Say what is wrong with a file in one line, with the command that writes it."""
    from bench.exports.faults import FileError
    from bench.exports.schema import UNREADABLE

    try:
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
