"""Blocks on a Dask cluster: those that hang or raise, data files, versions, and its end."""

import os
import socket
import sys
import time
from functools import partial
from pathlib import Path
from platform import python_version
from types import ModuleType, SimpleNamespace

import pytest

from bench.errors import UserError
from bench.records import SCIKIT_LEARN
from bench.study import what_decides
from bench.training.pools.worker_pool import run_jobs
from bench.training.trials.blocks import Block
from bench.training.trials.sklearn_trials import fit_all
from tests import helpers

pytest.importorskip("distributed", reason="the extra `dask` is not installed")

from bench.training.pools import dask_pool as dask
from bench.training.pools.dask_worker import RunFiles


@pytest.fixture
def join(cluster, tmp_path):
    """Makes a pool of the cluster's two workers: ``join(files)``."""
    made = []

    def join(files=()):
        trainer = helpers.trainer(tmp_path)
        named = {path.name: path for path in files}
        pool = dask.DaskPool(cluster, named, python_version, trainer)
        made.append(pool)
        fill(pool)
        return pool

    yield join
    for pool in made:
        pool.close()


def fill(pool, seconds=120):
    """Waits for both workers: one that a test has killed is started again."""
    end = time.monotonic() + seconds
    while pool.width < 2:
        assert time.monotonic() < end, pool.width
        pool.tell(lambda *_: None)


def until(condition, seconds=30):
    """Waits for what is to come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_workers_train_fit_and_report(join, blocks, run, trial_contents):
    fits = Block((helpers.key(activation="logistic-regression"),), SCIKIT_LEARN)
    faulty, *asked = blocks("raise at length", "fine", "slow", "fine", "fine")
    ran = run(join(), [fits, faulty, *asked])
    assert trial_contents(ran.results[fits]) == trial_contents(fit_all(fits))
    for block in asked:
        outcome = ran.outcomes[block]
        assert [trial.key for trial in ran.results[block]] == list(block.keys)
        assert (outcome.reason, outcome.attempts) == ("", 1)
        # The epochs after the first one come too soon to be reported.
        assert [told for of, told in ran.epochs if of == block] == [{block.keys[0].place: 1}]
    outcome = ran.outcomes[faulty]
    assert (outcome.missing, outcome.attempts) == (faulty.keys, 3)
    assert outcome.reason.startswith("ValueError: no such thing !!!")


def test_a_retry_takes_only_the_seeds_without_a_trial(join, run, tmp_path):
    block = helpers.block("iris", "paper", "one, then none", range(3), "keras")
    ran = run(join(), [block])
    assert (ran.outcomes[block].missing, ran.outcomes[block].attempts) == ((), 3)
    assert [trial.key for trial in ran.results[block]] == list(block.keys)
    assert set(helpers.attempts(tmp_path).values()) == {1}


def test_a_hanging_block_is_ended_and_its_neighbours_go_on(join, blocks, run):
    # The second worker does one block after the other: one is under way at any time.
    hanging, *others = blocks("hang", *["slow"] * 6)
    outcomes = run(join(), [hanging, *others], stall=2).outcomes
    assert (outcomes[hanging].missing, outcomes[hanging].attempts) == (hanging.keys, 3)
    assert outcomes[hanging].reason == "no epoch finished for 2 s"
    assert {(outcomes[one].missing, outcomes[one].attempts) for one in others} == {((), 1)}


def test_every_large_trial_of_a_long_block_arrives(join, run):
    seeds = range(helpers.STREAMED)
    protocols = ("paper", "held-out")
    asked = [helpers.block("iris", name, "stream", seeds, "keras") for name in protocols]
    ran = run(join(), asked)
    for block in asked:
        assert (ran.outcomes[block].missing, ran.outcomes[block].attempts) == ((), 1)
        assert {len(trial.outcomes) for trial in ran.results[block]} == {helpers.LARGE}


def test_data_files_come_to_each_worker_once_and_go_with_the_run(join, tmp_path, blocks, run):
    table = tmp_path / "table.csv"
    table.write_text("1,2,3")
    pool = join(files=[table])
    asked = blocks("read", "read", "read", "read", "read", "read")
    ran = run(pool, asked)
    assert not any(outcome.missing for outcome in ran.outcomes.values())
    read = {path.read_text() for path in tmp_path.glob("*-read-*")}
    assert len(read) == 2  # one file, never written again, for each worker
    assert {text.split()[2] for text in read} == {"1,2,3"}
    places = [Path(text.split()[0]) for text in read]
    assert all(place.exists() and place != table for place in places)
    pool.close()
    assert not any(place.exists() for place in places)


def test_a_run_that_ends_leaves_its_workers_free_for_the_next(join, tmp_path, blocks):
    first = join()
    endless = blocks("on and on", "on and on")
    for block in endless:
        first.submit(block)
    until(lambda: len(list(tmp_path.glob("*-on and on-*"))) == 2)
    first.close()
    outcomes = list(run_jobs(join(), blocks("fine", "fine"), stall=20))
    assert [outcome.attempts for outcome in outcomes] == [1, 1]


def test_where_no_scheduler_is_the_address_is_told(monkeypatch):
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 0.2)
    with socket.socket() as nobody:  # bound, but it does not listen
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(UserError, match=rf"^--scheduler: nothing answers at {address} "):
            dask.DaskPool(address, {}, python_version)


def test_workers_with_other_versions_are_refused(cluster):
    with pytest.raises(UserError, match=r"^--scheduler: worker tcp://.* expected .* Received: "):
        dask.DaskPool(cluster, {}, os.getpid)  # as of different releases


def test_a_worker_out_of_reach_is_asked_again(join, monkeypatch):
    join()  # both workers are there
    ask, asked = dask.Client.run, []

    def fail_twice(client, function, workers, **options):
        asked.append(list(workers))
        if len(asked) > 2:
            return ask(client, function, workers=workers, **options)
        return dict.fromkeys(workers, OSError("Timed out"))

    monkeypatch.setattr(dask.Client, "run", fail_twice)
    assert join().width == 2
    assert sorted(map(len, asked)) == [1, 1, 1, 2]


def test_workers_without_the_users_module_are_refused(cluster, tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UserError, match=r"expected .*'only_here': '.* Received: .*: None"):
        dask.DaskPool(cluster, {}, partial(what_decides, ["only_here"]))


def test_a_run_forgets_what_an_earlier_one_imported(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "changed", ModuleType("changed"))
    worker = SimpleNamespace(local_directory=tmp_path)
    first, second = (RunFiles({"a": b"1"}, names) for names in ([], ["changed"]))
    first.setup(worker)
    assert "changed" in sys.modules
    second.setup(worker)
    assert "changed" not in sys.modules
    assert first.folder != second.folder


def test_a_cluster_without_workers_is_given_up(join, monkeypatch, blocks):
    monkeypatch.setattr(dask, "ALONE_SECONDS", 0.3)
    pool = join()
    with monkeypatch.context() as patch:
        patch.setattr(pool, "_admit", lambda _: [])  # none comes back
        for number in [pool.submit(block) for block in blocks("hang", "hang")]:
            pool.end(number)
        with pytest.raises(UserError, match=r"has had no worker for 0\.3 s"):
            list(run_jobs(pool, blocks("fine")))


@pytest.mark.slow
def test_a_scheduler_that_is_gone_ends_the_run(dask_cluster, tmp_path, blocks):
    trainer = helpers.trainer(tmp_path)
    with dask_cluster(tmp_path, workers=1) as address:
        pool = dask.DaskPool(address, {}, python_version, trainer)
        outcomes = run_jobs(pool, blocks("fine", "slow", "slow", "slow"))
        assert next(outcomes).missing == ()
    with pytest.raises(UserError, match=f"scheduler at {address} is gone"):
        list(outcomes)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 2
