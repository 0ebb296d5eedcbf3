"""Anybody's scores: what is assumed of splits, seeds and sizes."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.gap_estimator import crossed_noise, noise, over_resplits
from bench.analysis.judging import CROSSED, NESTED, NEW_TABLES, REPEATS, THESE_ROWS, Asked, compared
from bench.analysis.judging import cells as cells_of

SPLITS, SEEDS = 6, 4
SIZES = {"test_rows": 50.0, "other_rows": 150.0}


def scores(*, splits=True, crossed=True, level=0.8, **columns):
    """Two methods on one data set, ours .02 above base."""
    rng = np.random.default_rng(0)
    rows = []
    for split in range(SPLITS if splits else 1):
        of_split = rng.normal(level, 0.03)
        for seed in range(SEEDS):
            for method, gain in (("base", 0.0), ("ours", 0.02)):
                label = str(seed if crossed else split * SEEDS + seed)
                score = of_split + gain + rng.normal(0, 0.01)
                rows.append(("wine", method, str(split), label, score))
    frame = pd.DataFrame(rows, columns=["dataset", "method", "split", "seed", "score"])
    return (frame if splits else frame.drop(columns="split")).assign(**columns)


def of(frame, method):
    return frame[frame["method"] == method]


def gaps(frame):
    means = frame.groupby(["method", "split"])["score"].mean()
    return (means["ours"] - means["base"]).dropna().to_numpy()


def arrays(frame, *names):
    return [frame[name].to_numpy() for name in names]


def test_seeds_of_their_own_are_nested_and_sizes_make_new_tables():
    frame = scores(crossed=False, **SIZES)
    row = compared(frame, Asked("base")).iloc[0]
    noises = tuple(noise(*arrays(of(frame, one), "score", "split")) for one in ("ours", "base"))
    expected = over_resplits(gaps(frame), noises, 50 / 150)

    assert (row["design"], row["population"]) == (NESTED, NEW_TABLES)
    assert (row["splits"], row["seeds"], row["missing"]) == (SPLITS, SEEDS, 0)
    for name in ("estimate", "standard_error", "freedom"):
        assert row[name] == pytest.approx(getattr(expected, name))


def test_the_same_seeds_in_several_splits_are_crossed():
    frame = scores()
    row = compared(frame, Asked("base")).iloc[0]
    key = ("score", "split", "seed")
    noises = tuple(crossed_noise(*arrays(of(frame, one), *key)) for one in ("ours", "base"))
    expected = over_resplits(gaps(frame), noises, 0.0)

    assert (row["design"], row["population"]) == (CROSSED, THESE_ROWS)
    assert row["standard_error"] == pytest.approx(expected.standard_error)
    assert row["seed_part"] == pytest.approx(sum(one.shared for one in noises))


def test_without_sizes_there_is_no_table_part():
    without = compared(scores(), Asked("base")).iloc[0]
    given = compared(scores(), Asked("base", test_share=0.25)).iloc[0]

    assert (without["population"], without["table_part"]) == (THESE_ROWS, 0)
    assert (given["population"], given["table_part"] > 0) == (NEW_TABLES, True)


def test_trials_without_splits_are_repeats_on_the_same_rows():
    frame = scores(splits=False, **SIZES)
    row = compared(frame, Asked("base")).iloc[0]
    expected = stats.ttest_ind(
        of(frame, "ours")["score"], of(frame, "base")["score"], equal_var=False
    )

    assert (row["design"], row["population"]) == (REPEATS, THESE_ROWS)
    assert row["p_difference"] == pytest.approx(expected.pvalue)


def test_resplit_makes_each_seed_a_split_of_its_own():
    """Nadeau and Bengio's correction, as there is one trial a split."""
    frame = scores(splits=False)
    row = compared(frame, Asked("base", resplit=True, test_share=0.2)).iloc[0]
    paired = gaps(frame.assign(split=frame["seed"]))

    assert (row["design"], row["population"]) == (NESTED, NEW_TABLES)
    variance = (1 / SEEDS + 0.25) * paired.var(ddof=1)
    assert row["standard_error"] == pytest.approx(variance**0.5)


def test_where_lower_is_better_every_gap_changes_its_sign():
    higher = compared(scores(), Asked("base")).iloc[0]
    lower = compared(scores(), Asked("base", higher=False)).iloc[0]

    assert lower["estimate"] == pytest.approx(-higher["estimate"])
    assert lower["p_difference"] == pytest.approx(higher["p_difference"])


@pytest.mark.parametrize(
    ("columns", "asked", "margin"),
    [
        ({}, {}, 0.005),
        ({"test_rows": 20.0, "other_rows": 60.0}, {}, 1 / 80),
        ({}, {"margin": 0.1}, 0.1),
        ({"level": 3.0}, {}, None),
    ],
)
def test_a_margin_is_assumed_of_shares_alone(columns, asked, margin):
    row = compared(scores(**columns), Asked("base", **asked)).iloc[0]
    if margin is None:
        assert np.isnan([row["margin"], row["p_equivalent"]]).all()
        assert row["verdict"] in {"better", "undecided"}
        noisy = scores(crossed=False).assign(score=np.random.default_rng(1).normal(3, 1, 48))
        unclear = compared(noisy, Asked("base")).iloc[0]
        assert unclear["verdict"] == "undecided"
        assert SPLITS < unclear["splits_needed"] < np.inf  # for a half width below the gap
    else:
        assert row["margin"] == margin


def test_a_gap_drops_no_split_and_is_counted():
    frame = scores().drop(index=[0, 9])
    row = compared(frame, Asked("base")).iloc[0]

    assert (row["splits"], row["missing"]) == (SPLITS, 2)
    assert row["estimate"] == pytest.approx(gaps(frame).mean())
    assert cells_of(frame, Asked("base"))["missing"].sum() == 2


def test_a_method_that_a_data_set_lacks_is_not_measured_and_counts():
    other = scores().assign(dataset="iris")
    frame = pd.concat([scores(), of(other, "base"), of(other, "base").assign(method="third")])
    table = compared(frame, Asked("base")).set_index(["dataset", "method"])
    row = table.loc["iris", "ours"]

    assert (row["verdict"], row["reason"]) == ("not measured", ("no_shared_split",))
    assert row["missing"] == SPLITS * SEEDS
    assert len(table) == 4  # all are in the family
    empty = cells_of(frame, Asked("base")).query("trials == 0")
    assert set(zip(empty["dataset"], empty["method"], strict=True)) == {
        ("iris", "ours"),
        ("wine", "third"),
    }


def test_labels_that_no_two_methods_share_are_no_gaps():
    frame = scores(crossed=False)
    frame["seed"] = frame["method"] + frame["seed"]
    assert compared(frame, Asked("base"))["missing"].iloc[0] == 0


def test_two_splits_are_too_few():
    frame = scores()
    row = compared(frame[frame["split"] < "2"], Asked("base")).iloc[0]
    assert (row["verdict"], row["reason"]) == ("undecided", ("few_splits", 2, 3))


def test_a_method_with_one_seed_in_all_splits_has_no_chance_of_its_own():
    frame = scores()
    fit = frame[(frame["method"] == "ours") | (frame["seed"] == "0")]
    row = compared(fit, Asked("base")).iloc[0]
    both = compared(frame[frame["seed"] == "0"], Asked("base")).iloc[0]

    assert row["chanceless"] == 1
    own = crossed_noise(*arrays(of(frame, "ours"), "score", "split", "seed"))
    assert row["seed_part"] == pytest.approx(own.shared)
    assert (both["verdict"], both["reason"]) == ("not measured", ("one_seed",))
