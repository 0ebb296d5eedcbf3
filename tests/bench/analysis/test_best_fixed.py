from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.best_fixed import against_best, gap_to_best
from bench.analysis.headline import headline
from tests.bench.analysis.frames import rows_of, trials_of

SIZES = {"iris": SimpleNamespace(rows=150, test_rows=38, margin=0.01)}
ROWS = pd.concat([rows_of(np.zeros(0, int), 1, "none")])


def made(scores, splits=40, sd=0.002, rng=None):
    """Return trials of activations whose split means scatter around ``scores``."""
    rng = rng or np.random.default_rng(3)
    return pd.concat(
        [
            trials_of(mean + sd * rng.normal(size=(splits, 4)), name, parameters=place, epochs=5)
            for place, (name, mean) in enumerate(scores.items())
        ],
        ignore_index=True,
    )


def held(scores, methods, sizes=SIZES, **options):
    fixed = [name for name in scores if name not in methods]
    return against_best(made(scores, **options), ROWS, sizes, methods, fixed).set_index("method")


def test_the_best_fixed_one_is_named():
    methods = {"mine": 0.95, "yours": 0.85, "theirs": 0.90}
    table = held({**methods, "relu": 0.80, "tanh": 0.90, "linear": 0.70}, list(methods))

    assert set(table["best_fixed"]) == {"tanh"}
    assert list(table["verdict"]) == ["better", "worse", "equivalent"]
    assert list(table["beaten"])[:2] == [3, 2]
    assert list(table["estimate"].round(2)) == [0.05, -0.05, 0]
    assert list(table["parameters"]) == [0, 1, 2]
    assert set(table["best_fixed_parameters"]) == {4}


def test_the_interval_is_the_least_of_ends_at_two_levels():
    scores = {"mine": 0.9, "relu": 0.897, "tanh": 0.899}
    of_each = headline(made(scores), ROWS, SIZES, methods=["mine"], references=["relu", "tanh"])
    row = held(scores, ["mine"]).iloc[0]
    quarter = stats.t.ppf(1 - 0.05 / 4, of_each["freedom"])

    assert row["low"] == pytest.approx(of_each["low"].min())
    assert row["high"] == pytest.approx(
        (of_each["estimate"] + quarter * of_each["standard_error"]).min()
    )


def test_p_values_and_intervals_agree():
    gaps = np.random.default_rng(0).normal(0, 0.003, 20)
    scores = {f"mine {n}": 0.9 + gap for n, gap in enumerate(gaps)} | {"relu": 0.9, "tanh": 0.899}
    table = held(scores, list(scores)[:-2])
    excluded = (table["low"] > 0) | (table["high"] < 0)
    assert list(table["p_difference"] <= 0.05) == list(excluded)
    assert set(excluded) == {True, False}


def test_all_comparisons_are_one_family():
    scores = {"relu": 0.9, "tanh": 0.8, **{f"mine {n}": 0.903 for n in range(3)}}
    table = held(scores, [name for name in scores if name.startswith("mine")], sd=0.01)

    assert table["p_difference_holm"].min() == pytest.approx(
        min(1, 3 * table["p_difference"].min())
    )


@pytest.mark.parametrize(
    ("splits", "fixed", "told"),
    [
        (2, ["relu"], ("undecided", ("few_splits", 2, 3))),
        (40, ["relu", "tanh"], ("not measured", ("missing_of", 1, 2))),
    ],
)
def test_two_splits_or_a_missing_fixed_activation_decide_nothing(splits, fixed, told):
    trials = made({"mine": 0.95, "relu": 0.5}, splits)
    row = against_best(trials, ROWS, SIZES, ["mine"], fixed).iloc[0]

    assert (row["verdict"], row["reason"]) == told


def test_the_interval_covers_the_gap_to_the_best_of_equal_ones():
    """4,000 draws, four fixed activations, true gap 0: each side misses in 2.5 % or less."""
    rng = np.random.default_rng(11)
    misses = np.zeros(2)
    frame = pd.DataFrame({"standard_error": np.ones(4), "freedom": 1e6})
    for estimate in rng.normal(0, 1, (4_000, 4)):
        frame["estimate"] = estimate
        low, high = gap_to_best(frame, 0.05)
        misses += (low > 0, high < 0)

    assert (misses / 4_000 <= 0.025 + 3 * (0.025 * 0.975 / 4_000) ** 0.5).all()
