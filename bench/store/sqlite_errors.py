"""What SQLite reports, said in one line that names the file and the remedy."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAMAGED = "is damaged ({}). Put a copy back, or remove it and run again"

_UNLOCKABLE = (
    "cannot be locked ({}), as on a network disk. Name a folder of a local disk with --results"
)
_LOCKS = (
    *("LOCK", "UNLOCK", "RDLOCK", "CHECKRESERVEDLOCK", "BLOCKED", "SHMLOCK", "SHMMAP", "SHMOPEN"),
)
_EXTENDED = {getattr(sqlite3, f"SQLITE_IOERR_{name}"): _UNLOCKABLE for name in _LOCKS}
_MESSAGES = {
    sqlite3.SQLITE_FULL: "cannot grow ({}). Free some disk space; the same command then goes on",
    sqlite3.SQLITE_READONLY: "cannot be written ({}). Allow writing to it, or name another folder "
    "with --results",
    sqlite3.SQLITE_BUSY: "is in use by another run or program ({}). Wait for it to end, or name "
    "another folder with --results",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened ({}). Look whether its folder can be written to and "
    "no folder lies in its place, or name another one with --results",
    sqlite3.SQLITE_NOTADB: "is no trial store ({}). Move it away, or name another folder with "
    "--results",
    sqlite3.SQLITE_IOERR: "cannot be read or written ({}). Look at the disk, or name another "
    "folder with --results",
    sqlite3.SQLITE_PROTOCOL: _UNLOCKABLE,
    sqlite3.SQLITE_NOLFS: _UNLOCKABLE,
    sqlite3.SQLITE_PERM: "cannot be opened ({}). Allow reading and writing it",
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_ERROR: DAMAGED,  # the statements are ours and right, so a table is not
    sqlite3.SQLITE_SCHEMA: DAMAGED,
    sqlite3.SQLITE_CONSTRAINT: DAMAGED,
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an error of SQLite or of the file system into a ``UserError``.

    An error in how this suite uses SQLite, which carries no code of SQLite's, is passed on.
    """
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the error; the rest tells its kinds apart.
        code = getattr(error, "sqlite_errorcode", -1)
        message = _EXTENDED.get(code, _MESSAGES.get(code & 0xFF))
        if message is None:
            raise
        raise UserError(f"{path} {message.format(error)}.") from error
    except OSError as error:
        message = _MESSAGES[sqlite3.SQLITE_CANTOPEN].format(error.strerror)
        raise UserError(f"{path} {message}.") from error
