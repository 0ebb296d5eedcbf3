import numpy as np
import pandas as pd
import pytest

from bench.analysis.selection_bias import leak
from tests import helpers


@pytest.fixture
def trials():
    clean = np.array([36, 37, 38, 30, 36, 36]) / 38
    leaked = np.array([37, 37, 38, 36, 35, 36]) / 38
    return helpers.cell_frame(
        clean, dataset="iris", protocol="held-out", leaked_test_accuracy=leaked
    )


def test_the_leak_is_measured_in_pairs(trials):
    row = leak(trials, {"iris": 38}).iloc[0]

    assert (row["pairs"], row["higher"], row["equal"], row["lower"]) == (6, 2, 3, 1)
    assert row["leak"] == pytest.approx(1 / 38)  # 1 + 0 + 0 + 6 - 1 + 0 rows over 6 runs
    assert row["rows"] == pytest.approx(1.0)
    assert row["median"] == pytest.approx(0.0)


def test_its_p_is_that_of_the_sign_flip_test(trials):
    row = leak(trials, {"iris": 38}).iloc[0]

    # Of 1, 6, -1: the mean is as far out in +6 whatever 1 and -1 do but in +1 +1 and -1 -1 too.
    assert row["sign_flip_p"] == 6 / 8
    assert row["least_p"] == 2 / 64


def test_ten_runs_have_a_bootstrap_interval_in_accuracy_and_in_rows():
    gains = np.arange(10) / 38
    trials = helpers.cell_frame(np.full(10, 0.5), dataset="iris", leaked_test_accuracy=0.5 + gains)
    row = leak(trials.assign(protocol="held-out"), {"iris": 38}).iloc[0]

    assert row["low"] < row["leak"] < row["high"]
    assert row["rows_low"] == pytest.approx(38 * row["low"])


def test_trials_of_other_protocols_and_without_numbers_do_not_count(trials):
    paper = trials.assign(protocol="paper", leaked_test_accuracy=np.nan)
    failed = trials.assign(status="failed", seed=trials["seed"] + 10)
    table = leak(pd.concat([trials, paper, failed]), {"iris": 38})

    assert list(table["pairs"]) == [6]


def test_without_the_held_out_protocol_there_is_no_leak_to_measure(trials):
    assert leak(trials.assign(protocol="paper"), {"iris": 38}).empty
    assert leak(trials.drop(columns="leaked_test_accuracy"), {"iris": 38}).empty


def test_runs_that_never_differ_have_no_leak(trials):
    same = trials.assign(leaked_test_accuracy=trials["test_accuracy"])
    row = leak(same, {"iris": 38}).iloc[0]

    assert (row["leak"], row["sign_flip_p"], row["equal"]) == (0.0, 1.0, 6)
