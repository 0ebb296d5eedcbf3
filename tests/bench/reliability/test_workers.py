"""Workers killed, blocks that crash or hang: every innocent trial is there, and the guilty named.

Workers are local processes, or those of a Dask cluster: its scheduler and two workers on loopback.
"""

import csv
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = [2, pytest.param(20, marks=pytest.mark.slow)]
LOCAL = ("--workers", "2")
INNOCENT = ("adaact", "relu", "sigmoid", "linear")


@pytest.fixture(scope="module")
def scheduler(dask_cluster, tmp_path_factory):
    """The address of a cluster of this module's own."""
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as address:
        yield address


@pytest.fixture
def where(request):
    """Options that say where blocks are trained."""
    if request.param == "local":
        return LOCAL
    return ("--scheduler", request.getfixturevalue("scheduler"))


def both(what, slow=()):
    """Run a test with local workers and with Dask's, counted apart."""
    params = []
    for kind in ("local", "Dask"):
        marks = [pytest.mark.scorecard(6, what.format(kind))]
        params.append(pytest.param(kind, marks=marks + [pytest.mark.slow] * (kind in slow)))
    return pytest.mark.parametrize("where", params, indirect=True)


def command(activations, seeds, where, *more, trainer="keras"):
    """With Keras, a block is a trial; else it is a cell."""
    names = ("--activations", ",".join(activations), "--seeds", str(seeds))
    study = ("run", "--datasets", "iris", "--protocols", "paper", "--trainer", trainer, *names)
    return (*study, *where, *more)


def statuses(folder):
    with (folder / "results" / "trials.csv").open(newline="") as stream:
        return {
            (row["activation"], int(row["seed"])): row["status"]
            for row in csv.DictReader(stream)
            if row["trainer"] != "scikit-learn"
        }


def workers(folder):
    """Process ids of those that have begun a block."""
    texts = [path.read_text() for path in (folder / "log").iterdir()]
    return {int(text.split()[-1]) for text in texts if text.endswith("\n")}


@pytest.mark.scorecard(6, "local workers killed")
@pytest.mark.parametrize("kills", KILLS)
def test_a_worker_killed_at_any_moment_costs_no_trial(starter, tmp_path, kills, record_property):
    rng, hit = random.Random(kills), 0
    for number in range(kills):
        asked = command(INNOCENT, 6, LOCAL, trainer=("many-seeds", "keras")[number % 2])
        folder = tmp_path / str(number)
        started = starter.start(folder, *asked, seconds=0.03)
        while not (found := workers(folder)):
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.3))
        victim = rng.choice(sorted(workers(folder) or found))
        print(f"kill {number}: worker {victim} of {found}")  # noqa: T201 (shown where the test fails)
        os.kill(victim, signal.SIGKILL)
        ended = started.wait()
        assert ended.code == 0, ended.err
        assert set(statuses(folder).values()) == {"ok"}
        assert len(statuses(folder)) == 24
        again = [times for times in starter.attempts(folder).values() if times > 1]
        assert again in ([], [2])  # the one in training: what was handed over stays
        hit += len(again)
    assert hit  # else all were idle
    record_property("tried", kills)


def check_guilty(folder, ended, reason):
    """Everything of tanh has failed for this reason, after three starts; nothing else has."""
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    found = statuses(folder)
    assert {key for key, status in found.items() if status == "failed"} == {
        key for key in found if key[0] == "tanh"
    }
    assert {status for key, status in found.items() if key[0] != "tanh"} == {"ok"}
    report = (folder / "results" / "report.md").read_text()
    guilty = [path for path in (folder / "log").iterdir() if "-tanh-" in path.name]
    for path in guilty:
        assert len(path.read_text().split()) == 3
        seed = path.name.rpartition("-")[2]
        row = rf"^\| Iris +\| paper +\| tanh +\| 0, {seed} +\| failed +\| {reason} +\|$"
        assert re.search(row, report, re.MULTILINE)
    return 3 * len(guilty)


@both("deaths of {} workers by blocks that always crash")
@pytest.mark.parametrize("seeds", [1, pytest.param(7, marks=pytest.mark.slow)])
def test_a_block_that_always_crashes_fails_alone(starter, where, tmp_path, seeds, record_property):
    asked = command((*INNOCENT, "tanh"), seeds, where)
    ended = starter.run(tmp_path, *asked, seconds=0.01, faults={"tanh": "crash"})
    record_property("tried", check_guilty(tmp_path, ended, "a worker died"))


@both("attempts of {} blocks that hang, ended", slow=("Dask",))
@pytest.mark.parametrize("seeds", [1, pytest.param(7, marks=pytest.mark.slow)])
def test_a_block_that_hangs_fails_alone(starter, where, tmp_path, seeds, record_property):
    # Four seconds, also for the start of the workers that follow those killed, on a busy machine.
    asked = command((*INNOCENT, "tanh"), seeds, where, "--stall-timeout", "4")
    ended = starter.run(tmp_path, *asked, seconds=0.01, faults={"tanh": "hang"})
    record_property("tried", check_guilty(tmp_path, ended, "no epoch finished for 4 s"))


@pytest.mark.scorecard(6, "Dask workers killed")
@pytest.mark.parametrize("kills", KILLS)
def test_a_worker_of_a_cluster_killed_at_any_moment_costs_no_trial(
    starter, scheduler, tmp_path, kills, record_property
):
    rng = random.Random(kills)
    asked = command(INNOCENT, 10 * kills, ("--scheduler", scheduler))
    started = starter.start(tmp_path, *asked, seconds=0.1)
    for number in range(kills):
        before = len(starter.attempts(tmp_path))
        while len(starter.attempts(tmp_path)) < before + 4:  # both workers are there again
            time.sleep(0.02)
        alive = [pid for pid in workers(tmp_path) if Path(f"/proc/{pid}").exists()]
        victim = rng.choice(sorted(alive))
        print(f"kill {number}: worker {victim} of {alive}")  # noqa: T201 (shown where the test fails)
        os.kill(victim, signal.SIGKILL)
    ended = started.wait()
    assert ended.code == 0, ended.err
    assert set(statuses(tmp_path).values()) == {"ok"}
    assert len(statuses(tmp_path)) == 40 * kills
    record_property("tried", kills)


REAL = ("--datasets", "iris", "--protocols", "paper", "--activations", "adaact,relu,tanh")
REAL = (*REAL, "--seeds", "10", "--epochs", "12")


@pytest.mark.slow
@pytest.mark.scorecard(9, "trials trained on a Dask cluster")
def test_on_a_cluster_a_trial_has_the_same_bits(
    scheduler, environment, results, tmp_path, record_property
):
    made = []
    for way in (("--workers", "1"), ("--scheduler", scheduler)):
        folder = tmp_path / way[0]
        program = [sys.executable, "-m", "bench", "run", *REAL, *way, "--results", folder]
        subprocess.run(program, cwd=tmp_path, env=environment, check=True)
        made.append(results(folder))
    assert made[0] == made[1]
    record_property("tried", 30)
