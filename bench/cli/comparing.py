"""``compare``: the same comparison on a table of the user's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from bench.cli.running import carry_out, interruptible
from bench.cli.terminal import say
from bench.data import table, table_sha256
from bench.errors import UserError
from bench.study import table_epochs

if TYPE_CHECKING:
    from bench.data.table import Table
    from bench.options import Request


def compare(request: Request, file: str, target: str | None) -> int:
    """Compare the activations on a table; return the exit code.

    Args:
        request: What was asked for; of its study, what the table tells is still missing.
        file: A CSV file, or the name of one of scikit-learn's tables.
        target: The column of the classes; None where the table is scikit-learn's.
    """
    console = Console(stderr=True)
    return interruptible(console, partial(_compare, request, file, target, console))


def _compare(request: Request, file: str, target: str | None, console: Console) -> int:
    (name,) = request.study.datasets
    own = read(file, target, name)
    for note in own.notes:
        say(note, console)
    study = replace(
        request.study,
        data={name: table_sha256(own.dataset)},
        epochs={name: request.study.epochs[name] or table_epochs(len(own.dataset.y))},
        table=facts(own),
    )
    with TemporaryDirectory(prefix="adaact-bench-") as folder:
        path = table.save(own.dataset, Path(folder))
        request = replace(request, study=study, data_dir=Path(folder))
        return carry_out(request, {name: {path.name: path}}, {}, console)


def read(file: str, target: str | None, name: str) -> Table:
    """Return the table.

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
    """Return what the report describes of the table."""
    dataset = own.dataset
    return {
        "name": dataset.name,
        "rows": len(dataset.y),
        "columns": len(dataset.feature_names),
        "classes": dict(zip(dataset.class_names, np.bincount(dataset.y).tolist(), strict=True)),
        "notes": own.notes,
    }
