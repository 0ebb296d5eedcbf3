"""Every peer on a small problem of ten well separated classes."""

import numpy as np
import pytest

from bench.timing import peers


@pytest.fixture(scope="module")
def work():
    random = np.random.default_rng(0)
    centres = random.random((10, 784))
    y = np.repeat(np.arange(10), 64)
    x = (centres[y] + random.normal(0, 0.05, (640, 784))).astype(np.float32)
    order = random.permutation(640)
    return peers.Work(x[order], y[order], x[order][:100], y[order][:100], epochs=13)


@pytest.mark.parametrize("peer", peers.PEERS)
def test_a_peer_goes_on_training_with_every_epoch(peer, work):
    if not peers.installed(peer):
        pytest.skip("an extra that is not installed")
    trainer = peers.PEERS[peer](work)
    for _ in range(work.epochs):
        trainer.epoch()
    predicted = trainer.predict(work.x_test)
    assert predicted.shape == work.y_test.shape
    assert np.mean(predicted == work.y_test) > 0.9
