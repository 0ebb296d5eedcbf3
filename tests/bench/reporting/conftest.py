from pathlib import Path

import pytest

from bench.reporting.summary import VARIABLE
from tests import helpers


@pytest.fixture(autouse=True)
def no_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CI job's own page stays as it is."""
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the figures undrawn: they have tests of their own and take their time."""
    monkeypatch.setattr("bench.reporting.report.draw", lambda *_: None)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder: the paper's protocol alone, no timings."""
    return helpers.results_folder(tmp_path_factory.mktemp("results"))
