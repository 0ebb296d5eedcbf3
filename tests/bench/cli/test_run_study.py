"""What ``run`` does around training: missing data, failures, signals."""

import json
import os
import signal
from pathlib import Path

import pytest

from bench.cli.run_study import STORE
from bench.errors import UserError
from bench.store import Store
from tests import helpers

pytestmark = pytest.mark.usefixtures("no_pictures")

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
OPTIONS = ("--protocols", "paper", "--activations", "relu,tanh", "--seeds", "2", "--workers", "1")


def test_without_data_and_network_iris_still_runs(invoke, instead, tmp_path):
    instead()
    ended = invoke("run", *OPTIONS)
    assert ended.code == 0
    missing = [line for line in ended.err.splitlines() if line.startswith("Not measured: ")]
    assert [line.split(":")[1] for line in missing] == [" Bank Note", " MNIST"]
    assert all("--data-dir or $ADAACT_DATA_DIR" in line for line in missing)
    study = json.loads((tmp_path / "results" / "provenance.json").read_text())
    assert study["study"]["datasets"] == ["iris"]
    assert list(study["not_measured"]) == ["banknote", "mnist"]
    report = (tmp_path / "results" / "report.md").read_text()
    assert "**Bank Note is not measured:**" in report
    assert "**MNIST is not measured:**" in report


def test_a_missing_data_set_asked_for_by_name_is_exit_code_1(invoke, instead, tmp_path):
    instead()
    ended = invoke("run", "--datasets", "iris,banknote", *OPTIONS)
    assert ended.code == 1
    assert "Report: " in ended.err


def test_where_no_data_set_asked_for_can_be_had_nothing_is_written(invoke, tmp_path):
    ended = invoke("run", "--datasets", "banknote", *OPTIONS)
    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_fails_is_reported_and_is_exit_code_1(invoke, instead, tmp_path):
    def train(block):
        if block.cell[2] == "tanh":
            raise RuntimeError("no room for tanh")
        return map(helpers.trial, block.keys)

    instead(train)
    ended = invoke("run", "--datasets", "iris", *OPTIONS)
    assert ended.code == 1
    assert "iris paper tanh failed: RuntimeError: no room for tanh" in ended.err.splitlines()
    assert "no room for tanh" in (tmp_path / "results" / "report.md").read_text()


@pytest.mark.parametrize(
    "number",
    [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM],
    ids=lambda number: number.name,
)
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("bench.training.trials.sklearn_trials.fit", "Saved 4 of 8 trials; "),
        ("bench.cli.run_study.locate_all", "Interrupted; "),
        ("bench.exports.export", "Saved 8 of 8 trials; "),
        ("bench.reporting.report.write_report", "Saved 8 of 8 trials; "),
    ],
)
def test_a_signal_outside_of_training_is_told_too(
    invoke, instead, monkeypatch, number, place, said
):
    instead()
    asked = ("run", "--datasets", "iris", *OPTIONS)
    with monkeypatch.context() as patch:
        patch.setattr(place, lambda *_, **__: os.kill(os.getpid(), number))
        ended = invoke(*asked)
    assert ended.code == SIGNALS[number]
    assert ended.err.splitlines()[-1] == said + "the same command goes on from there."
    assert invoke(*asked).code == 0


def test_results_that_came_without_their_store_are_not_written_over(invoke, instead):
    instead()
    asked = ("run", "--datasets", "iris", *OPTIONS)
    assert invoke(*asked).code == 0
    for path in Path("results").glob("trials.sqlite*"):
        path.unlink()
    before = Path("results/trials.csv").read_bytes()
    ended = invoke(*asked, "--protocols", "held-out")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "results holds the results of another study" in ended.err
    assert Path("results/trials.csv").read_bytes() == before
    assert invoke(*asked).code == 0


def test_a_second_signal_does_not_cut_the_closing_short(invoke, instead, monkeypatch):
    def twice(_block):
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    instead(twice)
    before = signal.getsignal(signal.SIGTERM)
    ended = invoke("run", "--datasets", "iris", *OPTIONS)
    assert ended.code == 130
    assert "Saved 0 of 8 trials; the same command goes on from there." in ended.err
    assert signal.getsignal(signal.SIGTERM) == before


def test_while_a_run_writes_its_report_no_other_run_can(invoke, instead, monkeypatch):
    instead()
    monkeypatch.setattr("bench.store.database.WAIT_SECONDS", 0.05)

    def other(results, *_, **__):
        with pytest.raises(UserError, match="is in use by another run"):
            Store(results / STORE)
        return results

    monkeypatch.setattr("bench.reporting.report.write_report", other)
    assert invoke("run", "--datasets", "iris", *OPTIONS).code == 0
    assert invoke("report").code == 0
