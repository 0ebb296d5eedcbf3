"""Measures competitors round by round: a slow minute of the machine then strikes all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

import numpy as np

Clock = Callable[[], float]


def interleaved(
    competitors: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int = 1,
    clock: Clock = perf_counter,
    after: Callable[[str], object] = lambda _: None,
) -> dict[str, list[float]]:
    """Times every competitor once a round, in an order drawn anew for every round.

    Nothing is warmed up here: call each competitor before, or its first sample holds compilation.

    Args:
        competitors: What is timed, by name.
        rounds: Samples per competitor.
        calls: Calls per sample, so that one sample is long against the clock's resolution.
        clock: Seconds, increasing.
        after: Called with the competitor's name after each of its samples, out of the clock.

    Returns:
        By competitor: seconds per call, one number a round. The n-th samples of all competitors
        are of the same round, and so paired.
    """
    samples: dict[str, list[float]] = {name: [] for name in competitors}
    names = list(competitors)
    with _collected_between() as collect:
        for one_round in range(rounds):
            # Drawn, not rotated: rotation would let the same one run before another every time.
            for position in np.random.default_rng(one_round).permutation(len(names)):
                run = competitors[names[position]]
                begin = clock()
                for _ in range(calls):
                    run()
                samples[names[position]].append((clock() - begin) / calls)
                after(names[position])
                collect()
    return samples


@contextmanager
def _collected_between() -> Iterator[Callable[[], object]]:
    """Keeps garbage collection out of the clock; yields what collects between the samples."""
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
