"""A data set that is not there, and the competitors."""

import pytest

from baselines import ACTIVATIONS
from bench.data import DataMissing
from bench.timing import laboratory


def test_a_missing_data_set_is_looked_for_once_and_skips_with_its_reason(monkeypatch):
    looked = []

    def load(name):
        looked.append(name)
        raise DataMissing("nowhere to be had")

    monkeypatch.setattr(laboratory, "load", load)
    laboratory._dataset.cache_clear()
    try:
        for _ in range(2):
            with pytest.raises(pytest.skip.Exception, match="nowhere to be had"):
                laboratory.dataset_or_skip("mnist")
    finally:
        laboratory._dataset.cache_clear()
    assert looked == ["mnist"]


def test_every_activation_competes_and_the_reference_twice():
    assert set(laboratory.COMPETITORS.values()) == set(ACTIVATIONS)
    again = laboratory.COMPETITORS[laboratory.AGAIN]
    assert again == laboratory.COMPETITORS[laboratory.REFERENCE] == laboratory.REFERENCE
