"""A data set and an extra that are not there, and the time to an accuracy."""

import pytest

from bench.data import DataMissing
from bench.timing import activations, tasks


def test_a_missing_data_set_is_looked_for_once_and_skips_with_its_reason(monkeypatch):
    looked = []

    def load(name):
        looked.append(name)
        raise DataMissing("nowhere to be had")

    monkeypatch.setattr(tasks, "load", load)
    tasks._dataset.cache_clear()
    try:
        for _ in range(2):
            with pytest.raises(pytest.skip.Exception, match="nowhere to be had"):
                tasks.dataset_or_skip("mnist")
    finally:
        tasks._dataset.cache_clear()
    assert looked == ["mnist"]


def test_an_extra_that_is_not_installed_skips_with_its_remedy():
    with pytest.raises(pytest.skip.Exception, match=r"adaact-bench\[no_such\]"):
        tasks.skip_without("no_such")
    tasks.skip_without("numpy")


@pytest.mark.parametrize(
    ("accuracies", "reached"),
    [
        ((0.9, 0.1, 0.1, 0.1), (1, 3.0)),  # the first counts as the median one
        ((0.1, 0.1, 0.8, 0.1), (3, 3.0 + 2.0 + 3.0)),
        ((0.1, 0.1, 0.1, 0.85), (4, 3.0 + 15.0)),
        ((0.1, 0.2, 0.3, 0.79), ()),
    ],
)
def test_time_to_an_accuracy_is_that_of_the_epochs_until_it_is_reached(accuracies, reached):
    facts = activations.to_logistic([2.0, 3.0, 10.0], accuracies, 0.8)
    names = ("epochs_to_logistic", "seconds_to_logistic")
    assert facts == {"logistic_accuracy": 0.8, **dict(zip(names, reached, strict=False))}
