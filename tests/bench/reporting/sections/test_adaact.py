"""What Adaact is: the folds, and the distance from the optimum."""

import math

import pandas as pd
import pytest

from bench.reporting.sections import adaact


def folds(errors, flips):
    return pd.DataFrame(
        {"collapse_error": errors, "collapse_flips": pd.array(flips, dtype="Int64")}
    )


def test_a_study_without_folds_says_so():
    assert "Not measured yet: no trial holds the error" in adaact.fold(folds([math.nan], [None]))


def test_the_largest_error_of_the_folds_is_told():
    assert adaact.fold(folds([2e-16, 4.4e-16, math.nan], [0, 0, None])).endswith(
        "That function was computed for each of 2 trained networks: no test row changes class, and "
        "the outputs before the sigmoid or softmax differ by at most 4.4e-16 of the largest."
    )


@pytest.mark.parametrize(("flips", "phrase"), [(1, "1 test row changed"), (3, "3 test rows ch")])
def test_flipped_rows_are_counted(flips, phrase):
    text = adaact.fold(folds([2e-16], [flips]))
    assert phrase in text
    assert "computed for the one trained network" in text


def distances(*rows):
    columns = ["dataset", "protocol", "activation", "median", "converged"]
    return pd.DataFrame(rows, columns=columns)


def test_the_distances_of_one_protocol_are_told_by_data_set():
    rows = distances(
        ("iris", "held-out", "adaact", 0.5, True),
        ("banknote", "paper", "adaact", 0.0123, True),
        ("banknote", "paper", "linear", 0.02, True),
        ("mnist", "paper", "adaact", 0.1, False),
    )
    assert adaact.likelihood(rows, ["paper", "held-out"]).endswith(
        "in nats per row, under the paper protocol: Bank Note Adaact +0.0123 and linear +0.0200; "
        "MNIST Adaact +0.1000 (lower bounds: logistic regression had not converged)."
    )
    assert "Iris Adaact +0.5000." in adaact.likelihood(rows, ["held-out"])
    assert adaact.likelihood(rows[:0], ["paper"]) == ""
