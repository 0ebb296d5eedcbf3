"""What trainers cost on one and the same net; a peer that learns less has not done the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.data import DATASETS, budget
from bench.timing import peers, trainers
from bench.timing.playback import CLOCK, report
from bench.timing.tasks import ACTIVATION, skip_without

if TYPE_CHECKING:
    from bench.timing.interleave import Measured

SAME_ACCURACY = 0.02  # seeds alone move it by about half of that
SMALL = trainers.COMMAND_DATASET
LEGS = [
    pytest.param(name, marks=[] if name == SMALL else pytest.mark.thorough) for name in DATASETS
]

pytestmark = pytest.mark.benchmark(timer=CLOCK)
both_trainers = pytest.mark.parametrize("trainer", [trainers.MANY_SEEDS, trainers.KERAS])


def enter(benchmark: Any, found: dict[str, Measured], competitor: str, **place: Any) -> None:
    """Report one competitor, which is as accurate as the reference where that is measured."""
    place = {"activation": ACTIVATION, "reference": trainers.MANY_SEEDS} | place
    one, reference = found[competitor].facts, found[place["reference"]].facts
    assert abs(one.get("accuracy", 0) - reference.get("accuracy", 0)) < SAME_ACCURACY
    report(benchmark, found[competitor], competitor=competitor, **place)


@both_trainers
@pytest.mark.parametrize("dataset", LEGS)
def test_one_epoch_of_one_seed(benchmark: Any, dataset: str, trainer: str) -> None:
    """Seconds of the machine per seed and epoch, compilation apart."""
    found = trainers.epochs_of_one_seed(dataset)
    enter(benchmark, found, trainer, dataset=dataset, operation="one epoch of one seed")


@pytest.mark.thorough
@both_trainers
def test_whole_command(benchmark: Any, trainer: str) -> None:
    """Seconds from the command to its report."""
    operation = f"the whole command, {budget(SMALL).timing.seeds} seeds"
    enter(benchmark, trainers.whole_command(), trainer, dataset=SMALL, operation=operation)


BY_TURNS = {"dataset": peers.DATASET, "paired": True, "threads": 1}


@pytest.mark.parametrize("peer", peers.PEERS)
def test_peer(benchmark: Any, peer: str) -> None:
    """One epoch of a plain ReLU net."""
    if not peers.installed(peer):
        skip_without("torch")
    operation = f"plain net, Adam, one epoch of {peers.ROWS:,} rows"
    place = {"activation": "relu", "operation": operation, "reference": peers.REFERENCE}
    enter(benchmark, peers.times_of_plain_net(), peer, **BY_TURNS, **place)


@pytest.mark.thorough
@pytest.mark.parametrize("trainer", peers.CONTESTANTS)
@pytest.mark.parametrize("seeds", peers.SEEDS)
def test_many_seeds_against_jax(benchmark: Any, seeds: int, trainer: str) -> None:
    """One epoch of MNIST's own net, BatchNormalization and RMSprop included."""
    skip_without("jax")
    operation = f"one epoch of one of {seeds} seeds, {peers.ROWS:,} rows"
    enter(benchmark, peers.times_of_mnist_net(seeds), trainer, **BY_TURNS, operation=operation)
