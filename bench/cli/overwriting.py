"""Refuse to replace results of something else: one rule for every command that writes a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cli.provenance import same_study, told
from bench.data import DATASETS
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.study import Study

STORE = "trials.sqlite"
REMEDY = "Name another folder with --results."


def spare(results: Path, study: Study) -> None:
    """Refuse a folder that holds results of other data, or of another study without its store.

    Raises:
        UserError: It does; nothing could bring back what a run would write over.
    """
    path = results / "provenance.json"
    facts = told(path)
    if path.exists() and not (results / STORE).exists() and not same_study(facts, study):
        raise UserError(
            f"{results} holds the results of another study and not their store: a run would write "
            f"over them for good. {REMEDY}"
        )
    known = facts.get("data")
    spare_data(results, known if isinstance(known, dict) else {}, study.data)


def spare_others(results: Path, source: str) -> None:
    """Refuse a folder that holds anything but the report of ``judge`` on the same file.

    Args:
        results: The folder.
        source: What tells that file from others.

    Raises:
        UserError: It does.
    """
    known = told(results / "provenance.json").get("judge")
    same = isinstance(known, dict) and known.get("source") == source
    if results.exists() and not same and (not results.is_dir() or any(results.iterdir())):
        raise UserError(f"{results} holds something else than the report on this file. {REMEDY}")


def spare_data(results: Path, known: Mapping[str, str], asked: Mapping[str, str]) -> None:
    """Refuse a folder whose data are not among those asked for.

    The suite's own data sets may take turns: they have one store, which keeps the trials of all.

    Args:
        results: The folder.
        known: By name: the hash of the data whose results it holds.
        asked: By name: the hash of the data whose results it is to hold.

    Raises:
        UserError: It holds the results of a table, and other results are to replace them.
    """
    lost = [name for name, digest in known.items() if asked.get(name) != digest]
    if lost and not {*known, *asked} <= {*DATASETS}:
        name = lost[0]
        what = f"another table {name}, or another reading of it" if name in asked else name
        raise UserError(f"{results} holds the results of {what}. {REMEDY}")
