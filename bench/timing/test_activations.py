"""What an activation costs: every operation on every data set, interleaved with the others."""

from __future__ import annotations

from typing import Any

import pytest

from bench.data import DATASETS
from bench.timing import activations
from bench.timing.nets import OPERATIONS
from bench.timing.playback import CLOCK, report

pytestmark = [pytest.mark.benchmark(timer=CLOCK), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("competitor", activations.COMPETITORS)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_activation(benchmark: Any, dataset: str, operation: str, competitor: str) -> None:
    """One operation of one activation's net, beside all the others."""
    report(
        benchmark,
        activations.measured(dataset, operation)[competitor],
        dataset=dataset,
        activation=competitor,
        operation=OPERATIONS[operation].title_on(dataset),
        competitor=competitor,
        reference=activations.REFERENCE,
        paired=True,
        threads=1,
        seeds=1,
    )


@pytest.mark.parametrize("dataset", DATASETS)
def test_logistic_regression(benchmark: Any, dataset: str) -> None:
    """The fit whose accuracy the nets are to reach."""
    report(
        benchmark,
        activations.logistic(dataset),
        dataset=dataset,
        activation=activations.LOGISTIC,
        operation="whole fit",
        threads=1,
    )
