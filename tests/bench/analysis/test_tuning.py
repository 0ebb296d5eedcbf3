"""Fair tuning: the choice from the file, the shared trials, and what tuning changes."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from bench.analysis import tuning
from bench.analysis.gap_estimator import noise, over_resplits
from bench.analysis.headline import headline
from bench.rate_choice import ALL_SPLITS, RATES, uninformed_loss
from bench.records import LEARNING_RATE
from tests.bench.analysis.frames import rows_of, trials_of

TUNED = "held-out-tuned"
CLASS_ROWS = {"iris": [50, 50, 50], "mnist": [1] * 10}
SPLITS, SEEDS = 12, 3


def tried(losses, activation="adaact", dataset="iris", **columns):
    """Rows of tuning.csv.gz from losses of shape (splits, rates, seeds); NaN diverged."""
    split, rate, seed = (place.ravel() for place in np.indices(losses.shape))
    lost = np.isnan(losses.ravel())
    frame = pd.DataFrame(
        {
            "dataset": dataset,
            "protocol": TUNED,
            "activation": activation,
            "learning_rate": np.array(RATES)[rate],
            "split": split,
            "seed": seed,
            "status": np.where(lost, "diverged", "ok"),
            "epochs": 10,
            "validation_loss": losses.ravel(),
            "validation_accuracy": 1 - losses.ravel() / 2,
        }
    )
    return tuning.counted(frame.assign(**columns), CLASS_ROWS)


def at(best, splits=SPLITS):
    """Losses with the lowest one at the rates of these places, one a split."""
    return np.abs(np.arange(len(RATES))[:, None] - np.resize(best, splits)[:, None, None]) * [
        0.1,
        0.2,
    ]


def test_the_choice_of_each_split_is_the_lowest_mean_loss():
    losses = np.full((2, len(RATES), 2), 0.5)
    losses[0, 4] = 0.1, 0.4  # mean .25
    losses[0, 3] = 0.3, 0.3
    losses[1, 0] = 0.2, 0.3
    found = tuning.choices(tried(losses))
    assert list(found.columns) == tuning.CHOICES
    assert found["learning_rate"].tolist() == [0.01, 0.0001]
    assert found["validation_loss"].tolist() == pytest.approx([0.25, 0.25])
    assert found["at_end"].tolist() == [False, True]


def test_a_diverged_tuning_trial_counts_as_uninformed():
    losses = np.full((1, len(RATES), 2), 1.2)  # above log 3: divergence is better than these
    losses[0, 1] = np.nan
    frame = tried(losses)
    found = tuning.choices(frame)
    assert found["learning_rate"].tolist() == [0.0003]
    assert found["validation_loss"].tolist() == pytest.approx([uninformed_loss([50] * 3)])
    rates = tuning.by_rate(frame).set_index("learning_rate")
    assert rates.loc[0.0003, "validation_accuracy"] == pytest.approx(1 / 3)
    assert rates["diverged"].tolist() == [0, 2, 0, 0, 0, 0]


def test_an_official_test_set_has_one_choice_and_a_missing_trial_none():
    once = tried(at([3], splits=2)[..., :1], dataset="mnist")
    assert tuning.choices(once)[["split", "learning_rate"]].values.tolist() == [[ALL_SPLITS, 0.003]]
    whole = tried(at([3], splits=2))
    assert tuning.choices(whole[1:])["split"].tolist() == [1]


def final(best, seed=0):
    """Untuned and tuned trials and rows of two activations: Adaact gains .1 where it is tuned."""
    rng = np.random.default_rng(seed)
    shared = 0.02 * rng.normal(size=(SPLITS, 1))
    trials, rows, losses = [], [], []
    for name, level, gain in (("adaact", 0.7, 0.1), ("relu", 0.8, 0.0)):
        scores = level + shared + 0.01 * rng.normal(size=(SPLITS, SEEDS))
        other = np.resize(best if name == "adaact" else [2], SPLITS) != 2
        again = scores + gain + 0.005 * rng.normal(size=scores.shape)
        tuned = trials_of(again, name, protocol=TUNED, learning_rate=0.01)
        trials.append(trials_of(scores, name, learning_rate=LEARNING_RATE))
        trials.append(tuned[tuned["split"].map(dict(enumerate(other)))])
        counts = np.full(150, SPLITS * SEEDS // 4)
        rows += [rows_of(counts // 2, counts, name)]
        rows += [rows_of(counts // 2 + (gain > 0), counts, name).assign(protocol=TUNED)]
        losses.append(tried(at(best if name == "adaact" else [2]), name))
    model = trials_of(np.full((SPLITS, 1), 0.34), "majority-class", trainer="scikit-learn")
    trials = pd.concat([*trials, model.assign(learning_rate=np.nan)], ignore_index=True)
    return trials, pd.concat(rows, ignore_index=True), pd.concat(losses, ignore_index=True)


def test_at_the_default_rate_the_untuned_trials_are_the_tuned_ones():
    trials, _, losses = final([2, 4])
    tuned = tuning.tuned_trials(trials, tuning.choices(losses))
    assert set(tuned["protocol"]) == {TUNED}
    assert not tuned.duplicated(["activation", "split", "seed"]).any()
    cells = tuned.groupby("activation").size().to_dict()
    assert cells == {"adaact": SPLITS * SEEDS, "relu": SPLITS * SEEDS, "majority-class": SPLITS}
    rates = tuned[tuned["activation"] == "adaact"].groupby("split")["learning_rate"].first()
    assert rates.tolist() == [LEARNING_RATE, 0.01] * (SPLITS // 2)


def test_an_official_test_set_shares_no_more_trials_than_the_tuned_ones():
    scores = np.full((40, 1), 0.9)
    trials = trials_of(scores, "relu", "mnist", learning_rate=LEARNING_RATE)
    chosen = tuning.choices(tried(at([2], splits=2)[..., :1], "relu", "mnist"))
    assert len(tuning.tuned_trials(trials, chosen)) == 20


@pytest.fixture
def changed(sizes):
    """Trials, tuned trials, rows, and what ``changes`` makes of them."""
    trials, rows, losses = final([2, 4])
    tuned = tuning.tuned_trials(trials, tuning.choices(losses))
    size = {"iris": sizes["iris"]}
    found = tuning.changes(
        trials, tuned, rows, size, ["adaact", "relu"], TUNED, references=["relu"]
    )
    return trials, tuned, rows, size, found


def test_the_change_of_a_gap_is_the_tuned_gap_minus_the_untuned_one(changed):
    trials, tuned, rows, size, found = changed
    gaps = [
        headline(one, rows, size, references=["relu"], protocol=protocol)["estimate"][0]
        for one, protocol in ((tuned, TUNED), (trials, "held-out"))
    ]
    row = found.set_index(["method", "reference"]).loc["adaact", "relu"]
    assert row["estimate"] == pytest.approx(gaps[0] - gaps[1])
    assert row["estimate"] == pytest.approx(0.05, abs=0.01)  # half of the splits gain .1


def test_a_gain_has_the_interval_of_the_paired_differences(changed):
    trials, tuned, _, size, found = changed
    key = ["split", "seed"]
    own = [one[one["activation"] == "adaact"].set_index(key)["test_accuracy"] for one in (tuned,)]
    before = trials[(trials["activation"] == "adaact") & (trials["protocol"] == "held-out")]
    gains = (own[0] - before.set_index(key)["test_accuracy"]).sort_index()
    means = gains.groupby("split").mean().to_numpy()
    within = noise(gains.to_numpy(), gains.index.get_level_values("split").to_numpy())
    nothing = noise(np.zeros(SPLITS), np.arange(SPLITS))
    share = size["iris"].test_rows / (150 - size["iris"].test_rows)
    expected = over_resplits(means, (within, type(nothing)(0.0, 1.0, np.inf)), share, 0.0)
    row = found.set_index(["method", "reference"]).loc["adaact", tuning.UNTUNED]
    assert row["estimate"] == pytest.approx(means.mean())
    assert row["standard_error"] == pytest.approx(expected.standard_error)
    assert row["low"] < row["estimate"] < row["high"]


def test_where_the_default_is_chosen_nothing_changes(changed):
    row = changed[-1].set_index(["method", "reference"]).loc["relu", tuning.UNTUNED]
    assert row[["estimate", "low", "high"]].tolist() == [0, 0, 0]


def test_a_diverged_final_trial_counts_as_the_largest_class(sizes):
    trials, rows, losses = final([4])
    lost = (trials["protocol"] == TUNED) & (trials["activation"] == "adaact")
    trials.loc[lost, ["status", "test_accuracy"]] = ["diverged", np.nan]
    tuned = tuning.tuned_trials(trials, tuning.choices(losses))
    found = tuning.changes(trials, tuned, rows, {"iris": sizes["iris"]}, ["adaact"], TUNED)
    before = trials[(trials["activation"] == "adaact") & (trials["protocol"] == "held-out")]
    assert found["estimate"][0] == pytest.approx(0.34 - before["test_accuracy"].mean())


def test_fewer_rates_reach_what_the_mean_over_all_sets_reaches():
    losses = np.random.default_rng(0).random((5, len(RATES), 2))
    frame = tried(losses).assign(validation_accuracy=np.random.default_rng(1).random(60))
    accuracy = frame["validation_accuracy"].to_numpy().reshape(losses.shape).mean(axis=2)
    means = losses.mean(axis=2)
    found = tuning.expected(frame).set_index("rates")["validation_accuracy"]
    for size in range(1, len(RATES) + 1):
        sets = [list(one) for one in combinations(range(len(RATES)), size)]
        reached = [
            accuracy[split, one][means[split, one].argmin()] for split in range(5) for one in sets
        ]
        assert found[size] == pytest.approx(np.mean(reached))


def test_the_summary_counts_choices_ends_and_rates_within_a_margin():
    frame = tried(at([0, 4, 4]))
    rates = tuning.by_rate(frame)
    (row,) = tuning.summary(frame, tuning.choices(frame), rates, {"iris": 0.05}).to_dict("records")
    assert (row["choices"], row["at_end"], row["chose 0.0001"], row["chose 0.01"]) == (12, 4, 4, 8)
    assert (row["trials"], row["epochs"], row["diverged"]) == (SPLITS * 12, SPLITS * 120, 0)
    best = rates.set_index("learning_rate")["validation_accuracy"]
    near = best.index[best >= best.max() - 0.05]
    assert (row["low"], row["high"]) == (near.min(), near.max())
    assert near.min() < near.max()
