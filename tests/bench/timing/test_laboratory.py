"""A data set that is not there, and the competitors."""

import pytest

from baselines import DEFAULT
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
    assert set(laboratory.COMPETITORS.values()) == set(DEFAULT)
    again = laboratory.COMPETITORS[laboratory.AGAIN]
    assert again == laboratory.COMPETITORS[laboratory.REFERENCE] == laboratory.REFERENCE


def training(*accuracies):
    scores = [{"accuracy": accuracy, "f1": 0.0} for accuracy in accuracies]
    return laboratory.Training([2.0, 3.0, 10.0], scores)


@pytest.mark.parametrize(
    ("accuracies", "epochs", "seconds"),
    [
        ((0.9, 0.1, 0.1, 0.1), 1, 3.0),  # the first counts as the median one
        ((0.1, 0.1, 0.8, 0.1), 3, 3.0 + 2.0 + 3.0),
        ((0.1, 0.1, 0.1, 0.85), 4, 3.0 + 15.0),
    ],
)
def test_time_to_an_accuracy_is_that_of_the_epochs_until_it_is_first_reached(
    accuracies, epochs, seconds
):
    reached = training(*accuracies).to_logistic(0.8)
    assert reached.pop("logistic_accuracy") == 0.8
    assert reached == {"epochs_to_logistic": epochs, "seconds_to_logistic": seconds}


def test_an_accuracy_that_is_never_reached_has_no_time():
    assert training(0.1, 0.2, 0.3, 0.79).to_logistic(0.8) == {"logistic_accuracy": 0.8}


def test_an_extra_that_is_not_installed_skips_with_its_remedy():
    with pytest.raises(pytest.skip.Exception, match=r"adaact-bench\[no_such\]"):
        laboratory.skip_without("no_such")
    laboratory.skip_without("numpy")
