"""The peers on one and the same net, and that the comparisons are fair."""

from __future__ import annotations

from typing import Any

import pytest

from bench.timing import jax_comparison, peers
from bench.timing.laboratory import skip_without
from bench.timing.nets import ACTIVATION
from bench.timing.playback import CLOCK, report

SAME_ACCURACY = 0.02  # seeds alone move it by about half of that

pytestmark = pytest.mark.benchmark(timer=CLOCK)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("peer", peers.PEERS)
def test_peer(benchmark: Any, peer: str) -> None:
    """One epoch of a plain ReLU net; a peer that learns less has not done the same work."""
    if peer in peers.EXTRAS:
        skip_without(peers.EXTRAS[peer])
    results = peers.results()
    result = results[peer]
    assert abs(result.accuracy - results[peers.REFERENCE].accuracy) < SAME_ACCURACY
    report(
        benchmark,
        dataset=peers.DATASET,
        activation="relu",
        operation=f"plain net, Adam, one epoch of {peers.ROWS:,} rows",
        competitor=peer,
        reference=peers.REFERENCE,
        paired=True,
        threads=1,
        **vars(result),
    )


@pytest.mark.thorough
@pytest.mark.parametrize("trainer", jax_comparison.CONTESTANTS)
@pytest.mark.parametrize("seeds", jax_comparison.SEEDS)
def test_many_seeds_against_jax(benchmark: Any, seeds: int, trainer: str) -> None:
    """One epoch of MNIST's own net, BatchNormalization and RMSprop included, on one core."""
    skip_without("jax")
    results = jax_comparison.results(seeds)
    result = results[trainer]
    assert abs(result.accuracy - results[jax_comparison.MANY_SEEDS].accuracy) < SAME_ACCURACY
    report(
        benchmark,
        dataset=jax_comparison.DATASET,
        activation=ACTIVATION,
        operation=f"one epoch of one of {seeds} seeds, {jax_comparison.ROWS:,} rows",
        competitor=trainer,
        reference=jax_comparison.MANY_SEEDS,
        paired=True,
        threads=1,
        seeds=seeds,
        **vars(result),
    )
