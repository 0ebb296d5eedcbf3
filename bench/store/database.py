"""Open the SQLite file, check it, and bring an older one up to date."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, get_type_hints

from bench.errors import UserError
from bench.store import migration
from bench.store.rows import KEY, Row, verifies
from bench.store.sqlite_errors import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION = 0x41646163  # "Adac" in the file's header tells our files from other programs'
SCHEMA = 3  # raise it with every change of the tables, and add a step to `migration`
WAIT_SECONDS = 1.0  # for a run that is just ending; any other is in use

_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bytes: "BLOB"}
_COLUMNS = [f"{name} {_TYPES[kind]} NOT NULL" for name, kind in get_type_hints(Row).items()]
_KEY = f"PRIMARY KEY ({', '.join(KEY)})"
CREATE_TRIALS = f"CREATE TABLE trials ({', '.join([*_COLUMNS, _KEY])})"
CREATE_STUDY = """
CREATE TABLE study (id INTEGER PRIMARY KEY CHECK (id = 1), asked TEXT NOT NULL,
    digest TEXT NOT NULL)"""
CREATE_LOOKS = """
CREATE TABLE looks (look INTEGER NOT NULL, asked TEXT NOT NULL, finished TEXT NOT NULL,
    level REAL NOT NULL, record TEXT NOT NULL, digest TEXT NOT NULL)"""
_HOLES = ", ".join("?" * len(Row._fields))
INSERT_TRIAL = f"INSERT OR REPLACE INTO trials VALUES ({_HOLES})"  # noqa: S608 (question marks)


def open_database(path: Path) -> tuple[sqlite3.Connection, str]:
    """Open a store, making a new one where there is none, and keep everybody else out.

    The lock is SQLite's own, held until the connection is closed or its process is gone.

    Returns:
        The connection, and what a migration lost, in one line; empty where it lost nothing.

    Raises:
        UserError: The file is another program's, of a newer schema, or damaged in its structure.
        sqlite3.Error: It cannot be opened, locked, read or written.
        OSError: Its folder cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_fifo():
        raise UserError(
            f"{path} is a link or a pipe. Name the folder of the store itself with --results."
        )
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        # A damaged text must reach the digest's check instead of ending the reading.
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        # A commit of each trial stays cheap and outlives the process; a power failure may cost the
        # last ones, which count as missing then.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN EXCLUSIVE")  # takes the lock, which the mode keeps from now on
        connection.execute("COMMIT")
        _check_structure(connection, path)
        lost = _bring_up_to_date(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection, lost


def mend(connection: sqlite3.Connection) -> list[Row]:
    """Move the rows that verify to a new table where some do not, or the index is out of step.

    Returns:
        The rows left out.
    """
    damaged = [row for row in _scan(connection, "trials") if not verifies(row)]
    if not damaged and _answer(connection, "PRAGMA integrity_check(1)") == "ok":
        return []
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ALTER TABLE trials RENAME TO damaged")
        connection.execute(CREATE_TRIALS)
        rows = (row for row in _scan(connection, "damaged") if verifies(row))
        connection.executemany(INSERT_TRIAL, rows)
        connection.execute("DROP TABLE damaged")
    return damaged


def _scan(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    # The index may be what is damaged.
    cursor = connection.execute(f"SELECT * FROM {table} NOT INDEXED")  # noqa: S608 (no user's word)
    return map(Row._make, cursor)


def _answer(connection: sqlite3.Connection, question: str) -> str | int:
    return connection.execute(question).fetchone()[0]


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> str:
    """Return what a migration lost, in one line; empty where it lost nothing."""
    schema = int(_answer(connection, "PRAGMA user_version"))
    application = _answer(connection, "PRAGMA application_id")
    empty = _answer(connection, "SELECT count(*) FROM sqlite_master") == 0
    if empty and (schema, application) == (0, 0):
        with _change(connection):
            for statement in (CREATE_TRIALS, CREATE_STUDY, CREATE_LOOKS):
                connection.execute(statement)
        return ""
    if application != APPLICATION:
        raise UserError(
            f"{path} belongs to another program. Move it away, or name another folder with "
            "--results."
        )
    if schema > SCHEMA:
        raise UserError(
            f"{path} was written by a newer version (schema {schema}; this one reads up to "
            f"{SCHEMA}). Upgrade adaact-bench, or name another folder with --results."
        )
    if empty or not 1 <= schema <= SCHEMA:
        raise UserError(f"{path} {DAMAGED.format(f'schema {schema} in its header')}.")
    if schema == SCHEMA:
        return ""
    with _change(connection):
        for statement in (CREATE_LOOKS, "ALTER TABLE trials RENAME TO former", CREATE_TRIALS):
            connection.execute(statement)
        dropped = migration.move(connection, INSERT_TRIAL)
        connection.execute("DROP TABLE former")
        connection.execute("DROP TABLE IF EXISTS ceilings")
    return dropped and f"{path}: {dropped}"


@contextmanager
def _change(connection: sqlite3.Connection) -> Iterator[None]:
    """Change the tables all at once: a process killed here leaves them as they were."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _check_structure(connection: sqlite3.Connection, path: Path) -> None:
    problem = _answer(connection, "PRAGMA quick_check(1)")
    if problem != "ok":
        raise UserError(f"{path} {DAMAGED.format(' '.join(str(problem).split()))}.")
    question = "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')"
    if _answer(connection, question):
        raise UserError(f"{path} {DAMAGED.format('it has a trigger or view, and ours has none')}.")
