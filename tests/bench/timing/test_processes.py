"""Measurements in processes and threads of their own."""

import time
from collections import Counter
from contextlib import closing

import pytest

from bench.timing import processes
from bench.timing.processes import Stepwise


def test_processes_wait_for_each_other():
    names = {"sleep": time.sleep, "now": time.monotonic, "together": processes.together}
    script = "(sleep({}), now(), together(), now())"  # a fresh process can't import this module
    came = processes.side_by_side(eval, [(script.format(delay), names) for delay in (0.0, 0.5)])
    assert min(met for *_, met in came) >= max(ready for _, ready, *_ in came)


def test_peak_memory_is_that_of_the_process_itself():
    peak = processes.peak_memory_bytes
    script = "(peak(), len(bytearray(b'x') * 300_000_000), peak())"
    before, held, after = processes.apart(eval, script, {"peak": peak})
    assert after - before > 0.9 * held
    assert before < peak() / 2  # TensorFlow is imported here, and not there


def test_an_object_in_another_process_is_called_from_here():
    with closing(processes.Remote(Counter, "aab")) as remote:
        assert remote.call("total") == 3
        assert remote.call("most_common") == [("a", 2), ("b", 1)]


def test_each_step_goes_to_the_next_pause_and_no_further():
    done = []

    def run(pause):
        for n in range(3):
            done.append(n)
            pause()
        return "result"

    training = Stepwise(run)
    assert done == []
    for n in range(3):
        training.step()
        assert done == list(range(n + 1))
    assert training.result() == "result"


def test_the_result_can_be_had_without_a_step():
    assert Stepwise(lambda pause: (pause(), pause(), 7)[-1]).result() == 7


def test_what_the_call_raises_is_raised_by_the_step():
    with pytest.raises(ZeroDivisionError):
        Stepwise(lambda _: 1 / 0).step()
