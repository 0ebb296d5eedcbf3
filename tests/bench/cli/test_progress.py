"""The progress bar: cell, seeds, epoch; lines where there is no terminal."""

import re
from dataclasses import replace

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


@pytest.fixture
def without_terminal(monkeypatch):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.mark.usefixtures("without_terminal")
def test_elsewhere_a_block_that_is_stored_has_a_line(capsys):
    watch()
    assert re.fullmatch(r"3 of 6 trials after 0:00:0\d", capsys.readouterr().err.strip())


@pytest.mark.usefixtures("without_terminal")
def test_many_small_blocks_have_a_line_for_every_tenth(capsys):
    with StudyProgress(1200) as progress:
        for seed in range(1200):
            block = replace(BLOCK, seeds=(seed,))
            progress.epoch(block, {seed: 1})
            progress.outcome(Outcome(block, [], "", 1, 2.0))
    lines = capsys.readouterr().err.split("\n")
    told = [line.partition(" of ")[0] for line in lines if line]
    assert told == [f"{120 * tenth:,}" for tenth in range(1, 11)]


def test_the_cell_its_seeds_and_the_epoch_are_told():
    progress = StudyProgress(6)
    progress.epoch(BLOCK, {0: 3, 1: 3, 2: 3})
    (task,) = progress._progress.tasks
    assert task.fields["doing"] == "iris paper relu · seed 0–2 · epoch 3"
    assert task.completed == pytest.approx(3 * 3 / 50)  # of at most 50 epochs each
    progress.epoch(BLOCK, {1: 4, 2: 4})  # seed 0 has stopped: it is done
    assert task.completed == pytest.approx(1 + 2 * 4 / 50)
