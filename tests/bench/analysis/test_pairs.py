import numpy as np
import pandas as pd
import pytest

from bench.analysis.pairs import on_these_rows, paired_scores, paired_table
from tests import helpers


@pytest.fixture
def trials():
    arm = helpers.cell_frame([0.90, 0.92, 0.94, 0.96])
    other = helpers.cell_frame([0.95, 0.91, 0.90], activation="relu").assign(seed=[3, 2, 0])
    return pd.concat([arm, other], ignore_index=True)


def test_scores_are_paired_by_seed_not_by_order(trials):
    scores = paired_scores(trials, "test_accuracy", ("adaact", "relu"))

    assert list(scores.index) == [0, 2, 3]
    assert scores.to_numpy().tolist() == [[0.90, 0.90], [0.94, 0.91], [0.96, 0.95]]


def test_a_seed_that_failed_for_one_is_left_out_for_both(trials):
    trials.loc[trials["seed"] == 3, "status"] = ["ok", "diverged"]
    scores = paired_scores(trials, "test_accuracy", ("adaact", "relu"))

    assert list(scores.index) == [0, 2]


def test_the_paired_table_gives_the_gap_in_accuracy_and_in_rows(trials):
    row = paired_table(trials, "test_accuracy", "adaact", ["relu"], {"banknote": 100}).iloc[0]

    assert (row["pairs"], row["unpaired"]) == (3, 1)
    assert (row["mean"], row["median"]) == pytest.approx((0.04 / 3, 0.01))
    assert (row["mean_rows"], row["median_rows"]) == pytest.approx((4 / 3, 1.0))
    assert row["superiority"] == pytest.approx(2.5 / 3)
    assert (row["sign_flip_p"], row["least_p"]) == (0.5, 0.25)


def test_only_a_test_accuracy_is_counted_in_rows(trials):
    trials["test_f1"] = trials["test_accuracy"]
    row = paired_table(trials, "test_f1", "adaact", ["relu"], {"banknote": 100}).iloc[0]

    assert row["mean"] == pytest.approx(0.04 / 3)
    assert np.isnan(row["mean_rows"])


def test_a_baseline_that_was_not_run_has_a_line_without_numbers(trials):
    row = paired_table(trials, "test_accuracy", "adaact", ["tanh"], {"banknote": 100}).iloc[0]

    assert (row["pairs"], row["unpaired"]) == (0, 4)
    assert np.isnan(row["mean"])


def test_every_protocol_and_data_set_has_its_lines(trials):
    both = pd.concat([trials, trials.assign(protocol="held-out")])
    table = paired_table(both, "test_accuracy", "adaact", ["relu", "tanh"], {"banknote": 100})

    assert list(table["protocol"]) == ["paper", "paper", "held-out", "held-out"]


def test_no_pairs_give_no_answers():
    answers = on_these_rows(np.array([]))

    assert answers.pop("least_p") == 1.0
    assert np.isnan(list(answers.values())).all()
