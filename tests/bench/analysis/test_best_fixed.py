"""Activations under test against the best fixed one, on made-up trials."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bench.analysis.best_fixed import contest
from bench.analysis.headline import headline
from tests import helpers

SIZES = {"iris": SimpleNamespace(rows=150, test_rows=38)}
PROTOCOL = "held-out"


def made(scores, seeds=40, lost=()):
    """Trials and rows of activations whose test accuracies scatter little around ``scores``."""
    rng = np.random.default_rng(3)
    trials = [
        helpers.cell_frame(
            mean + 0.002 * rng.normal(size=seeds),
            dataset="iris",
            protocol=PROTOCOL,
            activation=name,
            status=["failed" if (name, seed) in lost else "ok" for seed in range(seeds)],
            parameters=10 + place,
            epochs=5,
        )
        for place, (name, mean) in enumerate(scores.items())
    ]
    rows = [helpers.row_frame([5] * 3, [5, 6, 7], activation=name) for name in scores]
    return pd.concat(trials), pd.concat(rows)


def held(scores, arms, **options):
    trials, rows = made(scores, **options)
    fixed = [name for name in scores if name not in arms]
    return contest(trials, rows, SIZES, arms, fixed, PROTOCOL).set_index("arm")


def test_the_rival_is_the_best_fixed_one_and_to_beat_it_is_to_beat_each():
    scores = {"mine": 0.95, "yours": 0.85, "relu": 0.80, "tanh": 0.90, "linear": 0.70}
    table = held(scores, ["mine", "yours"])
    assert list(table["rival"]) == ["tanh", "tanh"]
    assert list(table["verdict"]) == ["better", "no better"]
    assert list(table["beaten"]) == [3, 2]
    assert list(table["estimate"].round(2)) == [0.05, -0.05]
    assert list(table["parameters"]) == [10, 11]
    assert list(table["rival_parameters"]) == [13, 13]
    assert table.loc["yours", "p"] == 1


def test_rows_come_by_data_set_and_then_in_the_order_asked():
    arms = [f"arm {n}" for n in range(9)]
    scores = dict.fromkeys([*arms, "relu", "linear"], 0.9)
    parts = [made(scores, seeds=3) for _ in range(3)]
    names = ["iris", "banknote", "mnist"]
    trials, rows = (
        pd.concat([part[n].assign(dataset=name) for name, part in zip(names, parts, strict=True)])
        for n in (0, 1)
    )
    sizes = dict.fromkeys(reversed(names), SIZES["iris"])
    table = contest(trials, rows, sizes, arms, ["relu", "linear"], PROTOCOL)
    asked = [(name, arm) for name in reversed(names) for arm in arms]
    assert list(table[["dataset", "arm"]].itertuples(index=False, name=None)) == asked


def test_the_p_value_is_the_largest_of_the_headlines_own():
    scores = {"mine": 0.9, "relu": 0.897, "tanh": 0.899}
    trials, rows = made(scores)
    of_each = headline(trials, rows, SIZES, arm="mine", baselines=["relu", "tanh"])
    table = held(scores, ["mine"])
    assert table.loc["mine", "p"] == of_each["p"].max() == table.loc["mine", "p_holm"]


def test_holm_corrects_for_the_number_of_rows():
    scores = {"relu": 0.9, "tanh": 0.8, **{f"mine {n}": 0.903 for n in range(3)}}
    table = held(scores, [name for name in scores if name.startswith("mine")])
    assert table["p_holm"].min() == pytest.approx(3 * table["p"].min())


@pytest.mark.parametrize(
    ("seeds", "scores", "verdict"),
    [
        (3, {"mine": 0.95, "relu": 0.5}, "cannot tell"),  # too few to reach the level
        (40, {"mine": 0.9, "relu": 0.9}, "no better"),  # within one of 38 rows
    ],
)
def test_what_cannot_be_told_is_not(seeds, scores, verdict):
    assert list(held(scores, ["mine"], seeds=seeds)["verdict"]) == [verdict]


def test_without_all_fixed_activations_the_best_is_not_known():
    lost = [("tanh", seed) for seed in range(40)]
    table = held({"mine": 0.95, "relu": 0.5, "tanh": 0.9}, ["mine"], lost=lost)
    assert list(table["verdict"]) == ["not measured"]
    assert table["p_holm"].isna().all()


@pytest.mark.slow
def test_under_the_null_nobody_is_better_than_the_best_more_often_than_the_level():
    # 200 studies of equal activations, seed fixed: at most 5 %, here by chance up to 20 of 200.
    rng = np.random.default_rng(11)
    wrong = 0
    for _ in range(200):
        trials, rows = made({"mine": 0.9, "relu": 0.9, "tanh": 0.9}, seeds=12)
        trials["test_accuracy"] = 0.9 + 0.01 * rng.normal(size=len(trials))
        table = contest(trials, rows, SIZES, ["mine"], ["relu", "tanh"], PROTOCOL)
        wrong += (table["verdict"] == "better").sum()
    assert wrong <= 10
