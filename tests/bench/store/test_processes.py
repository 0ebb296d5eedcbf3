"""Several processes and one file: killed in the middle, or two at once."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.records import TrialKey
from bench.store import Store
from tests import helpers

ROOT = Path(__file__).parents[3]


@pytest.fixture
def start(tmp_path):
    """Starts a writer on the file; ends what is left of it afterwards."""
    running = []

    def start():
        store = str(tmp_path / "trials.sqlite")
        command = [sys.executable, "-m", "tests.bench.store.writer", store, "80"]
        pipe = subprocess.PIPE
        running.append(subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def committed(output):
    """The keys that a writer said it committed; a line cut by the kill is left out."""
    lines = [line for line in output.splitlines(keepends=True) if line.endswith("]\n")]
    return [TrialKey(*key) for line in lines for key in json.loads(line)]


@pytest.mark.scorecard(1, "kills of a process that writes the store")
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_killed_at_any_moment_nothing_committed_is_lost_or_trained_twice(
    start, tmp_path, large_study, contents, kills, record_property
):
    rng = random.Random(kills)
    path = tmp_path / "trials.sqlite"
    done = []
    for number in range(kills):
        process = start()
        process.stdout.readline()
        moment = rng.uniform(0, 0.06)
        print(f"kill {number}: {moment:.4f} s, {len(done)} trials done")  # noqa: T201 (on failure)
        time.sleep(moment)
        process.kill()
        # Not communicate(): it passes over what readline() has read ahead.
        said = committed(process.stdout.read())
        with Store(path) as store:
            assert store.notes == []
            assert store._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            stored = list(store.trials(large_study))
        new = {trial.key for trial in stored} - set(done)
        assert set(said) <= new  # what was said to be committed is there, and was not before
        assert len(new) - len(said) in range(4)  # at most one block was committed unsaid
        assert contents(stored) == contents([helpers.trial(trial.key) for trial in stored])
        done += new
        if len(done) == len(large_study.keys()):
            path.unlink()
            done = []
    rest = start().communicate()
    with Store(path) as store:
        assert helpers.missing(store, large_study) == []
    assert len(committed(rest[0])) == len(large_study.keys()) - len(done)
    record_property("tried", kills)


@pytest.mark.scorecard(5, "pairs of processes that write one store")
@pytest.mark.parametrize("repeats", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_of_two_at_once_none_loses_or_doubles_a_trial(
    start, tmp_path, large_study, contents, repeats, record_property
):
    path = tmp_path / "trials.sqlite"
    expected = contents([helpers.trial(key) for key in sorted(large_study.keys())])
    for _ in range(repeats):
        pair = [start(), start()]
        answers = [process.communicate() for process in pair]
        said = [key for output, _ in answers for key in committed(output)]
        assert len(said) == len(set(said))
        for process, (_, complaint) in zip(pair, answers, strict=True):
            assert process.returncode in (0, 1)
            if process.returncode:
                assert complaint.startswith(f"{path} is in use by another run")
                assert complaint.count("\n") == 1
        with Store(path) as store:
            assert contents(store.trials(large_study)) == expected
        path.unlink()
    record_property("tried", repeats)
