import numpy as np
import pandas as pd
import pytest

from bench.analysis.generalisation import over_resplits, over_test_rows
from bench.analysis.headline import COLUMNS, headline, official_test_set
from tests import helpers

ARMS = ("adaact", "relu", "tanh", "sigmoid", "linear")
SEEDS = 40


def outcomes(correct, dataset, activation, tested=SEEDS):
    return helpers.row_frame(correct, tested, dataset=dataset, activation=activation)


@pytest.fixture
def study():
    """Return trials and rows of five activations on a resplit table and an official test set."""
    rng = np.random.default_rng(0)
    trials, rows = [], []
    for number, arm in enumerate(ARMS):
        level = 0.95 - 0.1 * (arm == "relu")
        for dataset in ("iris", "mnist"):
            scores = level + 0.001 * number + 0.001 * rng.normal(size=SEEDS)
            trials.append(
                helpers.cell_frame(scores, dataset=dataset, protocol="held-out", activation=arm)
            )
        tested = 8 + np.arange(150) % 5
        rows.append(outcomes(tested - (arm == "relu"), "iris", arm, tested))
        right = np.full(2000, SEEDS)
        right[: round(2000 * (1 - level - 0.001 * number))] = 0
        rows.append(outcomes(right, "mnist", arm))
    return pd.concat(trials, ignore_index=True), pd.concat(rows, ignore_index=True)


def test_the_family_is_every_baseline_on_every_set(study, sizes):
    table = headline(*study, sizes)

    assert list(table.columns) == COLUMNS
    assert list(table["dataset"]) == ["iris"] * 4 + ["mnist"] * 4
    assert list(table["baseline"]) == ["relu", "tanh", "sigmoid", "linear"] * 2


def test_a_resplit_table_gets_the_corrected_interval(study, sizes):
    trials, _ = study
    row = headline(*study, sizes).iloc[0]
    iris = trials[trials["dataset"] == "iris"].pivot(
        index="seed", columns="activation", values="test_accuracy"
    )
    expected = over_resplits((iris["adaact"] - iris["relu"]).to_numpy(), 38, 112)

    assert row["method"] == "resplits"
    assert tuple(row[["estimate", "low", "high", "p"]]) == pytest.approx(tuple(expected))
    assert row["rows"] == pytest.approx(expected.estimate * 38)


def test_an_official_test_set_gets_the_interval_over_its_rows(study, sizes):
    trials, rows = study
    row = headline(*study, sizes).iloc[4]
    mnist = trials[trials["dataset"] == "mnist"].pivot(
        index="seed", columns="activation", values="test_accuracy"
    )
    right = rows[rows["dataset"] == "mnist"].pivot(
        index="row", columns="activation", values="seeds_correct"
    )
    expected = over_test_rows(
        ((right["adaact"] - right["relu"]) / SEEDS).to_numpy(),
        (mnist["adaact"] - mnist["relu"]).to_numpy(),
    )

    assert row["method"] == "test rows"
    assert tuple(row[["estimate", "low", "high", "p"]]) == pytest.approx(tuple(expected))


def test_verdicts_are_given_in_words(study, sizes):
    table = headline(*study, sizes).set_index(["dataset", "baseline"])

    assert table["verdict"]["iris", "relu"] == "better"
    assert table["verdict"]["iris", "tanh"] == "equivalent"  # within one row of 38
    assert table["verdict"]["mnist", "relu"] == "better"
    assert table["reason"]["iris", "relu"] == ""


def test_the_other_way_round_better_is_worse(study, sizes):
    table = headline(*study, sizes, arm="relu", baselines=["adaact"])

    assert list(table["verdict"]) == ["worse", "worse"]


def test_an_interval_that_reaches_past_the_margin_cannot_tell(study, sizes):
    trials, rows = study
    noise = np.random.default_rng(1).normal(size=len(trials))
    table = headline(trials.assign(test_accuracy=0.9 + 0.1 * noise), rows, sizes)
    iris = table[table["dataset"] == "iris"]

    assert set(iris["verdict"]) == {"cannot tell"}
    assert set(iris["reason"]) == {"the interval holds differences that matter and none"}


def test_holm_is_taken_over_the_whole_family(study, sizes):
    one = headline(*study, {"iris": sizes["iris"]}, baselines=["relu"]).iloc[0]
    trials, rows = study
    alone = trials["activation"].isin(["adaact", "relu"]) & (trials["dataset"] == "iris")
    table = headline(trials[alone], rows, sizes)

    assert one["p_holm"] == one["p"]
    assert table["p_holm"][0] == pytest.approx(8 * one["p"])


def test_eight_pairs_are_too_few_for_a_family_of_eight_comparisons(study, sizes):
    trials, rows = study
    few = headline(trials[trials["seed"] < 7], rows, sizes).iloc[0]
    enough = headline(trials[trials["seed"] < 9], rows, sizes).iloc[0]

    assert (few["fewest"], few["verdict"]) == (9, "cannot tell")
    assert few["reason"] == "7 seeds; 9 are the fewest that can tell in a family of 8"
    assert enough["verdict"] == "better"


def test_what_was_not_run_is_not_measured(study, sizes):
    trials, rows = study
    table = headline(trials[trials["activation"] != "tanh"], rows, sizes)
    tanh = table[table["baseline"] == "tanh"]

    assert set(tanh["verdict"]) == {"not measured"}
    assert set(tanh["reason"]) == {"no seed has both under the held-out protocol"}
    assert set(tanh["pairs"]) == {0}


def test_an_empty_study_is_not_measured_throughout(study, sizes):
    trials, rows = study
    table = headline(trials.iloc[:0], rows.iloc[:0], sizes)

    assert set(table["verdict"]) == {"not measured"}


def test_cells_that_never_differ_are_equivalent(sizes):
    scores = np.ones(SEEDS)
    trials = pd.concat(
        helpers.cell_frame(scores, dataset="iris", protocol="held-out", activation=arm)
        for arm in ARMS
    )
    tested = 8 + np.arange(150) % 5
    rows = pd.concat(outcomes(tested, "iris", arm, tested) for arm in ARMS)
    table = headline(trials, rows, {"iris": sizes["iris"]})

    assert set(table["verdict"]) == {"equivalent"}
    assert set(table["p_holm"]) == {1.0}


def test_a_test_set_is_official_if_all_seeds_met_all_its_rows():
    same, apart = outcomes([3, 4], "a", "relu"), outcomes([3, 4], "a", "relu", [4, 5])

    assert official_test_set(same)
    assert not official_test_set(apart)
    assert not official_test_set(same.iloc[:0])


def test_an_activation_that_lost_a_seed_leaves_the_test_set_official():
    lost = pd.concat([outcomes([3, 4], "a", "relu"), outcomes([3, 4], "a", "tanh", 39)])

    assert official_test_set(lost)


def test_rows_that_nobody_tested_do_not_count(study, sizes):
    trials, rows = study
    untested = outcomes(np.zeros(5, int), "mnist", "adaact", 0).assign(row=range(9000, 9005))

    pd.testing.assert_frame_equal(
        headline(trials, pd.concat([rows, untested]), sizes), headline(trials, rows, sizes)
    )
