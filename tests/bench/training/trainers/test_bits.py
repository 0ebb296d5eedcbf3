"""A seed gives the same bits whatever block it is trained in, and whatever the clock says."""

from dataclasses import replace
from functools import partial
from itertools import count, islice

import pytest

from baselines import ACTIVATIONS, DEFAULT
from bench.training import networks
from bench.training.trainers import many_seeds, training_loop

SEEDS = tuple(range(7))
QUICK = {("mnist", "adaact"), ("iris", "adaact")}


def cells():
    for name in ("banknote", "mnist", "iris"):
        for activation in DEFAULT:
            marks = [pytest.mark.data] * (name != "iris")
            marks += [pytest.mark.slow] * ((name, activation) not in QUICK)
            yield pytest.param((name, activation), marks=marks, id=f"{name}-{activation}")


@pytest.fixture(scope="module", params=cells())
def cell(request, paper):
    """A task in which seeds stop at different epochs, and its seeds in five lanes."""
    task = paper(*request.param, wrong=True, epochs=12, patience=1)
    fits = list(task.fit(SEEDS, lanes=5))
    assert len({len(fit.history["loss"]) for fit in fits}) > 1  # else no lane falls idle
    return task, fits


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "sizes", [(1, 4, 2), *(pytest.param((size,) * 7, marks=SLOW) for size in (1, 2, 3, 4))]
)
def test_in_blocks_of_any_size(cell, contents, sizes):
    task, expected = cell
    seeds = iter(SEEDS)
    blocks = [part for size in sizes if (part := tuple(islice(seeds, size)))]
    fits = [fit for block in blocks for fit in task.fit(block)]
    assert contents(fits) == contents(expected)


@pytest.mark.parametrize(
    ("seeds", "lanes"), [(1, 2), (2, 2), (3, 3), (4, 5), (8, 9), (12, 12), (16, 17), (100, 100)]
)
def test_powers_of_two_get_a_lane_more(seeds, lanes):
    assert many_seeds.width(seeds) == lanes


def test_in_another_order_with_fewer_lanes_than_seeds(cell, contents):
    task, expected = cell
    fits = list(task.fit(SEEDS[::-1], lanes=2))
    assert contents(fits) == contents(expected)


def test_after_idle_lanes_were_dropped(cell, contents, monkeypatch):
    task, expected = cell
    widths = []
    train_epoch = training_loop.Compiled.train_epoch

    def watched(self, state, inputs):
        widths.append(len(inputs.rows))
        return train_epoch(self, state, inputs)

    monkeypatch.setattr(training_loop.Compiled, "train_epoch", watched)
    monkeypatch.setattr(many_seeds, "perf_counter", count(0, 1e6).__next__)  # idling costs ages
    fits = contents(task.fit(SEEDS[:5]))
    lengths = sorted(len(fit.history["loss"]) for fit in expected if fit.seed in fits)
    assert widths[0] == 5
    assert (widths[-1] < 5) == (lengths[2] < lengths[-1])  # three are done before the last one is
    assert fits.items() <= contents(expected).items()


@pytest.mark.slow
def test_among_a_hundred(cell, contents):
    task, expected = cell
    fits = [fit for fit in task.fit(range(100)) if fit.seed in SEEDS]
    assert contents(fits) == contents(expected)


# Loops are cut into vectors, from 17 lanes on, and a rest goes one by one.
@pytest.mark.parametrize("lanes", [21, *(pytest.param(lanes, marks=SLOW) for lanes in (7, 50))])
def test_in_every_lane(cell, contents, lanes):
    task, expected = cell
    (first,) = (fit for fit in expected if fit.seed == SEEDS[0])
    for fit in task.fit(SEEDS[:1] * lanes):
        assert contents([fit]) == contents([first])


PROMISED = ("sgd", "rmsprop", "adam", "nadam")
NARROW = [(name, "adam") for name in ACTIVATIONS] + [("relu", name) for name in PROMISED]


@pytest.mark.slow
@pytest.mark.parametrize(("activation", "optimizer"), NARROW)
def test_in_every_lane_of_a_narrow_network(iris_task, contents, activation, optimizer):
    build = partial(networks.build, "own", activation, 4, 3, (5, 3))  # loops run over the lanes
    task = iris_task(build, optimizer=optimizer, epochs=3)
    (alone,) = task.fit(SEEDS[:1])
    for fit in task.fit(SEEDS[:1] * 21):
        assert contents([fit]) == contents([alone])


def test_among_a_hundred_on_the_smallest_network(iris_task, one_layer, contents):
    task = iris_task(one_layer, epochs=2)
    among = [fit for fit in task.fit(range(100)) if fit.seed in SEEDS]
    assert contents(among) == contents(task.fit(SEEDS))


def test_however_the_clock_cuts_an_epoch_into_calls(iris_task, one_layer, contents, monkeypatch):
    task = iris_task(one_layer, epochs=2, batch_size=3)
    first = contents(task.fit(SEEDS))  # its first epoch has a short first call
    assert contents(task.fit(SEEDS)) == first
    monkeypatch.setattr(training_loop, "CALL_SECONDS", 0.0)  # a call a step
    assert contents(replace(task).fit(SEEDS)) == first
