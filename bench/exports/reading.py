"""From the files to data frames."""

from __future__ import annotations

import json
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench import columns
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from bench.columns import Column

ROWS_AT_ONCE = 500_000  # some 50 MB
TYPES = {"text": "str", "truth": "bool", "integer": "Int64", "number": "float64"}
RUN = "adaact-bench run"  # the command that writes the exported files


@dataclass(frozen=True, eq=False)
class Results:
    """What the exported files of a results folder hold.

    Attributes:
        trials: ``trials.csv``: one row a trial.
        histories: ``histories.csv.gz``, by data set and protocol: one row a trial and epoch.
        rows: ``rows.csv.gz``: one row a cell and test row.
        provenance: ``provenance.json``.
        timing: ``timing.json``, pytest-benchmark's own; None where there is none.
        replay: ``replay.json``: the paper's own runs again, and their software; None where there
            is none.
        drift: ``drift.csv``: one row a run in old or today's software; none where there is no file.
    """

    trials: pd.DataFrame
    histories: Mapping[tuple[str, str], pd.DataFrame]
    rows: pd.DataFrame
    provenance: dict[str, Any]
    timing: dict[str, Any] | None
    replay: dict[str, Any] | None
    drift: pd.DataFrame


def load(results_dir: Path) -> Results:
    """Read the exported files of a results folder.

    Text columns are str, those of the histories categories (those that the trials have), never
    missing; ``constant`` is bool; whole numbers are int64, or Int64 where some
    are missing; all others are float64.

    Raises:
        UserError: A file is missing or is not what ``export`` wrote.
    """
    trials = _table(results_dir / "trials.csv", columns.TRIAL)
    return Results(
        trials=trials,
        histories=_histories(results_dir / "histories.csv.gz", trials),
        rows=_table(results_dir / "rows.csv.gz", columns.ROW),
        provenance=_object(results_dir / "provenance.json", RUN),
        timing=_object_if_there(results_dir / "timing.json", "pytest bench/ --benchmark-only"),
        replay=_object_if_there(results_dir / "replay.json", "tox -e replay"),
        drift=_table_if_there(results_dir / "drift.csv", columns.DRIFT, "tox -e drift"),
    )


def _table(path: Path, expected: Iterable[Column], command: str = RUN) -> pd.DataFrame:
    import pandas as pd

    with _explained(path, command):
        frame = pd.concat(_parts(path, expected))
    integers = frame.select_dtypes("Int64").columns
    complete = [column for column in integers if not frame[column].hasnans]
    return frame.astype(dict.fromkeys(complete, "int64"))


def _histories(path: Path, trials: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Read the one long table in parts, so that memory holds it once and not twice."""
    import pandas as pd

    names = {column: trials[column].unique() for column in columns.CELL}
    parts: dict[tuple[str, str], list[pd.DataFrame]] = {}
    with _explained(path, RUN):
        for part in _parts(path, columns.HISTORY, dict.fromkeys(columns.CELL, "category")):
            for column, known in names.items():  # else each part has categories of its own
                part[column] = part[column].cat.set_categories(known)
            for (dataset, protocol), rows in part.groupby(["dataset", "protocol"], sort=False):
                parts.setdefault((str(dataset), str(protocol)), []).append(rows)
    return {cell: pd.concat(parts.pop(cell), ignore_index=True) for cell in list(parts)}


def _parts(
    path: Path, expected: Iterable[Column], known: Mapping[str, Any] | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table, so many at a time; ``known`` are types of columns."""
    import pandas as pd

    header = list(pd.read_csv(path, nrows=0).columns)
    absent = [name for name in columns.names(expected, optional=False) if name not in header]
    if absent:
        raise ValueError(f"no column {absent[0]}")
    types = {name: _type(columns.of(name)) for name in header}
    types.update(known or {})
    # An empty text is a text, and a reason that reads "nan" is one too.
    numbers = [column for column, kind in types.items() if kind in ("float64", "Int64")]
    missing = {column: ["", "nan"] for column in numbers}
    with pd.read_csv(
        path, dtype=types, na_values=missing, keep_default_na=False, chunksize=ROWS_AT_ONCE
    ) as reader:
        yield from reader


@contextmanager
def _explained(path: Path, command: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(path, error, command) from error


def _table_if_there(path: Path, expected: Iterable[Column], command: str = RUN) -> pd.DataFrame:
    import pandas as pd

    if path.exists():
        return _table(path, expected, command)
    return pd.DataFrame({one.name: pd.Series(dtype=_type(one)) for one in expected})


def _type(column: Column) -> Any:  # pandas' own type for a name of a type is a long union
    return "int64" if column.type == "integer" and not column.gaps else TYPES[column.type]


def _object(path: Path, command: str) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, command) from error


def _object_if_there(path: Path, command: str) -> dict[str, Any] | None:
    return _object(path, command) if path.exists() else None


def _unreadable(path: Path, error: Exception, command: str) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(f"{path} is missing. `{command}` writes it.")
    reason = " ".join(str(error).split())
    return UserError(f"{path} cannot be read ({reason}). Put it back, or let `{command}` write it.")
