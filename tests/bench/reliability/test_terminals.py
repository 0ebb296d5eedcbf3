"""Terminals, services and systems that are not ours: the work is done, and exit codes are true."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from bench.errors import UserError
from bench.store.sqlite_errors import explained
from tests.helpers import few

STREAMS = [
    {"err": "closed"},
    {"err": "pipe"},
    {"err": "full"},
    {"out": "closed", "err": "closed"},
    {"out": "pipe", "err": "pipe"},
    {"out": "full", "err": "full"},
]
SHOWING = (("check",), ("report",), ("report", "--stdout"), ("--help",))
CODES = {"closed": 0, "pipe": 141, "full": 2}
ENCODINGS = ("latin-1", "cp437", "cp1252", "koi8-r")
EVERY = "terminals and systems"


def stored(folder):
    with closing(sqlite3.connect(folder / "results" / "trials.sqlite")) as connection:
        return dict(connection.execute("SELECT status, count(*) FROM trials GROUP BY 1"))


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("workers", few((1, 2), [1]))
@pytest.mark.parametrize("streams", few(STREAMS, STREAMS[:3]))
def test_a_run_that_nobody_hears_is_done_and_stored(
    starter, whole, results, tmp_path, streams, workers
):
    ended = starter.run(tmp_path, *whole.command, "--workers", workers, surroundings=streams)
    assert stored(tmp_path) == {"ok": whole.trials}
    assert results(tmp_path / "results") == whole.files
    assert ended.code == (141 if streams["err"] == "pipe" else 0)


@pytest.fixture(scope="module")
def done(starter, whole, tmp_path_factory):
    """A folder with results and without their store."""
    folder = tmp_path_factory.mktemp("done")
    assert starter.run(folder, *whole.command, "--workers", 1).code == 0
    (folder / "results" / "trials.sqlite").unlink()
    return folder


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("out", CODES)
@pytest.mark.parametrize("command", few(SHOWING, SHOWING[:1]))
def test_what_is_shown_to_nobody_has_an_exit_code_of_its_own(starter, done, command, out):
    ended = starter.run(done, *command, surroundings={"out": out})
    assert ended.code == CODES[out]
    told = "adaact-bench: standard output: No space left on device.\n"
    assert ended.err == (told if out == "full" else "")


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("encoding", few(ENCODINGS, ENCODINGS[:2]))
@pytest.mark.parametrize("command", few(SHOWING[:3:2], SHOWING[:1]))
def test_a_code_page_shows_what_it_has(starter, done, encoding, command):
    ended = starter.run(done, *command, surroundings={"encoding": encoding})
    assert (ended.code, ended.err) == (0, "")
    shown = (done / "out").read_bytes().decode(encoding)
    assert "undecided" in shown
    assert (r"\u201c" in shown) == (encoding != "cp1252")  # which alone has curly quotation marks


ODD = [
    {"COLUMNS": "0"},
    {"TERM": "dumb"},
    {"HOME": "/dev/null/none", "XDG_CACHE_HOME": "/dev/null/none"},
    {"NO_COLOR": "1", "FORCE_COLOR": "1"},
]


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("environ", few(ODD, ODD[:1]))
def test_odd_variables_change_nothing(starter, whole, results, tmp_path, environ):
    surroundings = {"environ": environ}
    ended = starter.run(tmp_path, *whole.command, "--workers", 1, surroundings=surroundings)
    assert ended.code == 0, ended.err
    assert results(tmp_path / "results") == whole.files


SYSTEMS = {
    "no folder for temporary files": ({"lacks": ["folder"]}, "$TMPDIR"),
    "no forkserver": ({"lacks": ["forkserver"]}, "--workers 1"),
    "too long a name for a socket": ({"environ": {"TMPDIR": "t" * 120}}, "$TMPDIR"),
}


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("lack", SYSTEMS)
def test_what_a_system_lacks_is_one_line_with_the_remedy(starter, whole, tmp_path, lack):
    surroundings, remedy = SYSTEMS[lack]
    (tmp_path / ("t" * 120)).mkdir()
    ended = starter.run(tmp_path, *whole.command, "--workers", 2, surroundings=surroundings)
    (_, line) = ended.err.splitlines()  # the first one says how many there are to train
    assert (ended.code, remedy in line) == (2, True), line
    assert starter.run(tmp_path, *whole.command, "--workers", 1).code == 0


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("mebibytes", few((4, 16, 32), [4]))
def test_too_little_memory_is_one_line_with_the_remedy(starter, tmp_path, mebibytes):
    rows = (f"{n},{n % 7}.5,{n % 11},{'ab'[n % 2]}\n" for n in range(200_000))
    (tmp_path / "own.csv").write_text(f"a,b,c,class\n{''.join(rows)}")
    command = ("compare", "own.csv", "--target", "class", "--workers", 1)
    ended = starter.run(tmp_path, *command, memory=mebibytes << 20)
    assert ended.code == 2
    assert "memory" in ended.err.splitlines()[-1]
    assert "Error" not in ended.err


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize(
    "code", ["PROTOCOL", "NOLFS", "IOERR_LOCK", "IOERR_SHMLOCK", "IOERR_SHMMAP", "PERM"]
)
def test_locks_that_a_network_disk_lacks_are_told(tmp_path, code):
    error = sqlite3.OperationalError("locking protocol")
    error.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}")
    told = pytest.raises(UserError, match="local disk" if code != "PERM" else "Allow")
    with told, explained(tmp_path / "trials.sqlite"):
        raise error


NAME = "a" * 300


@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize(
    "command",
    [
        ("report", "--results", NAME),
        ("run", "--results", NAME, "--datasets", "iris", "--workers", "1"),
        ("check", "--claims", NAME),
        ("compare", f"{NAME}.csv", "--target", "y"),
        ("data", "--data-dir", NAME),
        ("show", "iris", "--results", NAME),
    ],
    ids=lambda command: command[0],
)
def test_a_name_of_300_letters_is_one_line(starter, done, command):
    ended = starter.run(done, *command)
    assert (ended.code, ended.err.count("\n")) == (2, 1), ended.err
    assert NAME in ended.err


@pytest.mark.scorecard(13, EVERY)
def test_a_table_from_a_closed_input_is_one_line(environment, tmp_path):
    command = f"{sys.executable} -m bench compare - --target y <&-"
    line = [shutil.which("bash"), "-c", command]
    ended = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1)
    assert b"standard input: " in ended.stderr


@pytest.mark.slow
@pytest.mark.scorecard(13, EVERY)
@pytest.mark.parametrize("redirected", ["2>&-", "2>&1 | head -1", "> /dev/full 2>&1"])
def test_a_real_run_is_done_whatever_the_shell_does_with_its_words(
    environment, tmp_path, redirected
):
    sizes = "--datasets iris --protocols paper --activations relu --seeds 2 --epochs 2"
    command = (
        f"{sys.executable} -m bench run {sizes} --workers 1 {redirected}; exit ${{PIPESTATUS[0]}}"
    )
    bash = shutil.which("bash")
    ended = subprocess.run([bash, "-c", command], cwd=tmp_path, env=environment, check=False)
    assert ended.returncode == (141 if "|" in redirected else 0)
    assert stored(tmp_path) == {"ok": 2 + 4}
    assert (tmp_path / "results" / "report.md").exists()
