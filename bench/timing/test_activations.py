"""What an activation costs: every operation on every data set, interleaved with the others."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from bench.data import DATASETS
from bench.timing import effort, laboratory
from bench.timing.nets import OPERATIONS
from bench.timing.playback import CLOCK, report

pytestmark = [pytest.mark.benchmark(timer=CLOCK), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("competitor", laboratory.COMPETITORS)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_activation(benchmark: Any, dataset: str, operation: str, competitor: str) -> None:
    """One operation of one activation's net, beside all the others."""
    what = OPERATIONS[operation]
    # The scores are those after the timed epochs: these come before further steps are timed.
    facts = trained(dataset, competitor) if what.scored else {}
    if operation == "epoch":
        samples = laboratory.trainings(dataset)[competitor].samples
        facts |= costs(dataset, competitor)
    else:
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
        seeds=1,
        compile_seconds=max(0.0, first - median(samples)),
        **facts,
    )


def trained(dataset: str, competitor: str) -> dict[str, object]:
    """Accuracy and F1 of a net after the epochs that were timed, and how many those were."""
    scores = laboratory.trainings(dataset)[competitor].scores
    return {**scores[-1], "epochs": len(scores)}


def costs(dataset: str, competitor: str) -> dict[str, object]:
    """What it takes to be as good as logistic regression; peak memory in the full form."""
    target = laboratory.logistic(dataset).scores["accuracy"]
    facts: dict[str, object] = {**laboratory.trainings(dataset)[competitor].to_logistic(target)}
    if not effort.is_quick():
        facts["peak_bytes"] = laboratory.peaks(dataset)[competitor]
    return facts


@pytest.mark.parametrize("dataset", DATASETS)
def test_logistic_regression(benchmark: Any, dataset: str) -> None:
    """The fit whose accuracy the nets are to reach."""
    fitted = laboratory.logistic(dataset)
    report(
        benchmark,
        fitted.samples,
        dataset=dataset,
        activation=laboratory.LOGISTIC,
        operation="whole fit",
        threads=1,
        **fitted.scores,
    )
