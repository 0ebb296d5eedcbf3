"""``run`` on Iris, trained for real, and ``report`` and ``check`` from what it left behind."""

import csv
import shutil

import pytest

from baselines import CLASSICAL
from bench.cli.run_study import STORE
from bench.csv_columns import TRIAL, names

# Training would be an error.
IDLE = """
import sys
sys.modules["tensorflow"] = None
from bench.cli import main
main(sys.argv[1:])
"""


def test_a_study_gives_the_trials_asked_for_and_a_report(trained):
    with (trained / "trials.csv").open(newline="") as stream:
        trials = list(csv.DictReader(stream))
    assert tuple(trials[0])[: len(TRIAL) - 1] == names(TRIAL)[:-1]
    networks = [row for row in trials if row["trainer"] != "scikit-learn"]
    keys = [(row["dataset"], row["protocol"], row["activation"], row["seed"]) for row in networks]
    assert keys == [("iris", "paper", name, seed) for name in ("adaact", "relu") for seed in "01"]
    fits = [row["activation"] for row in trials if row not in networks]
    assert fits == sorted(CLASSICAL)
    for row in networks:
        assert (row["trainer"], row["status"], row["epochs"]) == ("many-seeds", "ok", "3")
        assert 0 < float(row["test_accuracy"]) <= 1
        assert row["validation_accuracy"] == row["test_accuracy"]
        assert row["parameters"] == {"adaact": "2503", "relu": "2499"}[row["activation"]]
    report = " ".join((trained / "report.md").read_text().split())
    assert "All 8 trials asked for" in report


def test_what_is_stored_is_not_trained_again(trained, small, launch, tmp_path):
    shutil.copytree(trained, tmp_path / "results")
    ended = launch(tmp_path, "-c", IDLE, *small)
    assert ended.code == 0
    assert ended.err.splitlines()[0] == "8 of 8 trials are stored, 0 to train."
    assert (tmp_path / "results" / "report.md").read_bytes() == (trained / "report.md").read_bytes()


@pytest.fixture
def results(trained, tmp_path):
    """A copy of the results, in the folder where the commands look for them."""
    return shutil.copytree(trained, tmp_path / "results")


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != STORE)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_clone_without_the_store_gives_the_same_bytes(invoke, results):
    before = contents(results)
    (results / STORE).unlink()
    shutil.rmtree(results / "figures")
    (results / "report.md").unlink()
    ended = invoke("report")
    assert (ended.code, ended.out, ended.err) == (0, "results/report.md\n", "")
    assert contents(results) == before


@pytest.mark.usefixtures("no_pictures")
def test_the_store_gives_the_exported_files_again(invoke, results):
    before = contents(results)
    for name in ("trials.csv", "histories.csv.gz", "rows.csv.gz"):
        (results / name).unlink()
    assert invoke("report").code == 0
    assert contents(results) == before


@pytest.mark.usefixtures("no_pictures")
def test_a_job_page_holds_the_report_once(invoke, results, tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    invoke("report")
    invoke("report")
    first_line = (results / "report.md").read_text().splitlines()[0]
    assert page.read_text().splitlines().count(first_line) == 1
    assert "| Iris" in page.read_text()
    assert "![" not in page.read_text()


def test_the_papers_claims_that_cannot_be_judged_are_not_wanting(invoke, results):
    ended = invoke("check", "--strict")
    assert (ended.code, ended.err) == (0, "")
    table, *in_words = ended.out.split("\n\n")
    assert table.count("undecided") == 3
    assert table.count("not measured") == 13
    assert len(in_words) == 3


def test_a_claims_file_that_is_not_there_is_named(invoke, results):
    for command in ("report", "check"):
        ended = invoke(command, "--claims", "none.toml")
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "none.toml" in ended.err


def test_of_a_folder_that_cannot_be_written_all_can_be_read(invoke, results, monkeypatch):
    written = (results / "report.md").read_text()
    shutil.rmtree(results / "tables")
    before = contents(results)
    monkeypatch.setattr("bench.cli.run_study._writable", lambda _: False)
    assert invoke("check").code == 0
    assert invoke("report", "--stdout").out == written
    assert contents(results) == before
