"""The progress bar: cell, seeds, epoch; quiet when not on a terminal."""

import re

import pytest

from bench.cli.progress import StudyProgress
from bench.training.blocks import Block
from bench.training.executors import Outcome

BLOCK = Block("iris", "paper", "relu", (0, 1, 2), "replicate")


def watch():
    with StudyProgress(6) as progress:
        progress.epoch(BLOCK, {0: 3, 1: 3, 2: 3})
        progress.epoch(BLOCK, {1: 4, 2: 4})  # seed 0 has stopped
        progress.outcome(Outcome(BLOCK, [], "", 1, 2.0))


@pytest.fixture
def shown(capsys, monkeypatch):
    """What a terminal of 120 columns is shown, without its control sequences."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    watch()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)


def test_a_terminal_is_shown_how_many_trials_are_done(shown):
    assert "3/6 trials" in shown
    assert "left" in shown


def test_elsewhere_nothing_is_shown(capsys, monkeypatch):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    watch()
    assert capsys.readouterr().err.strip() == ""


def test_the_cell_its_seeds_and_the_epoch_are_told():
    progress = StudyProgress(6)
    progress.epoch(BLOCK, {0: 3, 1: 3, 2: 3})
    (task,) = progress._progress.tasks
    assert task.fields["doing"] == "iris paper relu · seed 0–2 · epoch 3"
    assert task.completed == pytest.approx(3 * 3 / 50)  # of at most 50 epochs each
    progress.epoch(BLOCK, {1: 4, 2: 4})  # seed 0 has stopped: it is done
    assert task.completed == pytest.approx(1 + 2 * 4 / 50)
