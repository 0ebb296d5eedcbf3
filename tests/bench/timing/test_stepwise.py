"""A call that stands still between its steps."""

import pytest

from bench.timing.stepwise import Stepwise


def test_each_step_goes_to_the_next_pause_and_no_further():
    done = []

    def run(pause):
        for n in range(3):
            done.append(n)
            pause()
        return "result"

    training = Stepwise(run)
    assert done == []
    seen = []
    for _ in range(3):
        training.step()
        seen.append(list(done))
    assert seen == [[0], [0, 1], [0, 1, 2]]
    assert training.result() == "result"


def test_the_result_can_be_had_without_a_step():
    assert Stepwise(lambda pause: (pause(), pause(), 7)[-1]).result() == 7


def test_what_the_call_raises_is_raised_by_the_step():
    with pytest.raises(ZeroDivisionError):
        Stepwise(lambda _: 1 / 0).step()
