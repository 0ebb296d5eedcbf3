from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from bench.analysis.replays import (
    agreement,
    compare,
    judge,
    neighbouring_seeds,
    reproduced,
)
from bench.claims_file import load_claims, parse_claims
from bench.csv_columns import REPLAY_SEED, names
from bench.published import load_published

PUBLISHED = load_published()


def made_again(dataset):
    """A run in which every published value comes again; others are 0."""
    published = PUBLISHED[dataset]
    run = {"dataset": dataset, "seed": published.seed, "history": {}}
    epochs = int(published.figures["epochs", 0])
    for (figure, epoch), value in published.figures.items():
        if epoch:
            run["history"].setdefault(figure, [0.0] * epochs)[epoch - 1] = float(value)
        else:
            run[figure] = float(value)
    return run


@pytest.fixture
def runs():
    return [made_again(dataset) for dataset in PUBLISHED]


def test_the_published_figures_are_those_of_the_claims():
    figures = [c for c in load_claims().claims if c.kind != "comparison"]
    printed = {
        (dataset, name): float(value)
        for dataset, run in PUBLISHED.items()
        for (name, epoch), value in run.figures.items()
        if epoch == 0
    }
    for claim in figures:
        assert round(printed[claim.dataset, claim.metric], claim.decimals) == claim.value
    assert len(figures) == 16


@pytest.mark.parametrize(
    ("published", "replayed", "decimals"),
    [
        ("0.9883", 0.98834, 4),
        ("0.9883", 0.98836, 3),
        ("0.9883", 0.98776, 2),
        ("0.9883", 0.95, 1),
        ("0.9883", 0.5, 0),
        ("0.9883", -0.9883, -1),
        ("0.9883", float("nan"), -1),
        ("-1.2746757", -1.2746758, 6),
        ("0.7650", 0.765049, 4),
        ("50", 50, 0),
        ("50", 49, -1),
    ],
)
def test_agreement_counts_decimals(published, replayed, decimals):
    assert agreement(Decimal(published), replayed) == decimals


def test_a_run_that_comes_again_is_replayed_in_full(runs):
    table = judge(compare(runs, PUBLISHED))
    assert table["dataset"].tolist() == ["banknote", "mnist", "iris"]
    assert table["seed"].tolist() == [42, 42, 45]
    assert (table["verdict"] == "reproduced").all()
    assert (table["full"] == table["figures"]).all()
    assert table["fewest"].isna().all()


def test_a_run_is_replayed_to_three_decimals_and_not_to_two():
    run = made_again("iris")
    verdicts = []
    for gap in (4e-4, 6e-4):
        run["test_loss"] = 0.150048420 + gap
        verdicts += judge(compare([run], PUBLISHED)).to_dict("records")
    assert [row["verdict"] for row in verdicts] == ["reproduced", "not reproduced"]
    assert [row["fewest"] for row in verdicts] == [3, 2]
    assert [row["figures"] - row["full"] for row in verdicts] == [1, 1]


def test_rounding_noise_is_compared_and_not_judged():
    run = made_again("mnist")
    run["history"]["k0_1"] = [9.0] * 23
    table = compare([run], PUBLISHED)
    assert table.loc[table["noise"], "agreed"].tolist() == [-1, -1]
    assert judge(table)["verdict"].tolist() == ["reproduced"]
    run["history"]["k1_1"] = [9.0] * 23
    assert judge(compare([run], PUBLISHED))["verdict"].tolist() == ["not reproduced"]


def test_a_run_that_ended_before_has_no_number_for_the_epochs_after():
    run = made_again("iris")
    run["history"] = {name: values[:4] for name, values in run["history"].items()}
    table = compare([run], PUBLISHED)
    assert table.loc[table["epoch"] > 4, "replayed"].isna().all()
    assert judge(table)["verdict"].tolist() == ["not reproduced"]


def test_a_run_of_an_unpublished_data_set_is_passed_over():
    assert compare([{"dataset": "cifar"}], PUBLISHED).empty


def test_figures_of_replayed_runs_are_reproduced(runs):
    claims = load_claims().claims
    told = reproduced(claims, compare(runs, PUBLISHED))
    kinds = np.array([claim.kind for claim in claims])
    assert set(np.array(told)[kinds == "figure"]) == {"reproduced"}
    assert set(np.array(told)[kinds != "figure"]) == {""}


def test_luck_with_one_figure_is_no_replay(runs):
    runs[0]["train_loss"] = 0.03  # and every score as published
    claims = [claim for claim in load_claims().claims if claim.kind == "figure"]
    told = reproduced(claims, compare(runs, PUBLISHED))
    assert told == ["not reproduced"] * 3 + ["reproduced"] * 6


@pytest.mark.parametrize(
    "change",
    [
        "value = 0.97",  # another paper's value
        'activation = "relu"',
        'protocol = "held-out"',
        'dataset = "cifar"',
    ],
)
def test_a_replay_speaks_of_the_paper_s_own_figures_alone(runs, change):
    own = {
        "dataset": '"banknote"',
        "activation": '"adaact"',
        "protocol": '"paper"',
        "value": "0.988",
    }
    key, _, value = change.partition(" = ")
    lines = "\n".join(f"{name} = {text}" for name, text in (own | {key: value}).items())
    text = f'[[claim]]\nkind = "figure"\nmetric = "test_accuracy"\nplace = "here"\n{lines}'
    assert reproduced(parse_claims(text).claims, compare(runs, PUBLISHED)) == [""]


def seed_row(seed, curve, best_epoch):
    accuracies = [float(word) for word in curve.split()]
    epochs = len(accuracies), best_epoch, best_epoch
    fields = seed, "x", *epochs, accuracies[best_epoch - 1], 0.5, curve
    return dict(zip(names(REPLAY_SEED), ("iris", *fields), strict=True))


def test_neighbouring_seeds_say_for_what_the_paper_used_them():
    seeds = pd.DataFrame([seed_row(seed, "0.5 1", 1) for seed in (45, 41, 42)])
    table = neighbouring_seeds(seeds, PUBLISHED)
    assert table["seed"].tolist() == [41, 42, 45]
    assert table["paper_used_for"].tolist() == [(), ("banknote", "mnist"), ("iris",)]


def test_neighbouring_seeds_tell_the_epoch_kept_from_the_last_and_the_best():
    seeds = pd.DataFrame([seed_row(45, "0.5 0.9 1 0.8", 2), seed_row(46, "1", 1)])
    table = neighbouring_seeds(seeds, PUBLISHED)
    assert table["test_accuracy"].tolist() == [0.9, 1]
    assert table["last"].tolist() == [0.8, 1]
    assert table["highest"].tolist() == [1, 1]
    assert table["test_accuracies"][0].tolist() == [0.5, 0.9, 1, 0.8]
    assert table["test_accuracies"][1].tolist() == [1]
