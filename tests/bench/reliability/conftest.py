"""The command line many times over: started, killed, started again, held against a whole run."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from bench.records import TrialKey
from tests import helpers

STORE = "trials.sqlite"
SIZES = ("--splits", "2", "--seeds", "2")
CELLS = ("run", "--datasets", "iris", "--protocols", "paper,held-out", *SIZES)  # a block a cell
STUDY = (*CELLS, "--trainer", "keras")  # a block a trial
TUNED = ("run", "--datasets", "iris", "--protocols", "held-out", *SIZES, "--tune")
TUNED = (*TUNED, "--activations", "adaact,relu")


class Command:
    """A command in a process group of its own."""

    def __init__(self, ask, process, folder):
        self._ask, self.process, self.folder = ask, process, folder
        self.ended = False

    def send(self, number, *, group=False):
        """Sends a signal to the command, or to its workers too, as a terminal does."""
        (os.killpg if group else os.kill)(self.process, number)

    def kill(self):
        """SIGKILL for the command and everything that it has started."""
        os.killpg(self.process, signal.SIGKILL)
        return self.wait()

    def wait(self):
        code = self._ask(wait=self.process)
        self.ended = True
        out, err = ((self.folder / name).read_text(errors="replace") for name in ("out", "err"))
        return helpers.Ended(code, out, err)

    def left(self):
        """Processes of the group that are still running; zombies are not."""
        states = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = path.read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue  # it has just ended
            if int(group) == self.process and state not in "ZX":
                states.append(path.parent.name)
        return states


class Starter:
    """The process that commands are forked from."""

    def __init__(self, process):
        self._process, self._commands = process, []

    def _ask(self, **request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(self, folder, *arguments, data=None, memory=0, surroundings=None, **options):
        """Starts a command in a folder; ``options`` are those of the stand-in trainer."""
        (folder / "log").mkdir(parents=True, exist_ok=True)
        process = self._ask(
            folder=str(folder),
            arguments=list(map(str, arguments)),
            options={"log": str(folder / "log"), **options},
            out=str(folder / "out"),
            err=str(folder / "err"),
            data=data and str(data),
            memory=memory,
            surroundings=surroundings or {},
        )
        self._commands.append(Command(self._ask, process, folder))
        return self._commands[-1]

    def run(self, folder, *arguments, **options):
        """Starts a command and waits for its end."""
        return self.start(folder, *arguments, **options).wait()

    @staticmethod
    def attempts(folder):
        """How often each trial was begun in a folder, by its name."""
        return helpers.attempts(folder / "log")

    @staticmethod
    def committed(folder):
        """Names of the trials in a folder's store; read from a copy, as a kill has left it."""
        copy = folder / "copy"
        copy.mkdir()
        for path in (folder / "results").glob(f"{STORE}*"):
            shutil.copy(path, copy)
        try:
            with closing(sqlite3.connect(copy / STORE)) as connection:
                columns = ", ".join(TrialKey._fields)
                rows = connection.execute(f"SELECT {columns} FROM trials")
                return {helpers.log_name(TrialKey(*row)) for row in rows}
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):  # killed before they were made
                raise
            return set()
        finally:
            shutil.rmtree(copy)

    def close(self):
        for command in self._commands:
            if not command.ended:
                command.kill()
        self._process.communicate()


@pytest.fixture(scope="session")
def starter(environment):
    """Starts commands with the stand-in trainer."""
    serve = "from tests.bench.reliability import stand_in_run; stand_in_run.serve()"
    program = [sys.executable, "-c", serve]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        starter = Starter(process)
        yield starter
        starter.close()


class Whole(NamedTuple):
    """A run that nobody interrupted.

    Attributes:
        command: Its arguments, but for ``--workers``.
        trials: How many it stores.
        networks: Names of those that are no model of scikit-learn's.
        files: What its results folder holds, as ``results`` reads it.
        seconds: How long it took, by the clock.
    """

    command: tuple[str, ...]
    trials: int
    networks: set[str]
    files: dict[str, bytes]
    seconds: float


def run_whole(starter, folder, command):
    before = time.monotonic()
    ended = starter.run(folder, *command, "--workers", "1", seconds=0.005)
    seconds = time.monotonic() - before
    assert (ended.code, ended.out) == (0, ""), ended.err
    trials, networks = len(starter.committed(folder)), set(starter.attempts(folder))
    return Whole(command, trials, networks, metrics(folder / "results"), seconds)


@pytest.fixture(scope="session")
def whole(starter, tmp_path_factory):
    """A run that nobody interrupted; each trial is a block."""
    return run_whole(starter, tmp_path_factory.mktemp("whole"), STUDY)


@pytest.fixture(scope="session")
def whole_cells(starter, tmp_path_factory):
    """A run that nobody interrupted; each cell is a block."""
    return run_whole(starter, tmp_path_factory.mktemp("whole"), CELLS)


@pytest.fixture(scope="session")
def whole_tuned(starter, tmp_path_factory):
    """A run that nobody interrupted and that tunes."""
    return run_whole(starter, tmp_path_factory.mktemp("whole"), TUNED)


TUNING = "tables/tuning.csv"


def metrics(folder):
    """What a results folder holds, by name, without what no two runs share: time and provenance."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (STORE, "provenance.json")
    }
    report, _, rest = files["report.md"].partition(b"\n## Provenance")
    report, found = re.subn(rb"\nCompute: .*\n", rb"\n", report)
    assert (bool(rest), found) == (True, 1)
    if TUNING in files:
        effort = rb"Each activation was tuned with: .*?in the time\)"
        report = re.sub(effort, b"", b" ".join(report.split()))  # its length moves the line breaks
        table = pd.read_csv(folder / TUNING).drop(columns="seconds")
        files[TUNING] = table.to_csv().encode()
    return files | {"report.md": report}


@pytest.fixture(scope="session")
def results():
    """Reads a results folder: ``results(folder) -> {name: bytes}``, time and provenance apart."""
    return metrics
