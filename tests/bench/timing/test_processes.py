"""Measurements in processes of their own."""

import time
from contextlib import closing
from functools import reduce

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


def test_a_call_goes_on_from_pause_to_pause_to_its_result():
    with closing(Stepwise(reduce, [1, 2, 3])) as call:  # pauses instead of adding
        call.step()
        assert call.result() is None


def test_a_call_that_is_not_finished_can_be_ended():
    Stepwise(reduce, [1, 2, 3]).close()


def test_what_the_call_raises_is_raised_here():
    with pytest.raises(TypeError, match="partial"):
        Stepwise(len)
