import numpy as np
import pandas as pd
import pytest

from bench.analysis.selection_bias import at_cap, selection_bias
from tests.bench.analysis.frames import trials_of

ROWS = {"iris": 38, "mnist": 10_000}
CAPS = {("iris", "paper-clean"): 50, ("mnist", "held-out"): 50}


def cell(clean, stopped, dataset="iris", protocol="paper-clean", epochs=20):
    scores = np.array([clean]) / ROWS[dataset]
    return trials_of(
        scores,
        "adaact",
        dataset,
        protocol=protocol,
        epochs=epochs,
        test_accuracy_stopped_on_test=np.array(stopped) / ROWS[dataset],
    )


@pytest.fixture
def trials():
    return cell([36, 37, 38, 30, 36, 36], [37, 37, 38, 36, 35, 36])


def test_the_bias_is_measured_within_each_trial(trials):
    row = selection_bias(trials, ROWS, CAPS).iloc[0]

    assert (row["trials"], row["higher"], row["equal"], row["lower"]) == (6, 2, 3, 1)
    assert row["median"] == 0
    assert row["mean"] == pytest.approx(1 / 38)  # 1 + 0 + 0 + 6 - 1 + 0 rows over 6 trials
    assert row["rows"] == pytest.approx(1.0)


def test_less_than_half_a_row_is_equal(trials):
    near = trials.assign(test_accuracy_stopped_on_test=trials["test_accuracy"] + 0.4 / 38)

    assert selection_bias(near, ROWS, CAPS)["equal"][0] == 6


def test_trials_that_reach_the_cap_have_no_bias_by_construction():
    epochs = [50] * 99 + [20]
    most = selection_bias(cell([38] * 100, [38] * 100, epochs=epochs), ROWS, CAPS).iloc[0]
    fewer = selection_bias(cell([38] * 10, [38] * 10, epochs=[50] * 9 + [20]), ROWS, CAPS).iloc[0]

    assert (most["at_cap"], most["nil"]) == (0.99, True)
    assert (fewer["at_cap"], fewer["nil"]) == (0.9, False)


def test_on_mnist_it_is_measured_under_held_out_and_elsewhere_under_paper_clean(trials):
    mnist = cell([9200, 9210], [9201, 9211], "mnist", "held-out")
    table = selection_bias(
        pd.concat([trials, trials.assign(protocol="held-out"), mnist]), ROWS, CAPS
    )

    assert list(zip(table["dataset"], table["protocol"], strict=True)) == [
        *(("iris", "paper-clean"), ("mnist", "held-out"))
    ]


def test_trials_without_both_accuracies_do_not_count(trials):
    failed = trials.assign(status="failed")

    assert list(selection_bias(pd.concat([trials, failed]), ROWS, CAPS)["trials"]) == [6]
    assert selection_bias(trials.drop(columns="test_accuracy_stopped_on_test"), ROWS, CAPS).empty


def test_a_cell_is_marked_where_more_than_a_tenth_reached_the_cap():
    scores = np.full((1, 10), 0.9)
    trials = pd.concat(
        [
            trials_of(scores, "adaact", epochs=[50] * 1 + [20] * 9),
            trials_of(scores, "relu", epochs=[50] * 2 + [20] * 8),
            trials_of(scores, "logistic-regression", trainer="scikit-learn", epochs=np.nan),
            trials_of(scores, "tanh", protocol="paper", epochs=50),
        ]
    )
    table = at_cap(trials, {("iris", "held-out"): 50})

    assert list(table["activation"]) == ["adaact", "relu"]
    assert list(table["share"]) == [0.1, 0.2]
    assert list(table["marked"]) == [False, True]
