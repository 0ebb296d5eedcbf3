"""The peers on one and the same net, and that the race is fair."""

from __future__ import annotations

from typing import Any

import pytest

from bench.timing import peers
from bench.timing.replay import CLOCK, report

SAME_ACCURACY = 0.02  # seeds alone move it by about half of that

pytestmark = [pytest.mark.benchmark(timer=CLOCK), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("peer", peers.PEERS)
def test_peer(benchmark: Any, peer: str) -> None:
    """One epoch of a plain ReLU net; a peer that learns less has not done the same work."""
    results = peers.results()
    result = results[peer]
    assert abs(result.accuracy - results[peers.REFERENCE].accuracy) < SAME_ACCURACY
    report(
        benchmark,
        result.samples,
        dataset=peers.DATASET,
        activation="relu",
        operation=f"plain net, Adam, one epoch of {peers.EPOCH_ROWS[peers.DATASET]:,} rows",
        competitor=peer,
        reference=peers.REFERENCE,
        paired=True,
        threads=1,
        compile_seconds=result.compile_seconds,
        accuracy=result.accuracy,
        epochs=result.epochs,
    )
