"""Every peer on a small problem of ten well separated classes."""

import numpy as np
import pytest

from bench.data.splits import Split
from bench.timing import peers
from bench.training import networks
from bench.training.trials.cells import Cell

EPOCHS = 13


@pytest.fixture(scope="module")
def task():
    random = np.random.default_rng(0)
    centres = random.random((10, 784))
    y = np.repeat(np.arange(10), 64)
    x = (centres[y] + random.normal(0, 0.05, (640, 784))).astype(np.float32)
    rows = random.permutation(640)
    build = networks.compiled(peers.net, "adam", peers.LOSS)
    split = Split(rows, rows[:100], rows[:100])
    return Cell(build, x, y, split, peers.BATCH, EPOCHS)


@pytest.mark.parametrize("peer", peers.PEERS)
def test_a_peer_trains_with_a_pause_before_and_after_each_epoch(peer, task):
    if not peers.installed(peer):
        pytest.skip("an extra that is not installed")
    pauses = []
    scores = peers.PEERS[peer](lambda *_: pauses.append(1), task)
    assert len(pauses) == 1 + EPOCHS
    assert scores["accuracy"] > 0.9
