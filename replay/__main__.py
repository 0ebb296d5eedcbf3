"""``python -m replay``: train the paper's three runs again and compare them with its figures.

With Iris, it trains the neighbouring seeds too. ``--drift`` trains further seeds instead, in the
old software and in today's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench.analysis.replays import REPRODUCED, compare, judge
from bench.data import locate
from bench.errors import UserError
from bench.options import parse_names
from bench.published import load_published
from bench.reporting.markdown import markdown
from bench.reporting.output import write_text
from bench.reporting.sections.replay import outcomes, replay_table, software
from replay import old_software, seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

ENVIRONMENT = Path(".tox/replay/old")  # where `tox -r` clears it away


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; a line says what the user can mend.

    0: replayed; 1: not; 2: something for the user to mend; 3: of that, no old Python.
    """
    asked = _parser().parse_args(arguments)
    try:
        datasets = parse_names(asked.datasets, list(load_published()), "--datasets")
        python = old_software.prepare(asked.environment)
        with TemporaryDirectory() as scratch:
            data_dir = _gather(datasets, asked.data_dir, Path(scratch))
            if asked.drift:
                seeds.drift(python, datasets, data_dir, asked.results / "drift.csv")
                return 0
            return _replay(asked, datasets, python, data_dir)
    except UserError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 3 if isinstance(error, old_software.NoPythonError) else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("replay", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--datasets", default="banknote,mnist,iris", help="names, with commas")
    parser.add_argument("--seed", type=int, help="another seed than the notebook's")
    parser.add_argument("--initializer", help="another Keras initializer than the paper's")
    parser.add_argument("--drift", action="store_true", help="further seeds, old and new software")
    parser.add_argument("--results", type=Path, default="results", help="folder of the results")
    parser.add_argument("--data-dir", type=Path, help="folder of the data files")
    parser.add_argument("--environment", type=Path, default=ENVIRONMENT, help=argparse.SUPPRESS)
    return parser


def _gather(datasets: Sequence[str], data_dir: Path | None, folder: Path) -> Path:
    """Puts the checked data files into one folder, for a script that looks into no other."""
    for dataset in datasets:
        for path in locate(dataset, data_dir).values():
            shutil.copy(path, folder)
    return folder


def _replay(
    asked: argparse.Namespace, datasets: Sequence[str], python: Path, data_dir: Path
) -> int:
    options = [] if asked.seed is None else ["--seeds", str(asked.seed)]
    options += ["--initializer", asked.initializer] if asked.initializer else []
    made = [
        old_software.train(python, data_dir / "runs.json", dataset, data_dir, *options)
        for dataset in datasets
    ]
    replay = {"software": made[0]["software"], "runs": [run for one in made for run in one["runs"]]}
    code = _tell(replay)
    # A trial run of something else must not pass for the paper's own.
    if options:
        return code
    if set(datasets) == set(load_published()):
        write_text(asked.results / "replay.json", json.dumps(replay, indent=1) + "\n")
    if seeds.NEIGHBOURED in datasets:
        seeds.neighbours(python, data_dir, asked.results / "replay_seeds.csv")
    return code


def _tell(replay: dict[str, Any]) -> int:
    """Prints published beside replayed; returns 1 if a run was not replayed."""
    comparison = compare(replay["runs"], load_published())
    lines = [f"In {software(replay['software'])}:", "", markdown(replay_table(comparison)), ""]
    lines += outcomes(comparison)
    print("\n".join(lines))
    return int((judge(comparison)["verdict"] != REPRODUCED).any())


if __name__ == "__main__":
    sys.exit(main())
