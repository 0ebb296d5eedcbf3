"""Which rows train, stop and judge under each protocol."""

import numpy as np
import pytest

from bench.data import DATASETS, DataMissing, load
from bench.training.protocols import PROTOCOLS


@pytest.fixture(scope="module")
def iris():
    return load("iris")


def test_under_the_papers_the_test_rows_choose_the_epoch_and_no_seed_matters(iris):
    protocol = PROTOCOLS["paper"]
    one, other = protocol.split(iris, 0), protocol.split(iris, 1)
    assert one.validation is one.test
    assert protocol.monitors == ("validation",)
    assert protocol.one_split
    assert not protocol.standardise
    for part in ("train", "test"):
        assert np.array_equal(getattr(one, part), getattr(other, part))


@pytest.mark.parametrize("name", ["held-out", "held-out-scaled"])
def test_held_out_test_rows_decide_nothing_and_vary_by_seed(iris, name):
    protocol = PROTOCOLS[name]
    split = protocol.split(iris, 0)
    rows = np.concatenate([split.train, split.validation, split.test])
    assert sorted(rows) == list(range(150))
    assert protocol.monitors[0] == "validation"  # the first one's rule decides
    assert not protocol.one_split
    assert not np.array_equal(split.test, protocol.split(iris, 1).test)


def test_the_scaled_protocol_differs_in_the_scaling_alone(iris):
    plain, scaled = PROTOCOLS["held-out"], PROTOCOLS["held-out-scaled"]
    assert (plain.standardise, scaled.standardise) == (False, True)
    for part in ("train", "validation", "test"):
        rows = [getattr(protocol.split(iris, 3), part) for protocol in (plain, scaled)]
        assert np.array_equal(*rows)


def test_the_clean_protocol_takes_validation_rows_from_the_papers_training_rows(iris):
    paper, clean = (PROTOCOLS[name].split(iris, 0) for name in ("paper", "paper-clean"))
    assert np.array_equal(clean.test, paper.test)
    assert sorted([*clean.train, *clean.validation]) == sorted(paper.train)
    assert len(clean.validation) == 22
    assert PROTOCOLS["paper-clean"].monitors[0] == "validation"
    assert PROTOCOLS["paper-clean"].one_split


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
