"""Refuse to replace results of something else: one rule for every command that writes a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cli.provenance import same_study, told
from bench.data import DATASETS
from bench.errors import UserError

if TYPE_CHECKING:
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
    known = facts["data"] if isinstance(facts.get("data"), dict) else {}
    lost = [name for name, digest in known.items() if study.data.get(name) != digest]
    # The suite's own data sets may take turns: they have one store, which keeps the trials of all.
    if lost and not {*known, *study.data} <= {*DATASETS}:
        name = lost[0]
        what = f"another table {name}, or another reading of it" if name in study.data else name
        raise UserError(f"{results} holds the results of {what}. {REMEDY}")


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
