"""The logistic regressions in the store: each fitted once, kept beside the trials."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from baselines.classical import TOLERANCE
from bench.data import budget
from bench.records import Ceiling, CeilingKey
from bench.store.faults import explained
from bench.training.regressions import keys

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

    from bench.study import Study

DECISIVE = ("protocols", "scikit-learn")  # versions that decide a fit
INSERT_ONCE = """
INSERT INTO ceilings SELECT ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (
    SELECT 1 FROM ceilings
    WHERE dataset = ? AND protocol = ? AND seed = ? AND penalty = ? AND fingerprint = ?
)"""


class Ceilings:
    """The table ``ceilings`` of an open store.

    Rows that do not match their digest are dropped without a word: fitting anew is cheap.

    Args:
        connection: Of the store.
        path: Its file, for messages.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        rows = connection.execute("SELECT rowid, * FROM ceilings").fetchall()
        damaged = [(rowid,) for rowid, *row, digest in rows if digest != _digest(row)]
        connection.executemany("DELETE FROM ceilings WHERE rowid = ?", damaged)

    def missing(self, study: Study) -> list[CeilingKey]:
        """Return the fits that a study is held against and that are not stored, as asked."""
        done = {ceiling.key for ceiling in self.of(study)}
        return [key for key in _asked(study) if key not in done]

    def add(self, ceiling: Ceiling, study: Study) -> None:
        """Commit a fit; one that is there already stays as it is.

        Raises:
            ValueError: A number in it is not finite.
        """
        scalars = {name: value for name, value in vars(ceiling).items() if name != "key"}
        record = json.dumps(scalars, sort_keys=True, allow_nan=False)
        row = (*ceiling.key, _fingerprint(study, ceiling.key.dataset), record)
        with explained(self._path):
            self._connection.execute(INSERT_ONCE, (*row, _digest(row), *row[:5]))

    def of(self, study: Study) -> list[Ceiling]:
        """Return the stored fits of a study, sorted by their key."""
        prints = {dataset: _fingerprint(study, dataset) for dataset in study.datasets}
        with explained(self._path):
            rows = self._connection.execute("SELECT * FROM ceilings").fetchall()
        stored = {
            CeilingKey(*key): json.loads(record)
            for *key, fingerprint, record, _ in rows
            if prints.get(key[0]) == fingerprint
        }
        return [Ceiling(key, **stored[key]) for key in sorted(_asked(study)) if key in stored]


def _asked(study: Study) -> list[CeilingKey]:
    return [
        key
        for dataset in study.datasets
        for protocol in study.protocols
        for key in keys(dataset, protocol, study.seeds[dataset])
    ]


def _fingerprint(study: Study, dataset: str) -> str:
    """Return 16 hex digits of a hash over what decides a fit, beside its key."""
    basis = {
        "data": study.data[dataset],
        "iterations": budget(dataset).iterations,
        "tolerance": TOLERANCE,
        "versions": {name: study.versions.get(name) for name in DECISIVE},
    }
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:16]


def _digest(row: Iterable[str | int | bytes]) -> str:
    """Return the sha256 of everything in a row but its digest."""
    return hashlib.sha256(repr(list(row)).encode()).hexdigest()
