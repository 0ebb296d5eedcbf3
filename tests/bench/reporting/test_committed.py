"""The report in ``results/`` is what the code makes of the rows beside them."""

import shutil
from pathlib import Path

import pytest

from bench.reporting.report import write_report

RESULTS = Path(__file__).parents[3] / "results"
TEXTS = ("report.md", "claims.csv", "tables/*.csv")


def texts(folder):
    paths = (path for pattern in TEXTS for path in folder.glob(pattern))
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


@pytest.mark.slow
@pytest.mark.data
def test_the_report_says_what_its_rows_say(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for path in (RESULTS).iterdir():
        if path.is_file() and "sqlite" not in path.name:
            shutil.copy(path, tmp_path)
    for made in ("report.md", "claims.csv"):
        (tmp_path / made).unlink()
    write_report(tmp_path)
    assert texts(tmp_path) == texts(RESULTS)
