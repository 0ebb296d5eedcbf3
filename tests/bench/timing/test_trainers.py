"""The comparison's arithmetic, and both trainers on a few epochs of Iris."""

import pytest

from bench.timing import processes, trainers


def test_the_speeds_of_processes_side_by_side_add_up():
    assert trainers.seconds_side_by_side([2.0, 2.0]) == 1.0
    assert trainers.seconds_side_by_side([3.0, 6.0]) == pytest.approx(2.0)


def test_gaps_are_those_between_marks():
    assert trainers.gaps([1.0, 1.5, 4.0]) == [0.5, 2.5]


def keras_loop():
    return processes.apart(trainers.keras_loop, "iris", (0, 1), 4)


def many_seeds_loop():
    return processes.side_by_side(trainers.many_seeds_loop, [("iris", (0, 1), 4)])[0]


@pytest.mark.parametrize(
    ("loop", "samples"),
    [(keras_loop, 2 * 3), (many_seeds_loop, 3)],  # Keras: one seed after the other
)
def test_a_trainer_reports_every_epoch_but_the_first(loop, samples):
    result = loop()
    assert len(result.samples) == samples
    assert min(result.samples) > 0
    assert result.facts["compile_seconds"] > 0
    assert result.facts["peak_bytes"] > 50e6  # TensorFlow alone takes more
