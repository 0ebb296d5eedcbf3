"""A store of schema 2 keeps the trials of the paper's protocol, as they were."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bench.store import Store, database
from bench.store.migration import former_digest
from bench.store.rows import encode
from bench.study import PROTOCOL_VERSION
from tests import helpers

FORMER_SQL = """
CREATE TABLE trials (
    dataset TEXT NOT NULL, protocol TEXT NOT NULL, activation TEXT NOT NULL,
    seed INTEGER NOT NULL, fingerprint TEXT NOT NULL, status TEXT NOT NULL, record TEXT NOT NULL,
    history BLOB NOT NULL, outcomes BLOB NOT NULL, attempts INTEGER NOT NULL,
    seconds REAL NOT NULL, finished TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (dataset, protocol, activation, seed, fingerprint)
);
CREATE TABLE study (id INTEGER PRIMARY KEY CHECK (id = 1), asked TEXT NOT NULL,
    digest TEXT NOT NULL);
CREATE TABLE ceilings (dataset TEXT NOT NULL, protocol TEXT NOT NULL, seed INTEGER NOT NULL,
    penalty TEXT NOT NULL, fingerprint TEXT NOT NULL, record TEXT NOT NULL, digest TEXT NOT NULL);
PRAGMA application_id = 1097097571;
PRAGMA user_version = 2;
"""
LATER = ("models", "splits", "seeds_per_split", "sources", "hidden", "table")


@pytest.fixture
def former(small_study):
    """The small study as it was asked for under schema 2, under two protocols."""
    versions = {"keras": "3.15.0", "protocols": "2"}
    return replace(small_study, protocols=("paper", "held-out"), versions=versions)


def former_row(trial, fingerprint):
    """A trial as schema 2 has it."""
    row = encode(trial, fingerprint, attempts=2, seconds=1.5, finished="2026-01-01")
    scalars = json.loads(row.record)
    del scalars["test_rows"], scalars["other_rows"]
    row = row._replace(record=json.dumps(scalars, sort_keys=True))
    fields = row._replace(digest=former_digest(row))._asdict()
    return tuple(fields[name] for name in fields if name not in ("split", "learning_rate"))


@pytest.fixture
def old(tmp_path, former):
    """A store of schema 2 with all trials of that study."""
    path = tmp_path / "trials.sqlite"
    fields = json.loads(former.to_json())
    asked = json.dumps({name: fields[name] for name in fields if name not in LATER})
    rows = [
        former_row(helpers.trial(key), former.fingerprint(key.dataset))
        for key in former.keys()  # noqa: SIM118
        if key.split == 0
    ]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FORMER_SQL)
        connection.executemany(f"INSERT INTO trials VALUES ({', '.join('?' * 13)})", rows)
        digest = hashlib.sha256(asked.encode()).hexdigest()
        connection.execute("INSERT INTO study VALUES (1, ?, ?)", (asked, digest))
        connection.commit()
    return path


@pytest.fixture
def today(former):
    """The same study, asked for today, of the paper's protocol."""
    versions = {**former.versions, "protocols": str(PROTOCOL_VERSION)}
    return replace(former, versions=versions, protocols=("paper",))


def test_the_papers_trials_are_kept_and_the_others_are_named(old, today, contents):
    with Store(old) as store:
        (note,) = store.notes
        assert helpers.missing(store, today) == []
        keys = sorted(today.keys())
        assert contents(store.trials(today)) == contents(map(helpers.trial, keys))
        assert {(effort.attempts, effort.seconds) for effort in store.effort(today)} == {(2, 1.5)}
        assert store.looks() == []
        last = store.last_study()
        assert (last.protocols, last.cells()) == (("paper",), today.cells())
        assert [trial.key for trial in store.trials(last)] == keys
    assert note.startswith(f"{old}: 4 trials of an earlier version had one seed")
    assert "\n" not in note
    with Store(old) as store:
        assert store.notes == []
    with closing(sqlite3.connect(old)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert {name for (name,) in tables} == {"trials", "study", "looks"}
        assert connection.execute("PRAGMA user_version").fetchone() == (database.SCHEMA,)


def test_a_damaged_row_is_missing_and_counted(old, today):
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE trials SET seconds = 9 WHERE protocol = 'paper' AND seed = 3")
        connection.commit()
    with Store(old) as store:
        assert "; 4 trials do not match their digest" in store.notes[0]
        assert {key.seed for key in helpers.missing(store, today)} == {3}


def test_a_migration_that_fails_changes_nothing(old, today, monkeypatch):
    def fall(*_):
        raise sqlite3.OperationalError("no such table: nowhere")

    with monkeypatch.context() as patch:
        patch.setattr(database.migration, "move", fall)
        with pytest.raises(sqlite3.OperationalError):
            Store(old)
    with Store(old) as store:
        assert helpers.missing(store, today) == []
