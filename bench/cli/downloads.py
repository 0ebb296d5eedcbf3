"""Locating the data sets, with a bar for what has to be downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from bench import data

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def locate_all(
    data_dir: Path | None, names: Iterable[str] = tuple(data.DATASETS)
) -> tuple[dict[str, dict[str, Path]], dict[str, str]]:
    """Find or fetch the files of data sets.

    Args:
        data_dir: ``--data-dir``.
        names: Which data sets.

    Returns:
        By data set, where its files are; and by data set why it can't be had, in one line.

    Raises:
        UserError: A file in a folder of the user's is not the one expected.
    """
    found, missing = {}, {}
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name)
            progress.update(tasks[name], completed=done, total=total or None)

        for name in names:
            try:
                found[name] = data.locate(name, data_dir, progress=tell)
            except data.DataMissing as error:
                missing[name] = str(error)
    return found, missing
