"""The comparison's arithmetic, and both trainers on a few epochs of Iris."""

import time
from collections import Counter

import pytest

from bench.timing import processes, scaling, trainers
from bench.timing.trainers import Timed


def timed(epochs, seeds):
    return Timed(epochs, seeds, training_seconds=0.0, compile_seconds=0.0, peak_bytes=0)


def test_the_speeds_of_processes_side_by_side_add_up():
    assert trainers.together_seconds([2.0, 2.0]) == 1.0
    assert trainers.together_seconds([3.0, 6.0]) == pytest.approx(2.0)


def test_seconds_per_seed_and_epoch_count_all_seeds_of_all_processes():
    # 5 seeds in 1 s beside 5 seeds in 1 s: 10 seeds a second; then half as fast.
    parts = [timed([1.0, 2.0], 5), timed([1.0, 2.0], 5)]
    assert trainers.per_seed_epoch(parts) == pytest.approx([0.1, 0.2])


def test_gaps_are_those_between_marks():
    assert trainers.gaps([1.0, 1.5, 4.0]) == [0.5, 2.5]


def keras_loop():
    return processes.apart(trainers.keras_loop, "iris", (0, 1), 4)


def many_seeds_loop():
    return processes.side_by_side(trainers.many_seeds_loop, [("iris", (0, 1), 4)])[0]


@pytest.mark.parametrize(
    ("loop", "seeds", "samples"),
    [(keras_loop, 1, 2 * 3), (many_seeds_loop, 2, 3)],  # Keras: one seed after the other
)
def test_a_trainer_reports_every_epoch_but_the_first(loop, seeds, samples):
    result = loop()
    assert (result.seeds, len(result.epochs)) == (seeds, samples)
    assert 0 < sum(result.epochs) < result.training_seconds
    assert result.compile_seconds > 0
    assert result.peak_bytes > 50e6  # TensorFlow alone takes more


def test_processes_wait_for_each_other():
    names = {"sleep": time.sleep, "now": time.monotonic, "together": processes.together}
    script = "(sleep({}), now(), together(), now())"  # a fresh process can't import this module
    came = processes.side_by_side(eval, [(script.format(delay), names) for delay in (0.0, 0.5)])
    assert min(met for *_, met in came) >= max(ready for _, ready, *_ in came)


def test_peak_memory_is_that_of_the_process_itself():
    before = processes.peak_memory_bytes()
    held = bytearray(before)  # beside what is held now, this is past any earlier peak
    held[::4096] = b"x" * len(held[::4096])
    assert processes.peak_memory_bytes() > before


def test_a_fresh_process_does_not_begin_with_the_peak_of_this_one():
    held = bytearray(400_000_000)
    held[::4096] = b"x" * len(held[::4096])
    assert processes.apart(processes.peak_memory_bytes) < 400_000_000


def test_a_load_is_shared_among_its_workers():
    what = scaling.Load(seeds=4, width=4, rows=64, workers=2)
    result = scaling.measured(what)
    assert (result.seeds, len(result.epochs)) == (4, scaling.EPOCHS - 1)
    assert min(result.epochs) > 0


def test_one_size_changes_at_a_time():
    for axis, sizes in scaling.AXES.items():
        loads = [vars(scaling.load(axis, size)) for size in sizes]
        varied = {name for name in loads[0] if len({one[name] for one in loads}) > 1}
        assert varied <= {axis}


def test_an_object_in_another_process_is_called_from_here():
    remote = processes.Remote(Counter, "aab")
    try:
        assert remote.call("total") == 3
        assert remote.call("most_common") == [("a", 2), ("b", 1)]
    finally:
        remote.close()
