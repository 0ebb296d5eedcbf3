"""Keep trials, the study asked for, and the looks at which verdicts were read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.errors import UserError
from bench.records import Done, Trial, TrialKey
from bench.store.database import INSERT_TRIAL, mend, open_database
from bench.store.rows import NAMED, Row, decode, digest_of_text, encode
from bench.store.sqlite_errors import DAMAGED, explained
from bench.study import Study
from bench.training.protocols import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bench.rate_choice import Choice
    from bench.records import Status
    from bench.study import Cell

_PLACE = "split, seed, learning_rate"  # as in `TrialKey.place`
_KEY = f"dataset, protocol, activation, {_PLACE}"
_OF_CELL = "WHERE dataset = ? AND protocol = ? AND activation = ? AND fingerprint = ?"


class Effort(NamedTuple):
    """What a trial took, which no metric depends on.

    Attributes:
        key: The trial.
        status: ``ok``, ``diverged`` or ``failed``.
        attempts: How often it was tried.
        seconds: Wall time, its share of the block that it was trained in.
        finished: When it was stored, ISO 8601 with time zone.
    """

    key: TrialKey
    status: Status
    attempts: int
    seconds: float
    finished: str


class Look(NamedTuple):
    """A size of the study at which verdicts were read.

    Attributes:
        look: Its number, from 1.
        study: The study as asked for then.
        finished: When, ISO 8601 with time zone.
        level: Level spent on all looks up to this one.
        record: What was read, as JSON holds it.
    """

    look: int
    study: Study
    finished: str
    level: float
    record: Mapping[str, Any]


class Store:
    """The trials of one results folder, in one SQLite file that nobody else can open meanwhile.

    A trial is done once it is committed. ``ok`` and ``diverged`` are final; a ``failed`` trial is
    kept with its reason until another attempt replaces it.

    Args:
        path: The file; made, with its folder, where it is missing.

    Attributes:
        path: The file.
        notes: What was dropped when the store was opened, so that its trials are missing: one line
            a row that no longer matched its digest, and one of a migration.

    Raises:
        UserError: The file cannot be used: locked, damaged, newer, read-only, not a store, ...;
            every method raises it too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with explained(path):
            self._connection, lost = open_database(path)
            try:
                dropped = mend(self._connection)
                self._connection.text_factory = str  # faster, and what is left is sound
            except BaseException:
                self._connection.close()
                raise
        self.notes = [f"{lost}."] if lost else []
        self.notes += [
            f"{path}: the row of {row.dataset!a}, {row.protocol!a}, {row.activation!a}, split "
            f"{row.split!a}, seed {row.seed!a} does not match its digest; the trial counts as "
            "missing"
            for row in dropped
        ]

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back; also done at the end of a ``with`` block."""
        with explained(self.path):
            self._connection.close()

    def add(
        self, trials: Sequence[Trial], fingerprint: str, *, seconds: float, attempts: int = 1
    ) -> None:
        """Commit trials: all of them, or none if this process dies.

        A final trial that is there already stays as it is. Of a failed one the attempts and
        seconds add up.

        Args:
            trials: The trials.
            fingerprint: ``Study.fingerprint`` of their data set and activation.
            seconds: Wall time that they took together.
            attempts: How often each was tried.

        Raises:
            ValueError: A trial holds a number that is none; see ``rows.encode``.
        """
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        rows = []
        for trial in trials:
            status, attempts_before, seconds_before = self._before(trial.key, fingerprint)
            if status in ("missing", "failed"):
                tries, taken = attempts_before + attempts, seconds_before + seconds / len(trials)
                rows.append(encode(trial, fingerprint, tries, taken, finished))
        with explained(self.path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(INSERT_TRIAL, rows)

    def done(self, study: Study) -> dict[TrialKey, Done]:
        """Return a study's stored trials but for the failed ones, as ``plan`` takes them.

        The same command tries those again.
        """
        tried = self._tuning(study)
        efforts = self.effort(study)
        done = {effort.key: tried.get(effort.key, Done(effort.status)) for effort in efforts}
        return {key: one for key, one in done.items() if one.status != "failed"}

    def chosen(self, study: Study) -> dict[Choice, float]:
        """Return the learning rates that a study's stored tuning trials choose."""
        return study.chosen(self._tuning(study))

    def _tuning(self, study: Study) -> dict[TrialKey, Done]:
        """Return a study's stored tuning trials."""
        columns = f"{_KEY}, status, record"
        return {
            TrialKey(*row[:6]): Done.of(row[6], json.loads(row[7])["scores"])
            for cell in study.cells()
            if PROTOCOLS[cell.protocol].tunes_for
            for row in self._of_cell(columns, study, cell, study.places(cell))
        }

    def trials(self, study: Study) -> Iterator[Trial]:
        """Yield the stored trials of a study, failed ones too, sorted by their key."""
        for row in self._select("*", study):
            yield decode(Row._make(row))

    def names(self, study: Study) -> dict[str, set[str]]:
        """Return the names that any stored trial of a study has, by each of ``rows.NAMED``.

        Reads the trials' records alone: curves and outcomes are most of a store.
        """
        found: dict[str, set[str]] = {part: set() for part in NAMED}
        for (record,) in self._select("record", study):
            scalars = json.loads(record)
            for part, names in found.items():
                names.update(scalars[part])
        return found

    def effort(self, study: Study) -> list[Effort]:
        """Return what the stored trials of a study took, sorted by their key."""
        columns = f"{_KEY}, status, attempts, seconds, finished"
        return [Effort(TrialKey(*row[:6]), *row[6:]) for row in self._select(columns, study)]

    def set_study(self, study: Study) -> None:
        """Keep the study asked for, so that ``report`` knows later what it was."""
        asked = study.to_json()
        with explained(self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO study VALUES (1, ?, ?)", (asked, digest_of_text(asked))
            )

    def last_study(self) -> Study | None:
        """Return the study last asked for; None if there was none, or its row is damaged."""
        with explained(self.path):
            row = self._connection.execute("SELECT asked, digest FROM study").fetchone()
        return Study.from_json(row[0]) if row and row[1] == digest_of_text(str(row[0])) else None

    def add_look(self, look: Look) -> None:
        """Commit a look."""
        row = (
            look.look,
            look.study.to_json(),
            look.finished,
            look.level,
            json.dumps(look.record, sort_keys=True, allow_nan=False),
        )
        with explained(self.path):
            self._connection.execute(
                "INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?)", (*row, _digest(row))
            )

    def looks(self) -> list[Look]:
        """Return the looks in the order in which they were added.

        Raises:
            UserError: One does not match its digest: how much level is spent is then unknown.
        """
        with explained(self.path):
            rows = self._connection.execute("SELECT * FROM looks ORDER BY rowid").fetchall()
        if any(digest != _digest(row) for *row, digest in rows):
            raise UserError(f"{self.path} {DAMAGED.format('a look does not match its digest')}.")
        return [
            Look(look, Study.from_json(asked), finished, level, json.loads(record))
            for look, asked, finished, level, record, _ in rows
        ]

    def _select(self, columns: str, study: Study) -> Iterator[tuple]:
        """Yield columns of a study's stored trials, sorted by their key."""
        chosen = self.chosen(study)
        for cell in sorted(study.cells()):
            yield from self._of_cell(columns, study, cell, study.places(cell, chosen))

    def _of_cell(
        self, columns: str, study: Study, cell: Cell, places: Sequence[tuple[int, int, float]]
    ) -> Iterator[tuple]:
        """Yield columns of the stored trials of a cell's places, sorted by place."""
        question = f"SELECT {_PLACE}, {columns} FROM trials {_OF_CELL} ORDER BY {_PLACE}"  # noqa: S608 (ours)
        asked = set(places)
        with explained(self.path):
            cursor = self._connection.execute(
                question, (*cell, study.fingerprint(cell.dataset, cell.activation))
            )
            yield from (row[3:] for row in cursor if row[:3] in asked)

    def _before(self, key: TrialKey, fingerprint: str) -> tuple[str, int, float]:
        """Return status, attempts and seconds of a stored trial."""
        with explained(self.path):
            cursor = self._connection.execute(
                f"SELECT status, attempts, seconds FROM trials {_OF_CELL} "  # noqa: S608 (ours)
                "AND split = ? AND seed = ? AND learning_rate = ?",
                (*key[:3], fingerprint, *key.place),
            )
            return cursor.fetchone() or ("missing", 0, 0.0)


def _digest(row: Sequence[object]) -> str:
    """Return the sha256 of everything in a row of ``looks`` but its digest."""
    return digest_of_text(json.dumps(list(row)))
