import numpy as np
import pandas as pd
import pytest

from bench.analysis.gap_estimator import noise, over_resplits, over_test_rows, row_variance
from bench.analysis.headline import COLUMNS, headline
from tests.bench.analysis.frames import rows_of, trials_of

METHODS = ("adaact", "relu", "tanh", "sigmoid", "linear")
SPLITS, SEEDS = 30, 6
TESTED = 40 + np.arange(150) % 5


@pytest.fixture
def study():
    """Return trials and rows of five methods on a resplit table and an official test set."""
    rng = np.random.default_rng(0)
    trials, rows = [], []
    shared = 0.01 * rng.normal(size=(SPLITS, 1))
    for method in METHODS:
        level = 0.95 - 0.1 * (method == "relu")
        scores = level + shared + 0.001 * rng.normal(size=(SPLITS, SEEDS))
        trials.append(trials_of(scores, method))
        trials.append(trials_of(level + 0.001 * rng.normal(size=(40, 1)), method, "mnist"))
        rows.append(rows_of(TESTED - (np.arange(150) < 75) * (method == "relu"), TESTED, method))
        right = np.where(np.arange(2000) < 2000 * level, 40, 0)
        rows.append(rows_of(right, 40, method, "mnist"))
    return pd.concat(trials, ignore_index=True), pd.concat(rows, ignore_index=True)


def gaps_of(trials, dataset, reference="relu"):
    means = trials[trials["dataset"] == dataset].groupby(["activation", "split"])["test_accuracy"]
    means = means.mean()
    return (means["adaact"] - means[reference]).to_numpy()


def test_the_family_is_every_reference_on_every_set(study, sizes):
    table = headline(*study, sizes)

    assert list(table.columns) == COLUMNS
    assert list(table["dataset"]) == ["iris"] * 4 + ["mnist"] * 4
    assert list(table["reference"]) == ["relu", "tanh", "sigmoid", "linear"] * 2
    assert list(table["verdict"]) == ["better", *["equivalent"] * 3] * 2


def test_a_resplit_table_is_paired_by_split(study, sizes):
    trials, rows = study
    row = headline(trials, rows, sizes).iloc[0]
    cells = [
        trials[(trials["dataset"] == "iris") & (trials["activation"] == name)]
        for name in ("adaact", "relu")
    ]
    noises = [noise(c["test_accuracy"].to_numpy(), c["split"].to_numpy()) for c in cells]
    by_row = (np.arange(150) < 75) / TESTED
    expected = over_resplits(
        gaps_of(trials, "iris"), (noises[0], noises[1]), 38 / 112, row_variance(by_row)
    )

    assert (row["design"], row["splits"], row["seeds"]) == ("resplit", SPLITS, SEEDS)
    assert row["estimate"] == pytest.approx(expected.estimate)
    assert row["standard_error"] == pytest.approx(expected.standard_error)
    assert row["row_part"] == pytest.approx(expected.row_part)
    assert row["freedom"] == pytest.approx(expected.freedom)


def test_an_official_test_set_is_a_sample_of_rows_and_trials(study, sizes):
    trials, rows = study
    row = headline(trials, rows, sizes).iloc[4]
    by_row = (np.arange(2000) >= 1700) & (np.arange(2000) < 1900)
    expected = over_test_rows(by_row.astype(float), gaps_of(trials, "mnist"))

    assert (row["design"], row["splits"], row["seeds"]) == ("official test set", 40, 1)
    assert row["estimate"] == pytest.approx(expected.estimate)
    assert row["standard_error"] == pytest.approx(expected.standard_error)


def test_three_trials_decide_where_five_hundred_of_ten_thousand_rows_differ(study, sizes):
    trials, rows = study
    few = trials[trials["split"] < 3]
    table = headline(few, rows, sizes)
    two = headline(trials[trials["split"] < 2], rows, sizes)

    assert table["verdict"][4] == "better"
    assert (two["verdict"][4], two["reason"][4]) == ("undecided", ("few_splits", 2, 3))


def test_a_missing_seed_drops_neither_its_split_nor_its_pair(study, sizes):
    trials, rows = study
    lost = trials.drop(trials.index[0])
    row = headline(lost, rows, sizes).iloc[0]

    assert row["splits"] == SPLITS
    assert row["estimate"] == pytest.approx(gaps_of(lost, "iris").mean())
    assert row["left_out"] == 0  # a trial that is not there was not asked for


def test_a_diverged_trial_scores_as_the_largest_class(study, sizes):
    trials, rows = study
    majority = trials_of(np.full((SPLITS, 1), 0.3), "majority-class", trainer="scikit-learn")
    lost = trials.copy()
    lost.loc[0, "test_accuracy"] = np.nan
    lost.loc[0, "status"] = "diverged"
    lost = pd.concat([lost, majority], ignore_index=True)
    replaced = trials.copy()
    replaced.loc[0, "test_accuracy"] = 0.3

    row = headline(lost, rows, sizes).iloc[0]
    assert (row["diverged"], row["left_out"]) == (1, 0)
    assert row["estimate"] == pytest.approx(gaps_of(replaced, "iris").mean())
    unknown = headline(lost[lost["trainer"] != "scikit-learn"], rows, sizes).iloc[0]
    assert unknown["left_out"] == 1


def test_another_metric_has_no_row_part(study, sizes):
    trials, rows = study
    trials = trials.assign(test_f1=trials["test_accuracy"])
    table = headline(trials, rows, sizes, metric="test_f1")
    accuracy = headline(trials, rows, sizes)

    assert np.isnan(table["row_part"][0])
    assert table["table_part"][0] == accuracy["split_part"][0]
    assert set(table["verdict"][4:]) == {"not measured"}
    assert set(table["reason"][4:]) == {("no_rows",)}


def test_a_fit_without_chance_has_one_trial_a_split_and_no_noise(study, sizes):
    trials, rows = study
    fit = trials_of(np.full((SPLITS, 1), 0.9), "logistic-regression", trainer="scikit-learn")
    table = headline(
        pd.concat([trials, fit]), rows, {"iris": sizes["iris"]}, references=["logistic-regression"]
    )
    own = trials[(trials["dataset"] == "iris") & (trials["activation"] == "adaact")]
    within = noise(own["test_accuracy"].to_numpy(), own["split"].to_numpy())
    gaps = own.groupby("split")["test_accuracy"].mean()
    split = gaps.var(ddof=1) - within.variance / SEEDS

    assert table["split_part"][0] == pytest.approx(38 / 112 * split)


def test_rows_in_groups_count_as_groups(study, sizes):
    trials, rows = study
    one = {"iris": sizes["iris"]}
    groups = {"iris": np.arange(150) // 15}
    row = headline(trials, rows, one, groups=groups).iloc[0]
    by_row = (np.arange(150) < 75) / TESTED

    assert row["row_part"] == pytest.approx(row_variance(by_row, groups["iris"]))
    plain = headline(trials, rows, one).iloc[0]
    assert row["split_part"] / plain["split_part"] == pytest.approx((3 / 7) / (38 / 112))


def test_what_was_not_trained_is_not_measured_and_counts(study, sizes):
    trials, rows = study
    table = headline(trials[trials["activation"] != "tanh"], rows, sizes)
    tanh = table[table["reference"] == "tanh"]
    alone = headline(trials, rows, {"iris": sizes["iris"]}, references=["relu"]).iloc[0]
    only = headline(trials[trials["activation"].isin(["adaact", "relu"])], rows, sizes).iloc[0]

    assert set(tanh["verdict"]) == {"not measured"}
    assert set(tanh["reason"]) == {("no_shared_split",)}
    assert only["p_difference_holm"] < 8 * alone["p_difference"] + 1e-12
    assert only["simultaneous_high"] > alone["simultaneous_high"]


def test_an_empty_study_is_not_measured_throughout(study, sizes):
    trials, rows = study
    table = headline(trials.iloc[:0], rows.iloc[:0], sizes)

    assert set(table["verdict"]) == {"not measured"}
