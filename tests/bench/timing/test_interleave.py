"""Interleaved rounds, on a clock that the test moves itself."""

import gc
from contextlib import nullcontext

import pytest

from bench.timing.interleave import interleaved


class Clock:
    """Stands still unless somebody works."""

    def __init__(self):
        self.now = 0.0
        self.worked = []

    def __call__(self):
        return self.now

    def work(self, name, seconds):
        def run():
            self.worked.append(name)
            self.now += seconds

        return run


def test_every_competitor_runs_once_a_round_in_an_order_that_varies():
    clock = Clock()
    competitors = {name: clock.work(name, 1.0) for name in "abc"}
    interleaved(competitors, rounds=30, clock=clock)
    rounds = ["".join(clock.worked[start : start + 3]) for start in range(3, 93, 3)]
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert {one[0] for one in rounds} == {"a", "b", "c"}
    assert any("ab" in one for one in rounds)
    assert any("cb" in one for one in rounds)


def samples(competitors, **options):
    return {name: one.samples for name, one in interleaved(competitors, **options).items()}


def test_samples_are_seconds_per_call():
    clock = Clock()
    competitors = {"fast": clock.work("fast", 0.25), "slow": clock.work("slow", 2.0)}
    expected = {"fast": [0.25] * 4, "slow": [2.0] * 4}
    assert samples(competitors, rounds=4, calls=3, clock=clock) == expected


def test_a_slow_round_strikes_all_competitors_of_that_round():
    clock, done = Clock(), []

    def run():
        done.append(None)
        clock.now += 10.0 if len(done) in (5, 6) else 1.0  # after two first calls, in round two

    both = samples({"a": run, "b": run}, rounds=3, clock=clock)
    assert both == {"a": [1.0, 10.0, 1.0], "b": [1.0, 10.0, 1.0]}


def test_what_the_first_call_takes_longer_is_told_apart():
    clock, seconds = Clock(), iter([9.0, 1.0, 3.0, 2.0])

    def run():
        clock.now += next(seconds)

    measured = interleaved({"a": run}, rounds=3, clock=clock)["a"]
    assert (measured.samples, measured.facts) == ([1.0, 3.0, 2.0], {"compile_seconds": 7.0})


def test_what_follows_a_sample_is_out_of_the_clock_and_knows_whose_it_was():
    clock, followed = Clock(), []

    def after(name):
        followed.append(name)
        clock.now += 100.0

    competitors = {name: clock.work(name, 1.0) for name in "ab"}
    expected = {"a": [1.0] * 3, "b": [1.0] * 3}
    assert samples(competitors, rounds=3, clock=clock, after=after) == expected
    assert followed == clock.worked


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("works", [True, False])
def test_garbage_is_collected_out_of_the_clock_and_then_as_before(before, works):
    seen = []

    def run():
        seen.append(gc.isenabled())
        assert works or len(seen) == 1

    (gc.enable if before else gc.disable)()
    try:
        with nullcontext() if works else pytest.raises(AssertionError):
            interleaved({"a": run}, rounds=2)
        assert (gc.isenabled(), gc.get_freeze_count()) == (before, 0)
    finally:
        gc.enable()
    assert set(seen[1:]) == {False}
