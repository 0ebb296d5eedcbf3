"""One trial has one result, however it was come by; on a cluster would be a file of its own."""

import random

import pytest

import bench.data
from bench.training.pools.process_pool import ProcessPool
from bench.training.pools.worker_pool import Pool
from bench.training.trials.blocks import train_block
from tests import helpers

CELLS = (("iris", "paper", "adaact"), ("iris", "held-out", "tanh"), ("banknote", "paper", "adaact"))
SEEDS = tuple(range(10))
EPOCHS = 12


def blocks(cell, parts):
    return [helpers.block(*cell, part, epochs=EPOCHS) for part in parts]


def of_size(size):
    return [SEEDS[start : start + size] for start in range(0, len(SEEDS), size)]


def repacked():
    """As the seeds of a resumed study lie: whatever was not done before, in any order."""
    shuffled = random.Random(9).sample(SEEDS, len(SEEDS))
    return [shuffled[:3], shuffled[3:4], shuffled[4:]]


WAYS = {
    "alone": (of_size(1), 1),
    "in blocks of 2": (of_size(2), 1),
    "in blocks of 3": (of_size(3), 1),
    "repacked": (repacked(), 1),
    "by 2 workers": (of_size(4), 2),
}


@pytest.fixture(scope="module")
def pools():
    pools = {1: Pool(), 2: ProcessPool(2)}
    yield pools
    pools[2].close()


def in_order(trials):
    return sorted(trials, key=lambda trial: trial.key)


@pytest.fixture(scope="module", params=CELLS, ids="-".join)
def cell(request):
    """A cell, and its trials from one block."""
    try:
        bench.data.locate(request.param[0], download=False)
    except bench.data.DataMissing as missing:
        pytest.skip(str(missing))
    return request.param, in_order(train_block(*blocks(request.param, [SEEDS])))


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.scorecard(9, "trials trained another way")
@pytest.mark.parametrize("way", WAYS)
def test_metrics_and_histories_are_equal_to_the_last_bit(
    cell, pools, run, trial_contents, way, record_property
):
    name, expected = cell
    parts, workers = WAYS[way]
    ran = run(pools[workers], blocks(name, parts))
    trials = [trial for results in ran.results.values() for trial in results]
    assert trial_contents(in_order(trials)) == trial_contents(expected)
    record_property("tried", len(trials))
