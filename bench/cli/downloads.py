"""Locating the data sets, with a bar for what has to be downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from bench import data


def locate_all(
    data_dir: Path | None, names: Iterable[str] = tuple(data.DATASETS)
) -> tuple[dict[str, dict[str, Path]], dict[str, str]]:
    """Finds or fetches the files of data sets.

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
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        tasks: dict[str, int] = {}

        def tell(name: str, done: int, total: int) -> None:
            task = tasks.setdefault(name, progress.add_task(name) if name not in tasks else 0)
            progress.update(task, completed=done, total=total or None)

        for name in names:
            try:
                found[name] = data.locate(name, data_dir, progress=tell)
            except data.DataMissing as error:
                missing[name] = str(error)
    return found, missing
