"""The progress bar: cell, seeds, epoch; lines with the time left where there is no terminal."""

import re
import time

import pytest

from bench.cli import progress as module
from bench.cli.progress import StudyProgress
from bench.runner import LIKELY_EPOCHS
from bench.training.pools.worker_pool import Outcome
from bench.training.trials.blocks import Block
from tests import helpers

BLOCK = helpers.block("iris", "paper", "relu", range(4))  # 8 s, compilation included
LARGE = helpers.block("mnist", "paper", "relu", [0], seconds_each=8.0)  # 12 s


def epochs(block, done, *, first=0):
    return {key.place: done for key in block.keys[first:]}


def watch():
    with StudyProgress([BLOCK, LARGE], 2) as progress:
        progress.epoch(BLOCK, epochs(BLOCK, 3))
        progress.epoch(BLOCK, epochs(BLOCK, 4, first=1))  # seed 0 has stopped
        for _ in BLOCK.keys:
            progress.result(BLOCK)
        progress.outcome(Outcome(BLOCK, (), "", 1, 2.0))


def test_a_terminal_is_shown_how_many_trials_are_done(capsys, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    watch()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert re.search("4 of 5 trials .* left", shown)


@pytest.fixture
def without_terminal(monkeypatch):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.mark.usefixtures("without_terminal")
def test_elsewhere_the_last_line_counts_trials_and_tells_the_time_left(capsys):
    watch()
    line = capsys.readouterr().err.strip()
    assert re.fullmatch(r"4 of 5 trials after 0:00:0\d, about 0:00:0\d left", line)


@pytest.mark.usefixtures("without_terminal")
def test_elsewhere_lines_come_though_nothing_is_reported(capsys, monkeypatch):
    monkeypatch.setattr(module, "LINE_SECONDS", 0.01)
    err = ""
    with StudyProgress([BLOCK], 2):
        end = time.monotonic() + 30
        while err.count("\n") < 2 and time.monotonic() < end:
            time.sleep(0.01)
            err += capsys.readouterr().err
    assert err.splitlines()[0].startswith("0 of 4 trials after 0:00:0")


def test_the_time_left_weighs_trials_by_their_estimated_seconds(monkeypatch):
    assert StudyProgress([BLOCK], 0).line().startswith("0 of 4 trials after 0:00:00")
    progress = StudyProgress([BLOCK, LARGE], 2)
    assert progress.line() == "0 of 5 trials after 0:00:00, about 0:00:10 left"  # 20 by 2 workers
    monkeypatch.setattr(progress, "_began", time.monotonic() - 60)
    progress.result(BLOCK)
    progress.result(BLOCK)  # 4 of 20 estimated seconds
    assert progress.line() == "2 of 5 trials after 0:01:00, about 0:04:00 left"
    progress.epoch(LARGE, epochs(LARGE, LIKELY_EPOCHS * 4 // 7))  # nearly 7 of its 12
    assert progress.line() == "2 of 5 trials after 0:01:00, about 0:00:53 left"
    progress.result(LARGE)
    progress.outcome(Outcome(LARGE, (), "", 1, 2.0))
    progress.outcome(Outcome(BLOCK, BLOCK.keys[2:], "a worker died", 3, 2.0))
    assert progress.line() == "5 of 5 trials after 0:01:00"


@pytest.mark.parametrize(
    ("keys", "doing"),
    [
        (BLOCK.keys[:3], "paper relu · seed 0–2"),
        (
            [helpers.key(protocol="held-out", split=n) for n in (4, 5)],
            "held-out adaact · split 4–5",
        ),
    ],
)
def test_the_cell_its_seeds_or_splits_and_the_epoch_are_told(keys, doing):
    block = Block(tuple(keys), "many-seeds", epochs=6)
    progress = StudyProgress([block], 2)
    progress.epoch(block, epochs(block, 3))
    (task,) = progress._progress.tasks
    assert task.fields["doing"] == f"iris {doing} · epoch 3"
    assert task.completed == pytest.approx(block.seconds * 3 / 6)
