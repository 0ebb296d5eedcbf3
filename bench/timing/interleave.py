"""Measure competitors round by round: a slow minute of the machine then affects all of them."""

from __future__ import annotations

import gc
import random
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

QUICK_ROUNDS = 7  # six are the fewest whose extremes bound a median at 95 %

quick = False
"""Whether this session's run is the quick one, with few rounds; conftest.py sets it."""


@dataclass(frozen=True)
class Measured:
    """What was measured of one competitor.

    Attributes:
        samples: Seconds, one per round.
        facts: What stands beside them in ``extra_info``.
    """

    samples: list[float]
    facts: dict[str, Any]


def rounds(full: int) -> int:
    """Return how many rounds to measure where the full form measures so many."""
    return min(full, QUICK_ROUNDS) if quick else full


def interleaved(
    competitors: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int = 1,
    clock: Callable[[], float] = perf_counter,
    after: Callable[[str], object] = lambda _: None,
) -> dict[str, Measured]:
    """Time every competitor once a round, in an order drawn anew for every round.

    Args:
        competitors: What is timed, by name. Each is called once before the first round: what that
            takes beyond the median is ``compile_seconds``.
        rounds: Samples per competitor.
        calls: Calls per sample, so that one sample is long against the clock's resolution.
        clock: Seconds, increasing.
        after: Called with the competitor's name after its first call and each of its samples, out
            of the clock.

    Returns:
        By competitor: seconds per call, one number a round. The n-th samples of all competitors
        are of the same round, and so paired.
    """
    samples: dict[str, list[float]] = {name: [] for name in competitors}

    def sample(name: str, calls: int) -> float:
        begin = clock()
        for _ in range(calls):
            competitors[name]()
        seconds = (clock() - begin) / calls
        after(name)
        return seconds

    first = {name: sample(name, 1) for name in competitors}
    with _collected_between() as collect:
        for one_round in range(rounds):
            # Drawn, not rotated: rotation would let the same one run before another every time.
            for name in random.Random(one_round).sample(list(competitors), len(competitors)):
                samples[name].append(sample(name, calls))
                collect()
    return {
        name: Measured(own, {"compile_seconds": max(0.0, first[name] - median(own))})
        for name, own in samples.items()
    }


@contextmanager
def _collected_between() -> Iterator[Callable[[], object]]:
    """Keep garbage collection out of the clock; yield what collects between the samples."""
    enabled = gc.isenabled()
    gc.disable()
    gc.collect()
    gc.freeze()  # what is there already need not be searched after every sample
    try:
        yield gc.collect
    finally:
        gc.unfreeze()
        if enabled:
            gc.enable()
