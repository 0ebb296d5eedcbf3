"""``run`` on Iris, trained for real in processes of their own."""

import csv
import shutil

from baselines import CLASSICAL
from bench.columns import TRIAL, names

EXPORTED = ("trials.csv", "histories.csv.gz", "rows.csv.gz", "claims.csv")

# Ctrl-C after the first job, a block of two trials, is stored.
CUT_OFF = """
import os, signal, sys
from bench.cli import main, progress
progress.StudyProgress.outcome = lambda *_: os.kill(os.getpid(), signal.SIGINT)
main(sys.argv[1:])
"""

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


def test_workers_of_a_cluster_give_the_same_bytes(trained, small, launch, cluster, tmp_path):
    at = small.index("--workers")
    asked = (*small[:at], *small[at + 2 :], "--scheduler", cluster)
    ended = launch(tmp_path, "-m", "bench", *asked)
    assert ended.code == 0, ended.err
    for name in EXPORTED:
        assert (tmp_path / "results" / name).read_bytes() == (trained / name).read_bytes()
    assert cluster not in (tmp_path / "results" / "provenance.json").read_text()


def test_after_ctrl_c_the_same_command_goes_on_to_the_same_bytes(trained, small, launch, tmp_path):
    cut = launch(tmp_path, "-c", CUT_OFF, *small)
    assert cut.code == 130
    said = [line for line in cut.err.splitlines() if " after " not in line]  # on a slow machine
    assert said == [
        "0 of 8 trials are stored, 8 to train.",
        "Saved 2 of 8 trials; the same command goes on from there.",
    ]
    ended = launch(tmp_path, "-m", "bench", *small)
    assert ended.code == 0
    assert ended.err.splitlines()[0] == "2 of 8 trials are stored, 6 to train."
    for name in EXPORTED:
        assert (tmp_path / "results" / name).read_bytes() == (trained / name).read_bytes()
