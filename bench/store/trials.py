"""The store as the rest of the suite sees it: what is missing, what is new, what is there."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from bench.records import Trial, TrialKey
from bench.store.database import INSERT_TRIAL, mend, open_database
from bench.store.faults import explained
from bench.store.regressions import Ceilings
from bench.store.rows import NAMED, Row, decode, encode
from bench.study import Study

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

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
    status: str
    attempts: int
    seconds: float
    finished: str


class Store:
    """The trials of one results folder, in one SQLite file that nobody else can open meanwhile.

    A trial is done once it is committed. ``ok`` and ``diverged`` are final; a ``failed`` trial is
    kept with its reason until another attempt replaces it.

    Args:
        path: The file; made, with its folder, where it is missing.

    Attributes:
        path: The file.
        ceilings: The logistic regressions that the trials are held against.
        damaged: One line a row that no longer matched its digest when the store was opened. Those
            rows were dropped, so their trials are missing.

    Raises:
        UserError: The file cannot be used: locked, damaged, newer, read-only, not a store, ...;
            every method raises it too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with explained(path):
            self._connection = open_database(path)
            try:
                dropped = mend(self._connection)
                self.ceilings = Ceilings(self._connection, path)
                self._connection.text_factory = str  # faster, and what is left is sound
            except BaseException:
                self._connection.close()
                raise
        self.damaged = [
            f"{path}: the row of {row.dataset!a}, {row.protocol!a}, {row.activation!a}, seed "
            f"{row.seed!a} does not match its digest; the trial counts as missing"
            for row in dropped
        ]

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
                row = encode(
                    trial,
                    fingerprint,
                    attempts=attempts_before + attempts,
                    seconds=seconds_before + seconds / len(trials),
                    finished=finished,
                )
                rows.append(row)
        with explained(self.path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(INSERT_TRIAL, rows)

    def missing(self, study: Study) -> list[TrialKey]:
        """Return the trials of a study that are not done, in the order asked.

        Failed ones are among them: the same command tries them again.
        """
        done = {effort.key for effort in self.effort(study) if effort.status != "failed"}
        asked = study.keys()
        return [key for key in asked if key not in done]

    def trials(self, study: Study) -> Iterator[Trial]:
        """Yield the stored trials of a study, failed ones too, sorted by their key."""
        for _, *row in self._select("*", study):
            yield decode(Row._make(row))

    def names(self, study: Study) -> dict[str, set[str]]:
        """Return the names that any stored trial of a study has, by each of ``rows.NAMED``.

        Reads the trials' records alone: curves and outcomes are most of a store.
        """
        found: dict[str, set[str]] = {part: set() for part in NAMED}
        for _, record in self._select("record", study):
            scalars = json.loads(record)
            for part, names in found.items():
                names.update(scalars[part])
        return found

    def effort(self, study: Study) -> list[Effort]:
        """Return what the stored trials of a study took, sorted by their key."""
        columns = "dataset, protocol, activation, seed, status, attempts, seconds, finished"
        return [Effort(TrialKey(*row[:4]), *row[4:]) for _, *row in self._select(columns, study)]

    def set_study(self, study: Study) -> None:
        """Keep the study asked for, so that ``report`` knows later what it was."""
        asked = study.to_json()
        with explained(self.path):
            self._connection.execute(
                "INSERT OR REPLACE INTO study VALUES (1, ?, ?)", (asked, _sha256(asked))
            )

    def last_study(self) -> Study | None:
        """Return the study last asked for; None if there was none, or its row is damaged."""
        with explained(self.path):
            row = self._connection.execute("SELECT asked, digest FROM study").fetchone()
        return Study.from_json(row[0]) if row and row[1] == _sha256(str(row[0])) else None

    def _select(self, columns: str, study: Study) -> Iterator[tuple]:
        """Yield seed and columns of a study's stored trials, sorted by their key."""
        question = f"SELECT seed, {columns} FROM trials {_OF_CELL} ORDER BY seed"  # noqa: S608 (ours)
        for cell in sorted(study.cells()):
            asked = set(study.seeds[cell.dataset])
            with explained(self.path):
                cursor = self._connection.execute(
                    question, (*cell, study.fingerprint(cell.dataset, cell.activation))
                )
                yield from (row for row in cursor if row[0] in asked)

    def _before(self, key: TrialKey, fingerprint: str) -> tuple[str, int, float]:
        """Return status, attempts and seconds of a stored trial."""
        with explained(self.path):
            cursor = self._connection.execute(
                f"SELECT status, attempts, seconds FROM trials {_OF_CELL} AND seed = ?",  # noqa: S608 (ours)
                (*key[:3], fingerprint, key.seed),
            )
            return cursor.fetchone() or ("missing", 0, 0.0)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
