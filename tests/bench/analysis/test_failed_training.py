import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.failed_training import (
    by_initial_values,
    failed_training,
    failures,
    sign_flip_p,
)
from tests.bench.analysis.frames import trials_of

SPLITS, SEEDS = 30, 8


def fit(name, accuracy, splits=SPLITS):
    scores = np.full((splits, 1), 0.9)
    return trials_of(scores, name, trainer="scikit-learn", train_accuracy=accuracy)


def network(train, name="adaact", **columns):
    train = np.asarray(train, float)
    return trials_of(np.where(np.isnan(train), np.nan, 0.9), name, **columns).assign(
        train_accuracy=train.ravel()
    )


@pytest.fixture
def trials():
    rng = np.random.default_rng(0)
    bad = rng.random((2, SPLITS, SEEDS)) < np.array([0.3, 0.05])[:, None, None]
    return pd.concat(
        [
            fit("majority-class", 0.34),
            fit("logistic-regression", 0.98),
            network(np.where(bad[0], 0.65, 0.97)),
            network(np.where(bad[1], 0.65, 0.97), "relu"),
        ],
        ignore_index=True,
    )


def test_a_trial_has_failed_below_halfway_to_logistic_regression():
    fits = [fit("majority-class", 0.4, 1), fit("logistic-regression", 1.0, 1)]
    own = network([[0.69, 0.71, np.nan], [0.69, 0.71, 0.75]])
    judged = failures(pd.concat([*fits, own], ignore_index=True))

    # One trial diverged; the second split has no fits, and the mean threshold.
    assert list(judged["threshold"]) == pytest.approx([0.7] * 6)
    assert list(judged["training_failed"]) == [True, False, True, True, False, False]
    assert failed_training(own).empty


def test_shares_are_compared_over_splits(trials):
    table = failed_training(trials).set_index("activation")
    train = trials.set_index("activation")["train_accuracy"]
    gap = (train["adaact"] < 0.66).to_numpy().reshape(SPLITS, SEEDS).mean(axis=1)
    gap = gap - (train["relu"] < 0.66).to_numpy().reshape(SPLITS, SEEDS).mean(axis=1)

    assert list(table["trials"]) == [SPLITS * SEEDS] * 2
    assert table["share"]["adaact"] == (train["adaact"] < 0.66).mean()
    assert np.isnan(table["p"]["adaact"])
    assert table["p"]["relu"] == sign_flip_p(gap) < 0.05
    assert table["p_holm"]["relu"] == table["p"]["relu"]


def test_one_split_has_shares_and_no_test(trials):
    table = failed_training(trials[trials["split"] == 0])

    assert table["share"].notna().all()
    assert table["p"].isna().all()


def test_the_sign_flip_test_is_scipys():
    gaps = np.random.default_rng(1).normal(0.3, 1, 10)
    expected = stats.permutation_test(
        (gaps,), np.mean, permutation_type="samples", n_resamples=2**10
    )

    assert sign_flip_p(gaps) == pytest.approx(expected.pvalue)
    assert sign_flip_p(np.zeros(5)) == 1


def test_the_sign_flip_test_keeps_its_level_on_dependent_trials():
    """400 pairs of shares with an effect of the split: false alarms at 5 %."""
    rng = np.random.default_rng(2)
    level = rng.beta(1, 9, (400, 30, 1))
    shares = rng.binomial(8, np.repeat(level, 2, axis=2)) / 8
    alarms = np.mean([sign_flip_p(one[:, 0] - one[:, 1]) <= 0.05 for one in shares])

    assert 0.01 < alarms < 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5


def test_thirds_are_of_the_product_of_initial_slopes(trials):
    slopes = np.random.default_rng(3).normal(size=(len(trials), 2))
    own = trials["activation"] == "adaact"
    trials = trials.assign(
        k1_1_initial=np.where(own, slopes[:, 0], np.nan),
        k1_2_initial=np.where(own, slopes[:, 1], np.nan),
    )
    product = np.abs(slopes.prod(axis=1))[own]
    trials.loc[own, "train_accuracy"] = np.where(product > np.quantile(product, 2 / 3), 0.5, 0.9)
    table = by_initial_values(trials)

    assert list(table["activation"]) == ["adaact"] * 3
    assert list(table["third"]) == ["lower", "middle", "upper"]
    assert list(table["failed"]) == [0, 0, 80]
    assert list(table["trials"]) == [80] * 3
    assert (table["high"][:2].to_numpy() <= table["low"][1:].to_numpy()).all()


def test_one_layer_has_one_slope(trials):
    trials = trials.assign(k1_1_initial=1.0, k1_2_initial=np.nan)

    assert set(by_initial_values(trials)["low"]) == {1.0}
