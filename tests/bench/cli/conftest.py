"""The command line in this process and in one of its own; one small study, trained for real."""

import subprocess
import sys
from itertools import count

import pytest

from bench.cli import main, run_study
from bench.training.pools.worker_pool import Pool
from tests import helpers

STUDY = ("--protocols", "paper", "--seeds", "2", "--activations", "adaact,relu", "--epochs", "3")
SMALL = ("run", "--datasets", "iris", *STUDY, "--workers", "1")


@pytest.fixture
def invoke(tmp_path, monkeypatch, capsys, environment):
    """Runs a command in this process, in an empty folder: ``invoke("check", "--strict")``."""
    monkeypatch.chdir(tmp_path)
    for name in helpers.NOT_SET:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("bench.data.files.PAUSES_SECONDS", (0.0,))

    def invoke(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        return helpers.Ended(ended.value.code, *capsys.readouterr())

    return invoke


@pytest.fixture(scope="session")
def launch(environment):
    """Runs Python in a process of its own: ``launch(folder, "-m", "bench", "data")``."""

    def launch(folder, *arguments):
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        return helpers.Ended(done.returncode, done.stdout, done.stderr)

    return launch


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """The folder of results of ``SMALL``; copy it before you change it."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["adaact-bench", *SMALL])  # the report has the command
        with pytest.raises(SystemExit) as ended:
            main(list(SMALL))
    assert ended.value.code == 0
    return folder / "results"


@pytest.fixture
def small():
    """The arguments that ``trained`` was made with."""
    return SMALL


@pytest.fixture
def instead(monkeypatch):
    """Puts a function of a block in the place of training; by default stand-in trials."""

    def instead(train=lambda block: map(helpers.trial, block.keys)):
        monkeypatch.setattr(run_study, "Pool", lambda: Pool(lambda block, _: train(block)))

    return instead


@pytest.fixture
def no_fits(monkeypatch):
    """Leaves scikit-learn's models unfitted."""
    monkeypatch.setattr("bench.training.trials.sklearn_trials.models", lambda _: ())


@pytest.fixture
def no_pictures(monkeypatch):
    """Leaves the figures undrawn: they have tests of their own and take their time."""
    monkeypatch.setattr("bench.reporting.report.draw", lambda *_: None)


@pytest.fixture
def largest_is_default(monkeypatch):
    """Lets a study that runs until decided grow to the default number of splits: 50 on Iris."""
    monkeypatch.setattr("bench.next_trials.LARGEST_GROWTH", 1)


@pytest.fixture
def no_report(monkeypatch):
    """Puts the number of the report in its place, where what stands in it is not the point."""
    number = count()

    def write_report(results, *_, **__):
        path = results / "report.md"
        path.write_text(f"Report {next(number)}")
        return path

    monkeypatch.setattr("bench.reporting.report.write_report", write_report)
