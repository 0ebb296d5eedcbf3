"""Lets a pytest-benchmark test report samples that were measured elsewhere."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class ReplayClock:
    """A timer that plays samples back: start 0, end the sample, and so on.

    It stands in for pytest-benchmark's timer: ``pytest.mark.benchmark(timer=CLOCK)``.
    """

    __name__ = "replayed"  # what timing.json names as the timer

    def __init__(self) -> None:
        self._readings: Iterator[float] = iter(())

    def load(self, samples: Sequence[float]) -> None:
        """Sets the samples, in seconds, that are played back next."""
        self._readings = iter([reading for sample in samples for reading in (0.0, sample)])

    def __call__(self) -> float:
        """The next reading in seconds."""
        return next(self._readings)


CLOCK = ReplayClock()


def report(benchmark: Any, samples: Sequence[float], **extra_info: object) -> None:
    """Reports samples as the rounds of a benchmark.

    Args:
        benchmark: pytest-benchmark's fixture, of a test marked with ``timer=CLOCK``.
        samples: Seconds, one per round.
        extra_info: Stored beside the times, with the releases that were timed;
            ``analysis.timings`` says what it reads. The group is made from ``dataset`` and
            ``operation``.
    """
    benchmark.group = f"{extra_info['dataset']}: {extra_info['operation']}"
    benchmark.extra_info.update(extra_info, versions=versions())
    CLOCK.load(samples)
    benchmark.pedantic(lambda: None, rounds=len(samples))


@cache
def versions() -> dict[str, str]:
    """The releases of what may be timed, where it is installed."""
    found = {}
    for library in ("tensorflow", "keras", "numpy", "scikit-learn", "torch", "jax"):
        with suppress(PackageNotFoundError):
            found[library] = version(library)
    return found
