"""What an activation costs: every operation on every data set, interleaved with the others."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from bench.data import DATASETS
from bench.timing import laboratory
from bench.timing.nets import OPERATIONS
from bench.timing.replay import CLOCK, report

pytestmark = pytest.mark.benchmark(timer=CLOCK)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("competitor", laboratory.COMPETITORS)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_activation(benchmark: Any, dataset: str, operation: str, competitor: str) -> None:
    """One operation of one activation's net, beside all the others."""
    what = OPERATIONS[operation]
    # First of all: the scores are those after the timed epochs, before other steps are timed.
    scores = laboratory.scores(dataset, competitor)
    samples = laboratory.measured(dataset, operation)[competitor]
    first = laboratory.nets(dataset)[competitor].first_call_seconds[operation]
    report(
        benchmark,
        samples,
        dataset=dataset,
        activation=competitor,
        operation=what.title_on(dataset),
        competitor=competitor,
        reference=laboratory.REFERENCE,
        paired=True,
        threads=1,
        compile_seconds=max(0.0, first - median(samples)),
        **(scores if what.scored else {}),
    )
