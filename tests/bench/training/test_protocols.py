"""Which rows train, stop and judge under each protocol."""

import numpy as np
import pytest

from bench.data import DATASETS, DataMissing, load
from bench.training.protocols import PROTOCOLS


@pytest.fixture(scope="module")
def iris():
    return load("iris")


def test_the_test_rows_decide_under_the_papers_protocol_alone(iris):
    for name, protocol in PROTOCOLS.items():
        one, other = protocol.split(iris, 0), protocol.split(iris, 1)
        assert protocol.monitors[0] == "validation"  # the first one's rule decides
        assert (one.validation is one.test) == (name == "paper")
        assert np.array_equal(one.test, other.test) == protocol.one_split
        assert protocol.standardise == name.startswith("held-out-scaled")


def test_the_clean_protocol_takes_validation_rows_from_the_papers_training_rows(iris):
    paper, clean = (PROTOCOLS[name].split(iris, 0) for name in ("paper", "paper-clean"))
    assert np.array_equal(clean.test, paper.test)
    assert sorted([*clean.train, *clean.validation]) == sorted(paper.train)
    assert len(clean.validation) == 22


def test_the_clean_protocol_is_for_sets_without_an_official_test_set():
    for name, protocol in PROTOCOLS.items():
        covered = [dataset for dataset in (*DATASETS, "own") if protocol.covers(dataset)]
        assert covered == (
            ["banknote", "iris", "own"] if name == "paper-clean" else [*DATASETS, "own"]
        )


@pytest.mark.data
@pytest.mark.parametrize("name", DATASETS)
def test_the_registry_knows_sizes_and_official_test_sets(name):
    try:
        dataset = load(name)
    except DataMissing as missing:
        pytest.skip(str(missing))
    source = DATASETS[name]
    assert source.official_test == (dataset.official_test is not None)
    assert (source.rows, source.test_rows) == (
        len(dataset.y),
        len(PROTOCOLS["held-out"].split(dataset, 0).test),
    )
