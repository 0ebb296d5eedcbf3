"""The many-seeds trainer against Keras ``fit``, and against the floor under both."""

from __future__ import annotations

from typing import Any

import pytest

from bench.timing import race
from bench.timing.replay import CLOCK, report
from bench.timing.trainers import ACTIVATION

pytestmark = pytest.mark.benchmark(timer=CLOCK)


def enter(
    benchmark: Any, entry: race.Entry, dataset: str, operation: str, competitor: str, reference: str
) -> None:
    """Reports an entry of the race."""
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


@pytest.mark.parametrize("trainer", [race.REPLICATE, race.KERAS, race.FLOOR])
@pytest.mark.parametrize("dataset", race.LEGS)
def test_one_epoch_of_one_seed(benchmark: Any, dataset: str, trainer: str) -> None:
    """Seconds of the machine per seed and epoch, compilation apart."""
    entry = race.race(dataset)[trainer]
    enter(benchmark, entry, dataset, "one epoch of one seed", trainer, race.REPLICATE)


@pytest.mark.parametrize("trainer", [race.REPLICATE, race.KERAS])
def test_whole_command(benchmark: Any, trainer: str) -> None:
    """Seconds from the command to its report."""
    entry = race.whole_command()[trainer]
    operation = f"the whole command, {race.LEGS[race.COMMAND_DATASET].seeds} seeds"
    enter(benchmark, entry, race.COMMAND_DATASET, operation, trainer, race.REPLICATE)


@pytest.mark.parametrize("seeds", race.SCALING_SEEDS)
def test_cost_of_a_seed(benchmark: Any, seeds: int) -> None:
    """Seconds per seed, which many seeds must not raise; peak memory beside."""
    operation = f"one seed of {race.SCALING_EPOCHS} epochs among"
    names = [f"{n:,} seed{'s' if n > 1 else ''}" for n in (seeds, race.SCALING_SEEDS[0])]
    enter(benchmark, race.cost(seeds), "iris", operation, *names)
