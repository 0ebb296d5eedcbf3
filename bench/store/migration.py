"""Bring the trials of an older store up to date.

Before schema 3 a trial had neither a split nor a learning rate, and a held-out trial's seed was its
split, too. Those trials had other random numbers than today's. Trials of the paper's protocol have
the same ones and are kept.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.records import LEARNING_RATE
from bench.store.rows import Row, digest, digest_of, digest_of_text, dumped
from bench.study import PROTOCOL_VERSION, Study

if TYPE_CHECKING:
    import sqlite3

KEPT = "paper"  # the protocol whose random numbers are as they were
FORMER_VERSION = "2"  # of the protocols


# A row of schemas 1 and 2 as one of today; its digest is that of the former fields.
_FORMER = f"""
SELECT dataset, protocol, activation, 0, seed, {LEARNING_RATE}, fingerprint, status, record,
    history, outcomes, attempts, seconds, finished, digest
FROM former NOT INDEXED"""  # noqa: S608 (a number of ours)


def move(connection: sqlite3.Connection, insert: str) -> str:
    """Move the trials of the table ``former`` to ``trials``, and the study to today's form.

    To be called within a transaction.

    Args:
        connection: Of the store.
        insert: The statement that adds a row.

    Returns:
        How many trials are dropped, and why, in one line; empty where none is.
    """
    prints = _move_study(connection)
    others = damaged = 0
    for row in map(Row._make, connection.execute(_FORMER)):
        if row.protocol != KEPT:
            others += 1
        elif row.digest != former_digest(row):
            damaged += 1
        else:
            connection.execute(insert, _moved(row, prints))
    told = {
        "trials of an earlier version had one seed for split and training; they are dropped and "
        "trained anew": others,
        "trials do not match their digest and count as missing": damaged,
    }
    return "; ".join(f"{number:,} {what}" for what, number in told.items() if number)


def _moved(row: Row, prints: dict[str, str]) -> Row:
    scalars = json.loads(row.record)
    outcomes = np.frombuffer(zlib.decompress(row.outcomes), np.int8)
    scalars["test_rows"] = int(np.count_nonzero(outcomes >= 0))
    scalars["other_rows"] = len(outcomes) - scalars["test_rows"]
    made = row._replace(
        record=dumped(scalars), fingerprint=prints.get(row.fingerprint, row.fingerprint)
    )
    return made._replace(digest=digest(made))


def _move_study(connection: sqlite3.Connection) -> dict[str, str]:
    """Bring the study last asked for up to date; return today's fingerprint by the former one."""
    row = connection.execute("SELECT asked, digest FROM study").fetchone()
    connection.execute("DELETE FROM study")
    if row is None or row[1] != digest_of_text(str(row[0])):
        return {}
    fields: dict[str, Any] = {"sources": {}, "hidden": [], **json.loads(row[0])}
    none: dict[str, list[int]] = {name: [] for name in fields["datasets"]}
    added = {"models": [], "splits": none, "seeds_per_split": none}
    former = Study.from_json(json.dumps(fields | added))
    if former.versions.get("protocols") != FORMER_VERSION or KEPT not in former.protocols:
        return {}
    versions = {**former.versions, "protocols": str(PROTOCOL_VERSION)}
    study = replace(former, versions=versions, protocols=(KEPT,))
    asked = study.to_json()
    connection.execute("INSERT INTO study VALUES (1, ?, ?)", (asked, digest_of_text(asked)))
    return {
        former.fingerprint(dataset, activation): study.fingerprint(dataset, activation)
        for dataset in study.datasets
        for activation in study.activations
    }


def former_digest(row: Row) -> str:
    """Return the sha256 of a former row: today's has split and learning rate beside."""
    return digest_of([*row[:3], row.seed, *row[6:9], *row[11:14]], row.history, row.outcomes)
