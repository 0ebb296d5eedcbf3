"""``compare``: the same comparison on a table of somebody's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from bench.cli.running import Request, carry_out, interruptible
from bench.data import DATASETS, table, table_sha256
from bench.errors import UserError
from bench.study import table_study

if TYPE_CHECKING:
    from bench.data.table import Table


@dataclass(frozen=True)
class Asked:
    """What ``compare`` was asked for.

    Attributes:
        file: A CSV file, or the name of one of scikit-learn's tables.
        target: The column of the classes; None where the table is scikit-learn's.
        results: Where results go; None: ``results/compare-NAME``.
        workers: As ``Request``; so are ``stall_timeout`` and ``scheduler``.
        stall_timeout: See above.
        scheduler: See above.
        options: The further arguments of ``table_study``, as typed.
    """

    file: str
    target: str | None
    results: Path | None
    workers: int | None
    stall_timeout: float | None
    scheduler: str | None
    options: dict[str, Any]


def compare(asked: Asked) -> int:
    """Compares the activations on a table; returns the exit code."""
    console = Console(stderr=True)
    return interruptible(console, partial(_compare, asked, console))


def _compare(asked: Asked, console: Console) -> int:
    name = table_name(asked.file)
    # Before the table is read: a slip in an option is answered at once.
    table_study(name, "", **asked.options)
    own = read(asked.file, asked.target, name)
    for note in own.notes:
        console.print(note, markup=False, soft_wrap=True)
    study = table_study(name, table_sha256(own.dataset), facts=facts(own), **asked.options)
    results = asked.results or Path("results") / f"compare-{name}"
    with TemporaryDirectory(prefix="adaact-bench-") as folder:
        path = table.save(own.dataset, Path(folder))
        request = Request(
            study, results, Path(folder), asked.workers, asked.stall_timeout, asked.scheduler, False
        )
        return carry_out(request, study, {name: {path.name: path}}, {}, console)


def table_name(file: str) -> str:
    """The name of a table: its file's, in characters that file names may have anywhere."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(file).stem).strip("-") or "table"
    return f"{name}-table" if name in DATASETS else name


def read(file: str, target: str | None, name: str) -> Table:
    """The table.

    Raises:
        UserError: It can't be read; or there is no target, or one too many.
    """
    if file in table.BUNDLED and not Path(file).exists():
        if target is not None:
            raise UserError(f"--target: {file} is scikit-learn's and has its own. Leave it out.")
        return table.bundled(file)
    if not Path(file).is_file():
        known = ", ".join(table.BUNDLED)
        raise UserError(f"{file}: there is no such file, nor is it one of scikit-learn's: {known}.")
    if target is None:
        raise UserError("--target: expected the name of the column that holds the classes.")
    return table.read_csv(Path(file), target, name)


def facts(own: Table) -> dict[str, Any]:
    """What the report says of the table."""
    dataset = own.dataset
    return {
        "name": dataset.name,
        "rows": len(dataset.y),
        "columns": len(dataset.feature_names),
        "classes": dict(zip(dataset.class_names, np.bincount(dataset.y).tolist(), strict=True)),
        "notes": own.notes,
    }
