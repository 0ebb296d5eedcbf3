"""Jobs that crash or raise, and the innocent ones beside them."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from baselines import CLASSICAL
from bench.errors import UserError
from bench.records import SCIKIT_LEARN
from bench.training.pools import worker_pool
from bench.training.pools.process_pool import ProcessPool
from bench.training.pools.worker_pool import Pool, run_jobs
from bench.training.trials.blocks import Block
from tests import helpers

ROOT = Path(__file__).parents[4]
TIMES = [1, pytest.param(20, marks=pytest.mark.slow)]

# A driver whose one worker hangs; prints the worker's process id.
DRIVER = """
import pathlib, sys, time
from bench.training.pools import worker_pool
from bench.training.pools.process_pool import ProcessPool
from tests import helpers

folder = pathlib.Path(sys.argv[1])
pool = ProcessPool(1, helpers.trainer(folder))
number = pool.submit(helpers.block("iris", "paper", "hang", (0,), "keras"))
while not list(folder.iterdir()):
    time.sleep(0.1)
print(pool._busy[number].process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def serial(tmp_path):
    return Pool(helpers.trainer(tmp_path))


@pytest.fixture
def workers(tmp_path, blocks, run):
    """Two workers that have started: the first one waits until TensorFlow is imported."""
    pool = ProcessPool(2, helpers.trainer(tmp_path))
    run(pool, blocks("warm up", "warm up"))
    yield pool
    pool.close()


def test_in_one_process_blocks_run_in_their_order_and_report_every_epoch(serial, blocks, run):
    asked = blocks("fine", "slow", "fine")
    ran = run(serial, asked)
    assert list(ran.outcomes) == asked
    for block, outcome in ran.outcomes.items():
        assert [trial.key for trial in ran.results[block]] == list(block.keys)
        assert (outcome.missing, outcome.reason, outcome.attempts) == ((), "", 1)
    assert ran.outcomes[asked[1]].seconds >= 0.3
    assert ran.epochs == [
        (block, {key.place: epoch}) for block in asked for key in block.keys for epoch in (1, 2)
    ]


def test_a_retry_takes_only_the_seeds_without_a_trial(workers, run, tmp_path):
    """Each attempt begins with the first trial that is missing; what came before it stays."""
    block, longer = (
        helpers.block("iris", protocol, "one, then none", range(seeds), "keras")
        for protocol, seeds in (("paper", 3), ("held-out", 5))
    )
    ran = run(workers, [block, longer])
    assert [ran.outcomes[one].attempts for one in (block, longer)] == [3, 3]
    assert (ran.outcomes[block].missing, ran.outcomes[block].reason) == ((), "")
    assert (ran.outcomes[longer].missing, ran.outcomes[longer].reason) == (
        longer.keys[3:],
        "a worker died",
    )
    for one in (block, longer):
        assert [trial.key for trial in ran.results[one]] == list(one.keys[:3])
    assert set(helpers.attempts(tmp_path).values()) == {1}


def test_a_second_arrival_of_a_trial_changes_nothing(serial, blocks, run):
    (block,) = blocks("twice")
    ran = run(serial, [block])
    assert [(trial.key, trial.status) for trial in ran.results[block]] == [
        (key, "ok") for key in block.keys
    ]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("raise at length", "ValueError: no such thing !!!"), ("exit", "SystemExit: 0")],
)
def test_an_error_is_tried_three_times_and_told_in_one_line(
    serial, workers, blocks, run, tmp_path, fault, reason
):
    for number, pool in enumerate((serial, workers), start=1):
        faulty, fine = blocks(fault, "fine")
        ran = run(pool, [faulty, fine])
        assert ran.keys(fine) == list(fine.keys)
        outcome = ran.outcomes[faulty]
        assert (outcome.missing, outcome.attempts) == (faulty.keys, 3)
        assert helpers.attempts(tmp_path)[helpers.log_name(faulty.keys[0])] == 3 * number
        assert outcome.reason.startswith(reason)
        assert len(outcome.reason) <= 300


def test_what_the_user_can_mend_is_tried_once_and_ends_the_run(serial, workers, blocks, tmp_path):
    (asked,) = blocks("user's")
    for pool in (serial, workers):
        with pytest.raises(UserError, match=r"^data\.csv: is gone"):
            list(run_jobs(pool, [asked]))
    # One in each pool.
    assert helpers.attempts(tmp_path)[helpers.log_name(asked.keys[0])] == 2


def test_models_of_scikit_learn_run_in_the_same_pool(serial, workers, blocks, run, trial_contents):
    keys = tuple(helpers.key(activation=model) for model in sorted(CLASSICAL))
    fits, fine = Block(keys, SCIKIT_LEARN), *blocks("fine")
    rans = [run(pool, [fits, fine]) for pool in (serial, workers)]
    for ran in rans:
        assert ran.keys(fits) == list(keys)
        assert ran.keys(fine) == list(fine.keys)
        told = [(fine, {key.place: epoch}) for key in fine.keys for epoch in (1, 2)]
        assert ran.epochs == told
    assert trial_contents(rans[0].results[fits]) == trial_contents(rans[1].results[fits])


def test_blocks_that_always_crash_fail_and_take_no_innocent_with_them(
    workers, blocks, run, tmp_path
):
    ran = run(workers, blocks("crash", "slow", "crash once", "slow"))
    expected = {"crash": 3, "crash once": 2, "slow": 1}
    for block, outcome in ran.outcomes.items():
        begun = helpers.attempts(tmp_path)[helpers.log_name(block.keys[0])]
        assert outcome.attempts == begun == expected[block.cell[2]]
        failed = block.cell[2] == "crash"
        assert outcome.missing == (block.keys if failed else ())
        assert outcome.reason == ("a worker died" if failed else "")
        assert ran.keys(block) == ([] if failed else list(block.keys))


def test_a_block_that_takes_longer_than_the_limit_but_goes_on_is_not_ended(workers, blocks, run):
    (block,) = blocks("long")
    outcome = run(workers, [block], stall=1.5).outcomes[block]
    assert outcome.seconds > 2.5  # longer than the limit, else it shows nothing
    assert (outcome.missing, outcome.attempts) == ((), 1)


def test_a_worker_may_die_while_nobody_looks(workers, blocks, run):
    first, soon, last = blocks("fine", "crash soon", "fine")

    def store(job):
        if job == first:
            time.sleep(1.5)  # meanwhile a worker dies

    ran = run(workers, [first, soon, last], ended=store)
    assert next(iter(ran.outcomes)) == first
    assert ran.keys(last) == list(last.keys)
    assert ran.outcomes[soon].reason == "a worker died"


def test_a_process_full_of_compiled_code_takes_no_further_job(
    serial, workers, blocks, run, monkeypatch
):
    ran = run(workers, blocks("fine", "fine"))
    assert len(workers._idle) == 2
    monkeypatch.setattr(worker_pool, "MOST_MAPPED", 0)
    ran = run(workers, blocks("fine", "fine", "fine", "fine"))
    assert [outcome.attempts for outcome in ran.outcomes.values()] == [1, 1, 1, 1]
    assert not workers._idle
    with pytest.raises(UserError, match="with --workers 2"):
        run(serial, blocks("fine"))


def test_a_worker_that_dies_idle_costs_no_attempt(workers, blocks, run):
    for worker in workers._idle:
        worker.process.kill()
    for worker in workers._idle:
        worker.listener.join()
    ran = run(workers, blocks("fine", "fine", "fine"))
    assert [outcome.attempts for outcome in ran.outcomes.values()] == [1, 1, 1]


@pytest.mark.parametrize("times", TIMES)
def test_a_worker_killed_in_the_middle_of_a_message_does_no_harm(workers, blocks, times):
    rng = random.Random(times)
    seeds = tuple(range(helpers.STREAMED))
    for _ in range(times):
        stream, beside = (
            helpers.block("iris", "paper", name, seeds, "keras") for name in ("stream", "beside")
        )
        kept, moment = {stream: [], beside: []}, rng.randrange(len(seeds) - 1)

        def keep(job, result, _attempt, kept=kept, moment=moment, stream=stream):
            kept[job].append(result.trial)
            if job == stream and len(kept[job]) == moment + 1:
                # The next message is on its way: the pipe takes less than one.
                os.kill(int(result.trial.reason), signal.SIGKILL)

        for outcome in run_jobs(workers, [stream, beside], on_result=keep):
            assert (outcome.missing, outcome.reason) == ((), "")
            assert outcome.attempts == 1 or outcome.job == stream
        for block, trials in kept.items():
            assert [trial.key for trial in trials] == list(block.keys)
        assert {len(trial.outcomes) for trial in kept[stream]} == {helpers.LARGE}


def test_a_block_that_lacks_memory_ends_the_run_with_the_remedy(serial, blocks, run):
    with pytest.raises(UserError, match="not enough memory"):
        run(serial, blocks("lack of memory"))


def test_closing_ends_a_hanging_worker(workers, tmp_path, blocks):
    (hanging,) = blocks("hang")
    number = workers.submit(hanging)
    while not (tmp_path / helpers.log_name(hanging.keys[0])).exists():
        time.sleep(0.05)
    processes = [worker.process.pid for worker in (workers._busy[number], *workers._idle)]
    assert len(processes) == 2
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
