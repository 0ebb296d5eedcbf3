"""What the processes of a run open, load and connect to, told by Python's own audit hooks."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SMALL = ("--datasets", "iris", "--activations", "adaact,relu", "--splits", "2", "--seeds", "2")
REAL = (*SMALL, "--epochs", "3")
COMMANDS = (
    ("run", *REAL, "--workers", "2"),
    ("run", *REAL, "--workers", "1", "--trainer", "keras"),
    ("report",),
    ("check",),
    ("show", "iris"),
    ("data",),
)

# A stand-in run of two workers: the same commands but for the training.
STAND_IN = """
import sys
from tests.bench.reliability import stand_in_run
stand_in_run.run(sys.argv[1:], {"log": "log"}, draws=True)
"""


@pytest.fixture
def short_folder():
    """A temporary folder with a name that is short enough for a socket in it."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def home(tmp_path, short_folder, environment):
    """Environment variables of a user whose every folder is a new one, and audited."""
    folders = {"HOME": "home", "XDG_CACHE_HOME": "home/.cache"}
    for name in (*folders.values(), "work/log"):
        (tmp_path / name).mkdir(parents=True)
    own = {name: str(tmp_path / folder) for name, folder in folders.items()}
    own["TMPDIR"] = str(short_folder)
    path = os.pathsep.join((str(HERE / "audited"), environment["PYTHONPATH"]))
    log = {"AUDIT_LOG": str(tmp_path / "events"), "PYTHONDONTWRITEBYTECODE": "1"}
    # Coverage would write its own files, and nobody audits those.
    plain = {name: v for name, v in environment.items() if not name.startswith("COVERAGE_")}
    return {**plain, **own, **log, "PYTHONPATH": path}


def audited(home, *program):
    """What a program did, as (kind, what) once each; its end is a good one."""
    log = Path(home["AUDIT_LOG"])
    work = log.parent / "work"
    command = [sys.executable, *program]
    done = subprocess.run(
        command, cwd=work, env=home, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode in (0, 1), done.stderr  # of `data`: it can't be had
    assert "Traceback" not in done.stderr
    return [json.loads(line) for line in dict.fromkeys(log.read_text().splitlines())]


def local(address):
    """Whether an address is this machine's: a file of the operating system, or loopback."""
    return isinstance(address, str) or address[0] in ("127.0.0.1", "::1", "localhost")


def check(home, events):
    tmp_path = Path(home["AUDIT_LOG"]).parent
    allowed = [tmp_path / name for name in ("work/results", "work/log", "home/.cache")]
    allowed.append(Path(home["TMPDIR"]))
    writes = {Path(what) for kind, what in events if kind == "write"}
    assert {path for path in writes if path.is_relative_to(tmp_path / "work/results")}
    astray = [
        path
        for path in writes
        if not any(path.is_relative_to(folder) for folder in allowed)
        and not path.is_relative_to("/dev")
    ]
    assert astray == []
    assert [what for kind, what in events if kind == "socket" and not local(what)] == []
    assert [what for kind, what in events if kind in ("model", "unpickle")] == []
    # What no hook can see, written by C or C++, would still lie there.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events", "home", "work"]
    assert list(Path(home["TMPDIR"]).iterdir()) == []
    assert [path.name for path in (tmp_path / "home").iterdir()] in ([], [".cache"])
    assert {path.name for path in (tmp_path / "work").iterdir()} == {"log", "results"}


@pytest.mark.scorecard(11, "commands audited")
@pytest.mark.parametrize("workers", ["2", pytest.param("1", marks=pytest.mark.slow)])
def test_a_stand_in_run_touches_nothing_but_results_and_cache(home, workers):
    check(home, audited(home, "-c", STAND_IN, "run", *SMALL, "--workers", workers))


@pytest.mark.slow
@pytest.mark.scorecard(11, "commands audited")
def test_real_commands_touch_nothing_but_results_and_cache(home, record_property):
    for command in COMMANDS:
        check(home, audited(home, "-m", "bench", *command))
    record_property("tried", len(COMMANDS))


def test_the_hook_sees_what_it_is_there_for(home, tmp_path):
    code = (
        "import pickle, socket, collections; open('stray', 'w').close(); "
        "pickle.loads(pickle.dumps(collections.Counter)); "
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('0.0.0.0', 0)); "
        "open('model.keras', 'a').close(); open('model.keras').close()"
    )
    events = audited(home, "-c", code)
    assert ["write", str(tmp_path / "work" / "stray")] in events
    assert ["unpickle", ["__main__", "collections", "Counter"]] in events
    assert ["socket", ["0.0.0.0", 0]] in events
    assert ["model", "model.keras"] in events
