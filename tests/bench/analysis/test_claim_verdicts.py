import numpy as np
import pandas as pd
import pytest

from bench.analysis.claim_verdicts import claim_verdicts, judge_comparison
from bench.analysis.verdicts import judged
from bench.claims_file import load_claims, parse_claims
from tests.bench.analysis.frames import family, trials_of

MADE_UP = """
[defaults]
activation = "adaact"
protocol = "paper"
place = "nowhere"

[[claim]]  # true
kind = "figure"
dataset = "banknote"
metric = "test_accuracy"
value = 0.950

[[claim]]  # false
kind = "figure"
dataset = "banknote"
metric = "test_accuracy"
value = 0.990

[[claim]]  # untestable
kind = "figure"
dataset = "cifar"
metric = "test_accuracy"
value = 0.95
"""

CONTRACT = [
    *("dataset", "metric", "claimed", "seeds", "median", "low", "high"),
    *("passes_low", "passes_high", "p", "verdict", "reproduced"),
]


def cell(scores, activation="adaact", **columns):
    names = {"protocol": "paper", "parameters": 63, **columns}
    return trials_of(np.array([scores]), activation, "banknote", **names)


@pytest.fixture
def trials():
    scores = np.linspace(0.93, 0.97, 100)
    return pd.concat(
        [cell(scores), cell(scores + 0.03, "relu"), cell(scores, "linear", parameters=62)],
        ignore_index=True,
    )


def comparisons(*gaps):
    return judged(family(*gaps))


def test_the_columns_begin_with_those_of_the_contract(trials):
    table = claim_verdicts(trials, load_claims().claims)

    assert list(table.columns)[: len(CONTRACT)] == CONTRACT
    assert len(table) == 17


def test_a_true_a_false_and_an_untestable_claim_get_their_verdicts(trials):
    false_alone = MADE_UP[: MADE_UP.index("[[claim]]")] + MADE_UP[MADE_UP.index("[[claim]]  # f") :]
    table = claim_verdicts(trials, parse_claims(MADE_UP).claims)
    alone = claim_verdicts(trials, parse_claims(false_alone).claims[:1])

    assert list(table["verdict"]) == ["typical", "not typical", "not measured"]
    assert list(table["reason"]) == [(), (), ("no_trial",)]
    assert table["p_holm"][1] == pytest.approx(2 * 2 / 101)  # two facts
    assert list(alone["verdict"]) == ["not typical"]


def test_a_value_says_what_else_would_have_passed(trials):
    row = claim_verdicts(trials, parse_claims(MADE_UP).claims).iloc[0]

    assert (row["passes_low"], row["passes_high"]) == (0.930, 0.970)
    assert row["also_pass"] == "linear"  # relu's median is 0.980
    assert row["low"] < row["median"] < row["high"]


def test_accuracy_and_f1_on_the_same_rows_are_one_fact():
    claims = [claim for claim in load_claims().claims if claim.kind == "figure"]
    table = claim_verdicts(pd.DataFrame(columns=list(cell([0.5]))), claims)

    assert table["fact"].nunique() == 6  # training and test rows of three sets
    assert table.groupby("fact")["metric"].apply(set).loc["iris paper adaact test"] == {
        *("test_accuracy", "test_f1")
    }


def test_few_trials_and_capped_epochs_decide_nothing_but_counts(trials):
    few = claim_verdicts(trials[trials["seed"] < 38], parse_claims(MADE_UP).claims)
    capped = claim_verdicts(trials, load_claims().claims, epochs={"banknote": 2})
    capped = capped.set_index(["dataset", "metric"])

    assert list(few["verdict"][:2]) == ["undecided"] * 2
    assert few["reason"][0] == ("few_trials", 38, 39)
    assert capped["verdict"]["banknote", "test_accuracy"] == "undecided"
    assert capped["reason"]["banknote", "test_accuracy"] == ("capped", 2)
    assert capped["verdict"]["banknote", "parameters"] == "exact"


def test_a_count_is_exact_only_if_it_is_in_every_trial_of_its_activation(trials):
    claims = [
        c for c in load_claims().claims if (c.dataset, c.metric) == ("banknote", "parameters")
    ]
    other = trials.assign(parameters=np.where(trials.index == 5, 62, trials["parameters"]))

    assert list(claim_verdicts(trials, claims)["verdict"]) == ["exact"]
    assert list(claim_verdicts(other, claims)["verdict"]) == ["differs"]


def test_trials_without_the_value_are_counted(trials):
    trials.loc[:1, ["status", "test_accuracy"]] = ["diverged", np.nan]
    row = claim_verdicts(trials, parse_claims(MADE_UP).claims).iloc[0]
    none = claim_verdicts(trials.assign(status="failed"), parse_claims(MADE_UP).claims).iloc[0]

    assert (row["seeds"], row["lost"]) == (98, 2)
    assert (none["verdict"], none["reason"]) == ("not measured", ("no_value",))


def test_a_test_accuracy_comes_with_the_interval_of_its_test_set(trials):
    rows = {"banknote": 343, "iris": 38}
    table = claim_verdicts(trials, load_claims().claims, test_rows=rows)
    intervals = table.set_index(["dataset", "metric"])[["test_low", "test_high"]].round(3)

    # One row is .0029 on Bank Note and .026 on Iris.
    assert tuple(intervals.loc[("banknote", "test_accuracy")]) == (0.970, 0.997)
    assert tuple(intervals.loc[("iris", "test_accuracy")]) == (0.907, 1.0)
    assert intervals.loc[("banknote", "test_f1")].isna().all()
    assert intervals.loc[("mnist", "test_accuracy")].isna().all()


def test_the_comparison_claim_needs_the_headline(trials):
    row = claim_verdicts(trials, load_claims().claims).iloc[-1]
    told = claim_verdicts(trials, load_claims().claims, headline=comparisons(0.0, 0.0)).iloc[-1]

    assert (row["kind"], row["verdict"], row["reason"]) == (
        "comparison",
        "not measured",
        ("no_comparison",),
    )
    assert (told["verdict"], told["seeds"]) == ("supported", 50)


def test_not_worse_than_the_best_is_not_worse_than_each():
    kept = judge_comparison(comparisons(0.0, -0.005, 0.02))
    lost = judge_comparison(comparisons(0.02, -0.05, 0.0))
    near = judge_comparison(comparisons(0.02, -0.009, 0.0))

    assert (kept["verdict"], kept["deciding_reference"]) == ("supported", "tanh")
    assert (lost["verdict"], lost["deciding_reference"]) == ("refuted", "tanh")
    assert (near["verdict"], near["deciding_reference"]) == ("undecided", "tanh")


def test_the_number_of_references_costs_the_supported_claim_nothing():
    many = judge_comparison(comparisons(-0.0082, -0.0082, -0.0082, -0.0082))
    one = judge_comparison(comparisons(-0.0082))

    assert many["p"] == one["p"] < 0.05


def test_a_claim_with_a_missing_comparison_can_be_refuted_and_not_supported():
    assert judge_comparison(comparisons(0.0, np.nan))["verdict"] == "undecided"
    assert judge_comparison(comparisons(-0.05, np.nan))["verdict"] == "refuted"


def test_capped_epochs_decide_no_comparison(trials):
    row = claim_verdicts(
        trials, load_claims().claims, headline=comparisons(0.0), epochs={"iris": 3}
    ).iloc[-1]

    assert (row["verdict"], row["reason"]) == ("undecided", ("capped", 3))


def test_no_claims_make_an_empty_table(trials):
    assert claim_verdicts(trials, []).empty
