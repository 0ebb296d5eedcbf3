"""The gate on a real run: it passes an unchanged tree and stops a layer that got slower."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
TIMES = 5


def measure(folder, *options):
    """What `tox -e bench-compare` measures, on one data set."""
    command = ["pytest", "bench/timing/test_activations.py", "--benchmark-only", *options]
    command += ["-k", "mnist and (step or forward or layer)", "--results", str(folder)]
    path = os.pathsep.join([str(HERE), str(HERE.parents[2])])
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run(
        [sys.executable, "-m", *command], check=True, cwd=HERE.parents[2], env=environment
    )
    return folder / "timing.json"


def gate(before, now):
    """The exit code of the comparison."""
    command = [sys.executable, "-m", "tools.compare_timings", str(before), str(now)]
    return subprocess.run(command, check=False).returncode


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The stored run."""
    return measure(tmp_path_factory.mktemp("before"))


@pytest.mark.parametrize("run", range(TIMES))
def test_an_unchanged_tree_passes(before, tmp_path, run):
    assert gate(before, measure(tmp_path)) == 0


@pytest.mark.parametrize("run", range(TIMES))
def test_a_layer_that_takes_twice_as_long_is_stopped(before, tmp_path, run):
    assert gate(before, measure(tmp_path, "-p", "slow_layer")) == 1
