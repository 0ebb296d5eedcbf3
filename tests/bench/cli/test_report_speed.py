"""``report`` from 10,000 stored trials: text and tables in seconds, figures in some more."""

import resource
from itertools import groupby

import pytest

from bench.cli.run_study import STORE
from bench.store import Store
from tests import helpers

SEEDS = {"banknote": 400, "mnist": 200, "iris": 400}
WHOLE = "from bench.cli import main; main(['report'])"
TEXT_AND_TABLES = f"""
from bench.reporting import report

report.draw = lambda *_: None
{WHOLE}
"""


@pytest.fixture
def stored(tmp_path):
    """A folder whose ``results`` hold the store."""
    study = helpers.study(SEEDS, protocols=("paper", "held-out"))
    with Store(tmp_path / "results" / STORE) as store:
        store.set_study(study)
        for cell, keys in groupby(study.keys(), key=lambda key: key[:3]):
            store.add(list(map(helpers.trial, keys)), study.fingerprint(cell[0]), seconds=1.0)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("program", "seconds"), [(TEXT_AND_TABLES, 5), (WHOLE, 30)])
def test_ten_thousand_trials_make_a_report_in_seconds_of_a_core(launch, stored, program, seconds):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = launch(stored, "-c", program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert (ended.code, ended.err) == (0, "")
    assert "All 10,000 trials asked for are there" in (stored / "results" / "report.md").read_text()
    # Processor time: a busy machine makes us wait, but hardly makes the work more.
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{took:.1f} s of at most {seconds}")  # noqa: T201 - the figure itself, with -s
    assert took < seconds
