"""Killed, doubled or interrupted at random moments, a study ends as if nothing had been."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

SLOW = pytest.mark.slow
PAIRS = [1, pytest.param(20, marks=SLOW)]
SIGNALS = [2, pytest.param(50, marks=SLOW)]
LIMIT_SECONDS = 2.0


@pytest.mark.scorecard(1, "kills of a run with stand-in trials")
@pytest.mark.parametrize(
    ("blocks", "kills"),
    [
        *(("whole", 2), ("whole_cells", 1), ("whole_tuned", 1)),
        *(pytest.param(f"whole{of}", 100, marks=SLOW) for of in ("", "_cells", "_tuned")),
    ],
)
def test_killed_at_any_moment_the_same_command_goes_on_to_the_same_bytes(
    starter, request, results, tmp_path, blocks, kills, record_property
):
    whole = request.getfixturevalue(blocks)
    rng, phases = random.Random(kills), []
    for number in range(kills):
        folder = tmp_path / str(number)
        command = (*whole.command, "--workers", 1 + (number + kills) % 2)
        moment = rng.uniform(0, 1.1 * whole.seconds)
        started = starter.start(folder, *command, seconds=whole.seconds / 2 / whole.trials)
        time.sleep(moment)
        started.kill()
        kept = starter.committed(folder)
        phases.append(len(kept))
        print(f"kill {number}: {moment:.3f} s, {len(kept)} of {whole.trials} trials stored")  # noqa: T201 (shown where the test fails)
        before = starter.attempts(folder)
        ended = starter.run(folder, *command)
        assert ended.code == 0, ended.err
        if blocks != "whole_tuned":  # which does not know beforehand how many there will be
            assert f"{len(kept)} of {whole.trials} trials are stored" in ended.err
        assert results(folder / "results") == whole.files
        again = {
            name for name, times in starter.attempts(folder).items() if times > before.get(name, 0)
        }
        assert kept & again == set()
        assert kept & whole.networks | again == whole.networks
        shutil.rmtree(folder)
    if kills >= 100:
        assert sum(0 < stored < whole.trials for stored in phases) > 20, phases  # in the training
    record_property("tried", kills)


@pytest.mark.scorecard(1, "trials finished before their block was killed")
def test_killed_in_the_middle_of_a_block_no_finished_trial_is_lost_or_trained_again(
    starter, tmp_path, record_property
):
    asked = ("run", "--datasets", "iris", "--protocols", "paper", "--activations", "tanh,relu")
    asked = (*asked, "--seeds", "10", "--workers", "2")
    started = starter.start(tmp_path, *asked, faults={"tanh-7": "hang", "relu-4": "hang"})
    finished = {f"iris-paper-tanh-0-{seed}" for seed in range(7)}
    finished |= {f"iris-paper-relu-0-{seed}" for seed in range(4)}

    def networks():
        return starter.committed(tmp_path) & set(starter.attempts(tmp_path))

    end = time.monotonic() + 60
    while networks() != finished:  # each is stored while its block still runs
        assert time.monotonic() < end
        time.sleep(0.05)
    started.kill()
    assert networks() == finished
    ended = starter.run(tmp_path, *asked)
    assert ended.code == 0, ended.err
    began = starter.attempts(tmp_path)
    assert len(began) == 20
    twice = {name for name, times in began.items() if times > 1}
    assert twice == {"iris-paper-tanh-0-7", "iris-paper-relu-0-4"}  # those in training at the kill
    record_property("tried", len(finished))


REAL = ("--datasets", "iris", "--activations", "adaact,relu", "--protocols", "paper,held-out")
REAL = (*REAL, "--splits", "2", "--seeds", "3", "--epochs", "5")
REAL_TUNED = ("--datasets", "iris", "--protocols", "held-out", "--activations", "relu", "--tune")
REAL_TUNED = (*REAL_TUNED, "--splits", "2", "--seeds", "2", "--epochs", "2")


@pytest.mark.slow
@pytest.mark.scorecard(1, "kills of a run that really trains")
@pytest.mark.parametrize(("options", "kills"), [(REAL, 7), (REAL_TUNED, 3)], ids=["plain", "tuned"])
def test_killed_in_real_training_the_same_command_goes_on_to_the_same_bytes(
    environment, results, tmp_path, options, kills, record_property
):
    command = [sys.executable, "-m", "bench", "run", *options]

    def start(folder):
        folder.mkdir(exist_ok=True)
        with (folder / "err").open("a") as err:
            return subprocess.Popen(
                command, cwd=folder, env=environment, stderr=err, start_new_session=True
            )

    before = time.monotonic()
    assert start(tmp_path / "whole").wait() == 0
    seconds = time.monotonic() - before
    expected = results(tmp_path / "whole" / "results")
    rng = random.Random(10)
    for number in range(kills):
        folder = tmp_path / str(number)
        moment = rng.uniform(0, seconds)
        print(f"kill {number}: {moment:.2f} s of {seconds:.2f}")  # noqa: T201 (shown where the test fails)
        killed = start(folder)
        with suppress(subprocess.TimeoutExpired):
            killed.wait(moment)
        with suppress(ProcessLookupError):
            os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        assert start(folder).wait() == 0, (folder / "err").read_text()
        assert results(folder / "results") == expected
    record_property("tried", kills)


@pytest.mark.scorecard(5, "pairs of runs on one results folder")
@pytest.mark.parametrize("pairs", PAIRS)
def test_of_two_runs_at_once_none_loses_or_doubles_a_trial(
    starter, whole, results, tmp_path, pairs, record_property
):
    rng = random.Random(pairs)
    for number in range(pairs):
        folder = tmp_path / str(number)
        twin = folder / "twin"  # for what it prints alone: both work in one results folder
        first = starter.start(folder, *whole.command, "--workers", 1 + number % 2, seconds=0.01)
        time.sleep(rng.uniform(0, 1.2 * whole.seconds))
        second = starter.start(
            twin, *whole.command, "--workers", "1", "--results", folder / "results", seconds=0.01
        )
        ends = [first.wait(), second.wait()]
        assert {ended.code for ended in ends} <= {0, 2}
        assert any(ended.code == 0 for ended in ends)
        for ended in ends:
            if ended.code == 2:
                assert ended.err.count("\n") == 1
                assert "is in use by another run" in ended.err
        assert results(folder / "results") == whole.files
        began = starter.attempts(folder)
        for name, times in starter.attempts(twin).items():
            began[name] = began.get(name, 0) + times
        assert set(began.values()) == {1}
        assert set(began) == whole.networks
        shutil.rmtree(folder)
    record_property("tried", pairs)


@pytest.mark.scorecard(7, "signals")
@pytest.mark.parametrize("signals", SIGNALS)
def test_a_signal_at_any_moment_saves_what_is_done_and_leaves_no_process(
    starter, whole, results, tmp_path, signals, record_property
):
    rng, took = random.Random(signals), []
    for number in range(signals):
        folder = tmp_path / str(number)
        kind = (signal.SIGINT, signal.SIGTERM)[number % 2]
        command = (*whole.command, "--workers", 1 + number // 2 % 2)
        moment = rng.uniform(0.02, whole.seconds)
        print(f"signal {number}: {kind.name} at {moment:.3f} s")  # noqa: T201 (shown where the test fails)
        started = starter.start(folder, *command, seconds=0.01)
        time.sleep(moment)
        sent = time.monotonic()
        started.send(kind, group=kind == signal.SIGINT)  # Ctrl-C reaches the workers too
        ended = started.wait()
        while started.left() and time.monotonic() < sent + 10:
            time.sleep(0.01)
        took.append(time.monotonic() - sent)
        print(f"ended after {took[-1]:.3f} s")  # noqa: T201 (shown where the test fails)
        assert started.left() == []
        if "Report: " not in ended.err:
            assert ended.code == {signal.SIGINT: 130, signal.SIGTERM: 143}[kind], ended.err
            last = ended.err.splitlines()[-1]
            saved = f"Saved {len(starter.committed(folder))} of {whole.trials} trials"
            assert last.startswith((saved, "Interrupted"))
            assert last.endswith("the same command goes on from there.")
        assert starter.run(folder, *command).code == 0
        assert results(folder / "results") == whole.files
        shutil.rmtree(folder)
    if signals >= 50:
        assert max(took) < LIMIT_SECONDS
    record_property("tried", signals)
