"""Blocks that crash, hang or raise, and the innocent ones beside them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.training.executors import Pool, ProcessPool, run_blocks
from tests import helpers

ROOT = Path(__file__).parents[3]

# A driver whose one worker hangs; prints the worker's process id.
DRIVER = """
import pathlib, sys, time
from bench.training.blocks import Block
from bench.training.executors import ProcessPool
from tests import helpers

folder = pathlib.Path(sys.argv[1])
pool = ProcessPool(1, lambda *_: None, helpers.trainer(folder))
pool.submit(Block("iris", "paper", "hang", (0,), "keras"))
while not list(folder.iterdir()):
    time.sleep(0.1)
(worker,) = pool._executor._processes
print(worker, flush=True)
time.sleep(600)
"""


@pytest.fixture
def epochs():
    return []


@pytest.fixture
def serial(tmp_path, epochs):
    return Pool(lambda *epoch: epochs.append(epoch), helpers.trainer(tmp_path))


@pytest.fixture
def workers(tmp_path, epochs, blocks):
    """Two workers that have started: the first one waits until TensorFlow is imported."""
    pool = ProcessPool(2, lambda *epoch: epochs.append(epoch), helpers.trainer(tmp_path))
    list(run_blocks(pool, blocks("warm up", "warm up")))
    epochs.clear()
    yield pool
    pool.close()


def test_in_one_process_blocks_run_in_their_order_and_report_every_epoch(serial, epochs, blocks):
    asked = blocks("fine", "slow", "fine")
    outcomes = list(run_blocks(serial, asked))
    serial.rebuild()
    serial.close()
    assert [outcome.block for outcome in outcomes] == asked
    for outcome in outcomes:
        assert [trial.key.seed for trial in outcome.trials] == list(outcome.block.seeds)
        assert (outcome.reason, outcome.attempts) == ("", 1)
    assert outcomes[1].seconds >= 0.3
    assert epochs == [
        (block, dict.fromkeys(block.seeds, epoch)) for block in asked for epoch in (1, 2)
    ]


def test_an_error_is_tried_three_times_and_told_in_one_line(serial, blocks, by_block, attempts):
    faulty, fine = blocks("raise at length", "fine")
    outcomes = by_block(run_blocks(serial, [faulty, fine]))
    assert outcomes[fine].trials
    assert (outcomes[faulty].trials, outcomes[faulty].attempts) == ([], 3)
    assert attempts(faulty) == 3
    assert outcomes[faulty].reason.startswith("ValueError: no such thing !!!")
    assert len(outcomes[faulty].reason) == 300


def test_what_the_user_can_mend_is_tried_once_and_ends_the_run(serial, workers, blocks, attempts):
    asked = blocks("user's")
    for pool in (serial, workers):
        with pytest.raises(UserError, match=r"^data\.csv: is gone"):
            list(run_blocks(pool, asked))
    assert attempts(asked[0]) == 2  # one in each pool


def test_workers_report_every_epoch(workers, epochs, blocks, by_block):
    asked = blocks("fine", "fine", "fine")
    outcomes = by_block(run_blocks(workers, asked))
    workers.tell()
    assert outcomes.keys() == set(asked)
    for block in asked:
        told = [seeds for of, seeds in epochs if of == block]
        assert told == [dict.fromkeys(block.seeds, epoch) for epoch in (1, 2)]


def test_a_block_that_crashes_once_is_done_at_the_second_attempt(workers, blocks):
    (outcome,) = run_blocks(workers, blocks("crash once"))
    assert len(outcome.trials) == 2
    assert outcome.attempts == 2


def test_blocks_that_always_crash_fail_and_take_no_innocent_with_them(
    workers, blocks, by_block, attempts
):
    asked = blocks("crash", "slow", "crash", "slow", "slow", "crash", "slow")
    outcomes = by_block(run_blocks(workers, asked))
    assert outcomes.keys() == set(asked)
    for block, outcome in outcomes.items():
        if block.activation == "crash":
            assert (outcome.trials, outcome.reason) == ([], "a worker died")
            # Three times alone; and before that once where a neighbour can be blamed as well, if
            # it had begun by then.
            assert outcome.attempts in (3, 4)
            assert attempts(block) in (3, outcome.attempts)
        else:
            assert len(outcome.trials) == 2
            assert outcome.attempts <= 2  # at most one by a neighbour's fault: then it runs alone


def test_a_hanging_block_is_ended_and_its_neighbours_are_not_blamed(workers, blocks, by_block):
    asked = blocks("hang", "fine", "fine")
    outcomes = by_block(run_blocks(workers, asked, timeout=2))
    hanging = outcomes[asked[0]]
    assert (hanging.trials, hanging.reason) == ([], "hung for more than 2 s")
    assert hanging.attempts == 3
    for block in asked[1:]:
        assert len(outcomes[block].trials) == 2
        assert outcomes[block].attempts == 1


def test_a_block_that_runs_beside_a_hanging_one_starts_again_unsuspected(workers, blocks, by_block):
    # The second worker does one slow block after the other: one is under way at any time.
    asked = blocks("hang", *["slow"] * 8)
    outcomes = by_block(run_blocks(workers, asked, timeout=1.5))
    assert [outcomes[block].attempts for block in asked[1:]] == [1] * 8
    assert all(len(outcomes[block].trials) == 2 for block in asked[1:])


def test_a_worker_may_die_while_nobody_looks(workers, blocks, by_block):
    first, soon, last = blocks("fine", "crash soon", "fine")
    outcomes = run_blocks(workers, [first, soon, last])
    assert next(outcomes).block == first
    time.sleep(1.5)  # the caller stores the first block; meanwhile a worker dies
    rest = by_block(outcomes)
    assert rest[last].trials
    assert rest[soon].reason == "a worker died"


def test_closing_ends_a_hanging_worker(workers, tmp_path, blocks):
    (hanging,) = blocks("hang")
    workers.submit(hanging)
    while not (tmp_path / helpers.log_name(hanging)).exists():
        time.sleep(0.05)
    processes = list(workers._executor._processes)
    os.kill(processes[0], signal.SIGINT)  # Ctrl-C reaches the workers too: it is not theirs
    time.sleep(0.2)
    assert is_running(processes[0])
    workers.close()
    assert not any(map(is_running, processes))


@pytest.mark.slow
def test_no_worker_outlives_a_killed_driver(tmp_path):
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    worker = int(driver.stdout.readline())
    assert is_running(worker)
    driver.kill()
    driver.communicate()
    end = time.monotonic() + 10
    while is_running(worker) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_running(worker)


def is_running(process):
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in ("Z", "X")
