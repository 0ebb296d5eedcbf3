"""Samples played back through a real run of pytest-benchmark."""

import json
import os

import pytest

pytest_plugins = ["pytester"]

BENCHMARKS = """
import pytest
from bench.timing.interleave import Measured
from bench.timing.playback import CLOCK, report

pytestmark = pytest.mark.benchmark(timer=CLOCK)

@pytest.mark.parametrize("competitor", ["relu", "adaact"])
def test_it(benchmark, competitor):
    samples = {"relu": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0], "adaact": [1.5, 3.0, 6.0, 12, 24, 48]}
    extra = {"activation": competitor, "competitor": competitor, "reference": "relu"}
    measured = Measured(samples[competitor], {"accuracy": 0.9})
    report(benchmark, measured, dataset="iris", operation="one epoch", paired=True, **extra)
"""


@pytest.fixture
def project(pytester, monkeypatch):
    """A project whose conftest is the benchmarks' own."""
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")]:
        monkeypatch.delenv(name)  # a run of its own, which is no part of this one
    pytester.makeconftest("from bench.conftest import *")
    pytester.makepyfile(BENCHMARKS)
    return pytester


def test_a_bare_run_writes_the_json_and_the_table_and_prints_it(project):
    result = project.runpytest_subprocess("--benchmark-only", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*one epoch*Adaact*1.50 [[]1.50, 1.50[]]*"])
    timing = json.loads((project.path / "results/timing.json").read_text())
    assert [one["stats"]["data"] for one in timing["benchmarks"]] == [
        [1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
        [1.5, 3.0, 6.0, 12.0, 24.0, 48.0],
    ]
    assert [one["extra_info"]["accuracy"] for one in timing["benchmarks"]] == [0.9, 0.9]
    assert {"machine_info", "commit_info", "datetime", "version", "versions"} <= set(timing)
    assert "node" not in timing["machine_info"]
    table = (project.path / "results/tables/timing.csv").read_text().splitlines()
    assert len(table) == 3
    assert table[2].startswith("iris,adaact,one epoch,adaact,relu,9.0,1.5,48.0,")


def test_the_quick_form_says_so_leaves_out_what_is_thorough_and_writes_where_asked(project):
    thorough = "\n@pytest.mark.thorough\ndef test_long(benchmark): raise AssertionError\n"
    project.makepyfile(BENCHMARKS + thorough)
    result = project.runpytest_subprocess("--benchmark-only", "--quick", "--results", "elsewhere")
    result.assert_outcomes(passed=2, deselected=1)
    assert json.loads((project.path / "elsewhere/timing.json").read_text())["quick"] is True
    assert not (project.path / "results").exists()


def test_benchmarks_that_were_not_run_leave_earlier_results_alone(project):
    project.mkdir("results").joinpath("timing.json").write_text("earlier")
    project.runpytest_subprocess("--benchmark-skip").assert_outcomes(skipped=2)
    assert (project.path / "results/timing.json").read_text() == "earlier"
