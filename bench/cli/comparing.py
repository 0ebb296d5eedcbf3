"""``compare``: the same comparison on a table of the user's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.cli.overwriting import spare
from bench.cli.run_study import carry_out
from bench.cli.terminal import say
from bench.data import table_sha256, tables
from bench.data.tables.parsing import STANDARD_INPUT, place
from bench.default_studies import table_epochs
from bench.errors import UserError
from bench.reporting.inline import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.data.tables import Reading, Table
    from bench.options import Request

MOST_TOLD = 5  # columns on the terminal; the report has them all


def compare(request: Request, files: Mapping[str, str], reading: Reading) -> int:
    """Compare the activations on tables; return the exit code.

    Args:
        request: What was asked for; of its study, what the tables tell is still missing.
        files: By name of the table: a file, ``-`` for standard input, or the name of one of
            scikit-learn's tables.
        reading: How to read a file; its target as ``target_of`` takes it.
    """
    study = request.study
    tables_of = {name: read(file, reading, name, files) for name, file in files.items()}
    facts = {name: table.facts() for name, table in tables_of.items()}
    for line in (line for table in facts.values() for line in lines(table)):
        say(line, err=True)
    rows = {name: len(table.dataset.y) for name, table in tables_of.items()}
    study = replace(
        study,
        data={name: table_sha256(table.dataset) for name, table in tables_of.items()},
        epochs={name: study.epochs[name] or table_epochs(rows[name]) for name in files},
        tables=facts,
    )
    spare(request.results, study)
    with TemporaryDirectory(prefix="adaact-bench-") as folder:
        paths = {name: tables.save(one.dataset, Path(folder)) for name, one in tables_of.items()}
        found = {name: {path.name: path} for name, path in paths.items()}
        return carry_out(replace(request, study=study, data_dir=Path(folder), files=found))


def read(file: str, reading: Reading, name: str, files: Mapping[str, str]) -> Table:
    """Return a table.

    Raises:
        UserError: It can't be read; or there is no target, or an option too many.
    """
    if file in tables.BUNDLED and not Path(file).is_file():
        if (given := reading.given()) and set(files.values()) <= set(tables.BUNDLED):
            raise UserError(
                f"{given[0]}: {file} is scikit-learn's and needs no such option. Leave it out."
            )
        found = tables.bundled(file)
        return replace(found, dataset=replace(found.dataset, name=name))
    if file != STANDARD_INPUT and not Path(file).is_file():
        known = ", ".join(tables.BUNDLED)
        raise UserError(f"{file}: there is no such file, nor is it one of scikit-learn's: {known}.")
    target = target_of(file, reading.targets, files)
    if target is None:
        raise UserError(
            f"--target: expected the name of the column that holds the classes of {place(file)}."
        )
    return tables.read(file, replace(reading, target=target), name)


def target_of(file: str, asked: Sequence[str], files: Mapping[str, str]) -> str | None:
    """Return the target of a file.

    Args:
        file: The file.
        asked: For all files, ``class``, or for one, ``b.csv=label``.
        files: By name of the table: its file.

    Raises:
        UserError: Two targets are asked for.
    """
    known = {one: each for each in files.values() for one in (each, Path(each).name)}
    named: dict[str | None, str] = {}
    for text in asked:
        head, sign, column = text.partition("=")
        whose = known[head] if sign and head in known else None
        if whose in named:
            raise UserError(f"--target: expected one target of a file. Received: {text!r} too.")
        named[whose] = column if whose else text
    return named.get(file, named.get(None))


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
