"""As ``test_workers.py``, on a Dask cluster: its scheduler and two workers, all on loopback."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.reliability import test_workers as local

pytest.importorskip("distributed", reason="the extra `dask` is not installed")
pytest.importorskip(
    "bench.training.pools.dask_pool", reason="this checkout trains on one machine alone"
)

KILLS = [2, pytest.param(20, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def scheduler(dask_cluster, tmp_path_factory):
    """The address of a cluster of this module's own."""
    with dask_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as address:
        yield address


def command(activations, seeds, scheduler, *more):
    arguments = local.command(activations, seeds, *more)
    at = arguments.index("--workers")
    return (*arguments[:at], "--scheduler", scheduler, *arguments[at + 2 :])


@pytest.mark.scorecard(6, "Dask workers killed")
@pytest.mark.parametrize("kills", KILLS)
def test_a_worker_killed_at_any_moment_costs_no_trial(
    starter, scheduler, tmp_path, kills, record_property
):
    rng = random.Random(kills)
    asked = command(local.INNOCENT, 10 * kills, scheduler)
    started = starter.start(tmp_path, *asked, seconds=0.1)
    for number in range(kills):
        before = len(starter.attempts(tmp_path))
        while len(starter.attempts(tmp_path)) < before + 4:  # both workers are there again
            time.sleep(0.02)
        alive = [pid for pid in local.workers(tmp_path) if Path(f"/proc/{pid}").exists()]
        victim = rng.choice(sorted(alive))
        print(f"kill {number}: worker {victim} of {alive}")  # noqa: T201 (shown where the test fails)
        os.kill(victim, signal.SIGKILL)
    ended = started.wait()
    assert ended.code == 0, ended.err
    assert set(local.statuses(tmp_path).values()) == {"ok"}
    assert len(local.statuses(tmp_path)) == 40 * kills
    record_property("tried", kills)


@pytest.mark.scorecard(6, "deaths of Dask workers by blocks that always crash")
@pytest.mark.parametrize("seeds", [1, pytest.param(7, marks=pytest.mark.slow)])
def test_a_block_that_always_crashes_fails_alone(
    starter, scheduler, tmp_path, seeds, record_property
):
    asked = command((*local.INNOCENT, "tanh"), seeds, scheduler)
    ended = starter.run(tmp_path, *asked, seconds=0.01, faults={"tanh": "crash"})
    record_property("tried", local.check_guilty(tmp_path, ended, "a worker died"))


@pytest.mark.slow
@pytest.mark.scorecard(6, "attempts of Dask blocks that hang, ended")
def test_a_block_that_hangs_fails_alone(starter, scheduler, tmp_path, record_property):
    asked = command((*local.INNOCENT, "tanh"), 7, scheduler, "--stall-timeout", "4")
    ended = starter.run(tmp_path, *asked, seconds=0.01, faults={"tanh": "hang"})
    record_property("tried", local.check_guilty(tmp_path, ended, "no epoch finished for 4 s"))


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
