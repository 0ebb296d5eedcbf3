"""Turn a trial into a row of the store and back; a digest tells whether the row is intact."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench.records import Trial, TrialKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMED = ("scores", "parameters", "coefficients", "history")  # the record's parts with names
APART = ("key", "status", "outcomes")  # fields of a trial that no record holds


class Row(NamedTuple):
    """One row of the table ``trials``; the fields are its columns, in this order.

    Attributes:
        dataset: Part of the trial's key; so are the next five.
        protocol: See above.
        activation: See above.
        split: See above.
        seed: See above.
        learning_rate: See above.
        fingerprint: ``Study.fingerprint`` of the trial's study.
        status: ``ok``, ``diverged`` or ``failed``.
        record: The trial's other scalars as JSON with sorted keys; floats are exact.
        history: Little-endian float64, shape (columns, epochs); the record names the columns.
        outcomes: The trial's int8 outcomes, compressed by zlib.
        attempts: How often the trial was tried.
        seconds: Wall time that it took, its share of a block's.
        finished: When it was stored, ISO 8601 with time zone.
        digest: ``digest`` of all others.
    """

    dataset: str
    protocol: str
    activation: str
    split: int
    seed: int
    learning_rate: float
    fingerprint: str
    status: str
    record: str
    history: bytes
    outcomes: bytes
    attempts: int
    seconds: float
    finished: str
    digest: str = ""


KEY = Row._fields[:7]  # a trial of a study, under what decides its result


def encode(trial: Trial, fingerprint: str, attempts: int, seconds: float, finished: str) -> Row:
    """Return the row of a trial.

    Raises:
        ValueError: A score or coefficient is not finite, a trial without a number has a score, or
            the columns of the history differ in length.
    """
    if trial.status != "ok" and trial.scores:
        raise ValueError(f"Expected no scores of a {trial.status} trial. Received: {trial.scores}")
    fields = vars(trial) | {"history": list(trial.history)}
    if not trial.vectors:
        del fields["vectors"]
    record = dumped({name: value for name, value in fields.items() if name not in APART})
    dataset, protocol, activation, split, seed, rate = trial.key
    key = dataset, protocol, activation, int(split), int(seed), float(rate)
    history = np.array(list(trial.history.values()), "<f8").tobytes()
    outcomes = zlib.compress(np.asarray(trial.outcomes, np.int8).tobytes())
    row = Row(
        *key, fingerprint, trial.status, record, history, outcomes, attempts, seconds, finished
    )
    return row._replace(digest=digest(row))


def dumped(record: Mapping[str, Any]) -> str:
    """Return a record as JSON; NumPy's numbers as those that they are."""
    compact = (",", ":")
    return json.dumps(
        record, sort_keys=True, separators=compact, allow_nan=False, default=np.generic.tolist
    )


def decode(row: Row) -> Trial:
    """Return the trial of a row whose digest verifies."""
    scalars = json.loads(row.record)
    columns = scalars.pop("history")
    history = (
        np.frombuffer(row.history, "<f8").reshape(len(columns), -1).tolist() if columns else ()
    )
    return Trial(
        key=TrialKey(*row[:6]),
        status=row.status,  # type: ignore[arg-type]  # one of the three, by the digest
        history=dict(zip(columns, map(tuple, history), strict=True)),
        outcomes=np.frombuffer(zlib.decompress(row.outcomes), np.int8),
        **scalars,
    )


def digest(row: Row) -> str:
    """Return the sha256 of everything in a row but its digest, hexadecimal."""
    return digest_of([*row[:9], *row[11:14]], row.history, row.outcomes)


def digest_of(facts: Sequence[object], history: bytes, outcomes: bytes) -> str:
    """Return the sha256 of a row's parts, hexadecimal."""
    # The length tells where the history ends and the outcomes begin.
    head = json.dumps([*facts, len(history)])
    return hashlib.sha256(b"\n".join((head.encode(), history, outcomes))).hexdigest()


def digest_of_text(text: str) -> str:
    """Return the sha256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def verifies(row: Row) -> bool:
    """Return whether a row read from the disk is the one that was written."""
    try:
        return row.digest == digest(row)
    except TypeError:  # a flipped bit changes also the type of a value
        return False
