"""``compare``: the same comparison on a table of the user's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bench.cli.running import carry_out, interruptible
from bench.cli.sparing import spare
from bench.cli.terminal import say
from bench.data import table_sha256, tables
from bench.data.tables.files import STANDARD_INPUT
from bench.errors import UserError
from bench.reporting.inline import plain
from bench.study import table_epochs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.data.tables import Reading, Table
    from bench.options import Request

MOST_TOLD = 5  # columns on the terminal; the report has them all


def compare(request: Request, file: str, reading: Reading) -> int:
    """Compare the activations on a table; return the exit code.

    Args:
        request: What was asked for; of its study, what the table tells is still missing.
        file: A file, ``-`` for standard input, or the name of one of scikit-learn's tables.
        reading: How to read a file.
    """
    console = Console(stderr=True)
    return interruptible(console, partial(_compare, request, file, reading, console))


def _compare(request: Request, file: str, reading: Reading, console: Console) -> int:
    (name,) = request.study.datasets
    own = read(file, reading, name)
    facts = own.facts()
    for line in lines(facts):
        say(line, console)
    study = replace(
        request.study,
        data={name: table_sha256(own.dataset)},
        epochs={name: request.study.epochs[name] or table_epochs(len(own.dataset.y))},
        table=facts,
    )
    spare(request.results, study)
    with TemporaryDirectory(prefix="adaact-bench-") as folder:
        path = tables.save(own.dataset, Path(folder))
        request = replace(request, study=study, data_dir=Path(folder))
        return carry_out(request, {name: {path.name: path}}, {}, console)


def read(file: str, reading: Reading, name: str) -> Table:
    """Return the table.

    Raises:
        UserError: It can't be read; or there is no target, or an option too many.
    """
    if file in tables.BUNDLED and not Path(file).is_file():
        if given := reading.given():
            raise UserError(
                f"{given[0]}: {file} is scikit-learn's and needs no such option. Leave it out."
            )
        return tables.bundled(file)
    if file != STANDARD_INPUT and not Path(file).is_file():
        known = ", ".join(tables.BUNDLED)
        raise UserError(f"{file}: there is no such file, nor is it one of scikit-learn's: {known}.")
    if reading.target is None:
        raise UserError("--target: expected the name of the column that holds the classes.")
    return tables.read(file, reading, name)


def lines(table: Mapping[str, Any]) -> list[str]:
    """Return what the terminal shows of a table: the report's lines, and why columns are left out.

    Args:
        table: What provenance.json says of it.
    """
    from bench.reporting.sections.own_table import described  # imports pandas

    left = [column for column in table["columns"] if column["done"].startswith("left out")]
    told = [f"{column['name']!r} is {column['done']}." for column in left[:MOST_TOLD]]
    if len(left) > MOST_TOLD:
        told.append(f"{len(left) - MOST_TOLD} more columns are left out: see the report.")
    return [*map(plain, described(table)), *told]
