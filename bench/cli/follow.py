"""Run a command on the results folder that ``run`` with the given options writes to.

``python -m bench.cli.follow RUN-OPTIONS -- COMMAND`` runs ``COMMAND --results FOLDER``. So
``tox -e bench`` can hand the options of ``run`` to the steps that follow it. With ``--also-quick``
among the options, a command that knows ``--quick`` is given that too where ``run`` was.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.cli.commands import results_folder


def follow(arguments: list[str]) -> list[str]:
    """Return the command to be run.

    Args:
        arguments: Options of ``run``, ``--``, and the command.
    """
    end = arguments.index("--")
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--also-quick", action="store_true")
    known, _ = parser.parse_known_args(arguments[:end])
    folder = results_folder(known.results, quick=known.quick)
    quick = ["--quick"] if known.quick and known.also_quick else []
    return [*arguments[end + 1 :], "--results", str(folder), *quick]


if __name__ == "__main__":
    command = follow(sys.argv[1:])
    os.execvp(command[0], command)  # noqa: S606 - the command of tox.ini, without a shell
