"""Writes ``timing.json`` and ``tables/timing.csv`` after ``pytest bench/ --benchmark-only``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bench.timing import interleave

RESULTS = pytest.StashKey[Path]()
TABLE = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds ``--results`` and ``--quick``."""
    parser.addoption(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="Folder of the results: timing.json and tables/timing.csv are written there.",
    )
    parser.addoption(
        "--quick",
        action="store_true",
        help="Few rounds, and without the benchmarks that take long: minutes.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Pins the threads of NumPy's products; those of TensorFlow are pinned when it is imported."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    config.stash[RESULTS] = config.invocation_params.dir / config.getoption("results")
    config.addinivalue_line("markers", "thorough: left out with --quick")
    interleave.quick = config.getoption("quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out of the quick form what takes long."""
    left_out = [item for item in items if interleave.quick and item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def one_thread() -> None:
    """TensorFlow imported in this process, with one thread."""
    from bench.training.quiet import quiet

    quiet()


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Leaves out what somebody's machine is called: the results are published."""
    machine_info.pop("node", None)


def pytest_benchmark_update_json(output_json: dict[str, Any]) -> None:
    """Adds the releases that were timed, and in which form."""
    from bench.timing import playback

    output_json |= {"versions": playback.versions(), "quick": interleave.quick}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the benchmarks that were run, as ``--benchmark-json`` does, and their table."""
    config = session.config
    measured = config.pluginmanager.get_plugin("pytest-benchmark")
    if measured is None or not any(measured.benchmarks):
        return
    from bench.analysis.timings import timing_frame
    from bench.reporting.output import write_csv, write_text
    from bench.reporting.sections.times import plain_table

    timing = _as_json(config, measured)
    folder = config.stash[RESULTS]
    write_text(folder / "timing.json", json.dumps(timing, indent=1) + "\n")
    frame = timing_frame(timing)
    write_csv(folder / "tables" / "timing.csv", frame)
    config.stash[TABLE] = plain_table(frame)


def _as_json(config: pytest.Config, measured: Any) -> dict[str, Any]:
    """pytest-benchmark's own JSON, made by its own hooks."""
    commit = config.hook.pytest_benchmark_generate_commit_info(config=config)
    config.hook.pytest_benchmark_update_commit_info(config=config, commit_info=commit)
    timing: dict[str, Any] = config.hook.pytest_benchmark_generate_json(
        config=config,
        benchmarks=measured.benchmarks,
        include_data=True,
        machine_info=measured.get_machine_info(),
        commit_info=commit,
    )
    config.hook.pytest_benchmark_update_json(
        config=config, benchmarks=measured.benchmarks, output_json=timing
    )
    return timing


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Prints the table."""
    if TABLE in config.stash:
        terminalreporter.section("times")
        terminalreporter.write_line(config.stash[TABLE])
        terminalreporter.write_line(f"written to {config.stash[RESULTS] / 'timing.json'}")
