"""Report samples that were measured elsewhere as a pytest-benchmark test's own rounds."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.timing.interleave import Measured


class ReplayClock:
    """A timer that plays samples back: start 0, end the sample, and so on.

    It stands in for pytest-benchmark's timer: ``pytest.mark.benchmark(timer=CLOCK)``.
    """

    __name__ = "replayed"  # what timing.json names as the timer

    def __init__(self) -> None:
        self._readings: Iterator[float] = iter(())

    def load(self, samples: Sequence[float]) -> None:
        """Set the samples, in seconds, that are played back next."""
        self._readings = iter([reading for sample in samples for reading in (0.0, sample)])

    def __call__(self) -> float:
        """Return the next reading in seconds."""
        return next(self._readings)


CLOCK = ReplayClock()


def report(benchmark: Any, measured: Measured, **place: object) -> None:
    """Report samples as the rounds of a benchmark, and their facts as its ``extra_info``.

    Args:
        benchmark: pytest-benchmark's fixture, of a test marked with ``timer=CLOCK``.
        measured: Samples and facts.
        place: ``dataset`` and ``operation``, which make the group, and what else says where the
            samples belong; ``analysis.timings`` says what it reads.
    """
    benchmark.group = f"{place['dataset']}: {place['operation']}"
    benchmark.extra_info.update(place, **measured.facts, versions=versions())
    CLOCK.load(measured.samples)
    benchmark.pedantic(lambda: None, rounds=len(measured.samples))


@cache
def versions() -> dict[str, str]:
    """Return the releases of what may be timed, where it is installed."""
    found = {}
    for library in ("tensorflow", "keras", "numpy", "scikit-learn", "torch", "jax"):
        with suppress(PackageNotFoundError):
            found[library] = version(library)
    return found
