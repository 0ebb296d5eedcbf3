"""Both trainers on a few epochs of Iris."""

import pytest

from bench.timing import processes, trainers


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
