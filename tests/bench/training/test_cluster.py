"""Blocks on a Dask cluster that crash, hang or raise, and the innocent ones beside them."""

import os
import random
import signal
import socket
import time
from pathlib import Path
from platform import python_version

import pytest

from bench.errors import UserError
from bench.training.executors import run_blocks
from tests import helpers

pytest.importorskip("distributed", reason="the extra `dask` is not installed")

from bench.training import cluster as dask


@pytest.fixture
def join(cluster, tmp_path):
    """Makes a pool of the cluster's two workers: ``join(on_epoch, files)``."""
    made = []

    def join(on_epoch=lambda *_: None, files=()):
        trainer = helpers.trainer(tmp_path)
        named = {path.name: path for path in files}
        pool = dask.DaskPool(cluster, on_epoch, named, python_version, trainer)
        made.append(pool)
        while pool.width < 2:
            pool.tell()
        return pool

    yield join
    for pool in made:
        pool.close()


def until(condition, seconds=30):
    """Waits for what is to come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_workers_train_and_report(join, blocks, by_block):
    epochs = []
    pool = join(lambda *epoch: epochs.append(epoch))
    asked = blocks("fine", "slow", "fine", "fine")
    outcomes = by_block(run_blocks(pool, asked))
    assert outcomes.keys() == set(asked)
    for block, outcome in outcomes.items():
        assert [trial.key.seed for trial in outcome.trials] == list(block.seeds)
        assert (outcome.reason, outcome.attempts) == ("", 1)
        # The second epoch comes too soon after the first one to be reported.
        assert [told for of, told in epochs if of == block] == [dict.fromkeys(block.seeds, 1)]


def test_data_files_come_to_each_worker_once_and_go_with_the_run(join, tmp_path, blocks):
    table = tmp_path / "table.csv"
    table.write_text("1,2,3")
    pool = join(files=[table])
    asked = blocks("read", "read", "read", "read", "read", "read")
    assert all(outcome.trials for outcome in run_blocks(pool, asked))
    read = {path.read_text() for path in tmp_path.glob("*-read-*")}
    assert len(read) == 2  # one file, never written again, for each worker
    assert {text.split()[2] for text in read} == {"1,2,3"}
    places = [Path(text.split()[0]) for text in read]
    assert all(place.exists() and place != table for place in places)
    pool.close()
    assert not any(place.exists() for place in places)


def test_an_error_is_tried_three_times_and_told_in_one_line(join, blocks, by_block, attempts):
    pool = join()
    faulty, fine = blocks("raise at length", "fine")
    outcomes = by_block(run_blocks(pool, [faulty, fine]))
    assert outcomes[fine].trials
    assert (outcomes[faulty].trials, outcomes[faulty].attempts) == ([], 3)
    assert attempts(faulty) == 3
    assert outcomes[faulty].reason.startswith("ValueError: no such thing !!!")


def test_blocks_that_crash_fail_alone(join, blocks, by_block, attempts):
    pool = join()
    asked = blocks("crash", "slow", "crash once", "slow", "slow", "slow")
    outcomes = by_block(run_blocks(pool, asked))
    assert outcomes.keys() == set(asked)
    expected = {"crash": 3, "crash once": 2, "slow": 1}
    for block, outcome in outcomes.items():
        assert outcome.attempts == expected[block.activation]
        assert attempts(block) == expected[block.activation]
        assert bool(outcome.trials) == (block.activation != "crash")
    assert outcomes[asked[0]].reason == "a worker died"


def test_a_hanging_block_is_ended_and_its_neighbours_go_on(join, blocks, by_block, attempts):
    pool = join()
    asked = blocks("hang", *["slow"] * 8)
    outcomes = by_block(run_blocks(pool, asked, timeout=1.5))
    hanging = outcomes[asked[0]]
    assert (hanging.trials, hanging.reason) == ([], "hung for more than 1.5 s")
    assert hanging.attempts == 3
    for block in asked[1:]:
        assert (len(outcomes[block].trials), outcomes[block].attempts) == (2, 1)
        assert attempts(block) == 1  # not even begun again


def test_a_run_that_ends_leaves_its_workers_free_for_the_next(join, tmp_path, blocks):
    first = join()
    endless = blocks("on and on", "on and on")
    for block in endless:
        first.submit(block)
    until(lambda: len(list(tmp_path.glob("*-on and on-*"))) == 2)
    first.close()
    outcomes = list(run_blocks(join(), blocks("fine", "fine"), timeout=20))
    assert [outcome.attempts for outcome in outcomes] == [1, 1]


def test_where_no_scheduler_is_the_address_is_told(monkeypatch):
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 0.2)
    with socket.socket() as nobody:  # bound, but it does not listen
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(UserError, match=rf"^--scheduler: nothing answers at {address} "):
            dask.DaskPool(address, lambda *_: None, {}, python_version)


def test_workers_with_other_versions_are_refused(cluster):
    with pytest.raises(UserError, match=r"^--scheduler: worker tcp://.* expected .* Received: "):
        dask.DaskPool(cluster, lambda *_: None, {}, os.getpid)  # as of different releases


def test_a_cluster_without_workers_is_given_up(join, monkeypatch, blocks):
    monkeypatch.setattr(dask, "ALONE_SECONDS", 0.3)
    pool = join()
    with monkeypatch.context() as patch:
        patch.setattr(pool, "_admit", lambda _: [])  # none comes back
        pool.end([pool.submit(block) for block in blocks("hang", "hang")])
        with pytest.raises(UserError, match=r"has had no worker for 0\.3 s"):
            list(run_blocks(pool, blocks("fine")))


@pytest.mark.slow
def test_a_scheduler_that_is_gone_ends_the_run(dask_cluster, tmp_path, blocks):
    trainer = helpers.trainer(tmp_path)
    with dask_cluster(tmp_path, workers=1) as address:
        pool = dask.DaskPool(address, lambda *_: None, {}, python_version, trainer)
        outcomes = run_blocks(pool, blocks("fine", "slow", "slow", "slow"))
        assert next(outcomes).trials
    with pytest.raises(UserError, match=f"scheduler at {address} is gone"):
        list(outcomes)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 2


@pytest.mark.slow
def test_of_twenty_killed_workers_no_block_suffers(join, tmp_path, blocks):
    chance = random.Random(8)
    pool = join()
    asked = blocks(*["slow"] * 150)
    outcomes, killed = [], 0
    for outcome in run_blocks(pool, asked):
        outcomes.append(outcome)
        if killed < 20 and chance.random() < 0.25:
            pids = pool._client.run(os.getpid, on_error="ignore")  # of one just killed: nothing
            if pids:
                os.kill(chance.choice(list(pids.values())), signal.SIGKILL)
                killed += 1
    assert killed == 20
    assert {outcome.block for outcome in outcomes} == set(asked)
    assert all(outcome.trials for outcome in outcomes)
    assert sum(outcome.attempts - 1 for outcome in outcomes) <= 20
