"""The many-seeds trainer against Keras ``fit``, and against the lower bound under both."""

from __future__ import annotations

from typing import Any

import pytest

from bench.data import DATASETS, budget
from bench.timing import scaling, trainer_comparison
from bench.timing.nets import ACTIVATION
from bench.timing.playback import CLOCK, report

pytestmark = pytest.mark.benchmark(timer=CLOCK)
thorough = pytest.mark.thorough
LEGS = [
    pytest.param(name, marks=[] if name == trainer_comparison.COMMAND_DATASET else thorough)
    for name in DATASETS
]


def enter(
    benchmark: Any,
    entry: trainer_comparison.Entry,
    dataset: str,
    operation: str,
    competitor: str,
    reference: str,
) -> None:
    """Reports an entry of the comparison."""
    report(
        benchmark,
        entry.samples,
        dataset=dataset,
        activation=ACTIVATION,
        operation=operation,
        competitor=competitor,
        reference=reference,
        **entry.facts,
    )


@pytest.mark.parametrize(
    "trainer",
    [trainer_comparison.MANY_SEEDS, trainer_comparison.KERAS, trainer_comparison.LOWER_BOUND],
)
@pytest.mark.parametrize("dataset", LEGS)
def test_one_epoch_of_one_seed(benchmark: Any, dataset: str, trainer: str) -> None:
    """Seconds of the machine per seed and epoch, compilation apart."""
    entry = trainer_comparison.measured(dataset)[trainer]
    enter(
        benchmark, entry, dataset, "one epoch of one seed", trainer, trainer_comparison.MANY_SEEDS
    )


@thorough
@pytest.mark.parametrize("trainer", [trainer_comparison.MANY_SEEDS, trainer_comparison.KERAS])
def test_whole_command(benchmark: Any, trainer: str) -> None:
    """Seconds from the command to its report."""
    entry = trainer_comparison.whole_command()[trainer]
    operation = (
        f"the whole command, {budget(trainer_comparison.COMMAND_DATASET).timing.seeds} seeds"
    )
    enter(
        benchmark,
        entry,
        trainer_comparison.COMMAND_DATASET,
        operation,
        trainer,
        trainer_comparison.MANY_SEEDS,
    )


@thorough
@pytest.mark.parametrize(("axis", "size"), scaling.POINTS)
def test_scaling(benchmark: Any, axis: str, size: int) -> None:
    """Seconds per epoch of all seeds as one of seeds, width, rows and workers grows."""
    timed = scaling.measured(scaling.load(axis, size))
    report(
        benchmark,
        timed.epochs,
        dataset=scaling.DATASET,
        operation=f"{axis}: {size:,}",
        axis=axis,
        size=size,
        peak_bytes=timed.peak_bytes,
        compile_seconds=timed.compile_seconds,
    )
