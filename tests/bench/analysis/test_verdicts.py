import numpy as np
import pandas as pd
import pytest

from bench.analysis.claims import load_claims, parse_claims
from bench.analysis.verdicts import verdicts
from bench.errors import UserError
from tests import helpers

MADE_UP = """
[defaults]
activation = "adaact"
protocol = "paper"
place = "nowhere"

[[claim]]  # true
kind = "figure"
dataset = "banknote"
metric = "test_accuracy"
value = 0.95

[[claim]]  # false
kind = "figure"
dataset = "banknote"
metric = "test_accuracy"
value = 0.99

[[claim]]  # untestable
kind = "figure"
dataset = "cifar"
metric = "test_accuracy"
value = 0.95
"""

CONTRACT = [
    *("dataset", "metric", "claimed", "seeds", "median", "low", "high", "p"),
    *("verdict", "held_out_verdict", "activation", "protocol", "place"),
]


@pytest.fixture
def trials():
    runs = np.linspace(0.93, 0.97, 41)
    return pd.concat(
        [
            helpers.cell_frame(runs, train_accuracy=0.9, parameters=63),
            helpers.cell_frame(runs - 0.1, protocol="held-out", parameters=63),
            helpers.cell_frame(runs + 0.02, activation="relu", parameters=62),
        ],
        ignore_index=True,
    )


def test_the_columns_begin_with_those_of_the_contract(trials):
    table = verdicts(trials, load_claims().claims)

    assert list(table.columns)[: len(CONTRACT)] == CONTRACT
    assert len(table) == 17


def test_a_true_a_false_and_an_untestable_claim_get_their_verdicts(trials):
    table = verdicts(trials, parse_claims(MADE_UP).claims)

    assert list(table["verdict"]) == ["reproduced", "not reproduced", "not measured"]
    assert table["reason"][2] == "no trial of adaact on cifar under the paper protocol"


def test_a_malformed_claim_among_them_is_refused():
    with pytest.raises(UserError, match="line 11, key 'value'"):
        parse_claims(MADE_UP.replace("value = 0.95", "value = 'high'", 1))


def test_the_held_out_protocol_is_judged_beside_the_claims_own(trials):
    row = verdicts(trials, parse_claims(MADE_UP).claims).iloc[0]

    assert row["held_out_verdict"] == "not reproduced"
    assert row["held_out_median"] == pytest.approx(row["median"] - 0.1)
    assert (row["held_out_seeds"], row["held_out_p"]) == (41, 2 / 42)


def test_the_held_out_verdict_is_empty_where_that_protocol_was_not_run(trials):
    table = verdicts(trials[trials["protocol"] == "paper"], parse_claims(MADE_UP).claims)

    assert list(table["held_out_verdict"]) == ["", "", ""]


def test_a_count_is_judged_in_the_claimed_activations_trials_only(trials):
    table = verdicts(trials, load_claims().claims)
    row = table[(table["dataset"] == "banknote") & (table["metric"] == "parameters")].iloc[0]

    assert (row["verdict"], row["held_out_verdict"], row["seeds"]) == ("exact", "exact", 41)


def test_a_metric_that_the_trials_lack_is_not_measured(trials):
    claims = parse_claims(MADE_UP.replace("test_accuracy", "auc")).claims
    row = verdicts(trials, claims).iloc[0]

    assert (row["verdict"], row["reason"]) == ("not measured", "the trials have no column 'auc'")


def test_trials_without_a_number_are_counted_in_the_reason(trials):
    trials.loc[:1, ["status", "test_accuracy"]] = ["diverged", np.nan]
    row = verdicts(trials, parse_claims(MADE_UP).claims).iloc[0]

    assert (row["seeds"], row["reason"]) == (39, "2 of 41 trials have no figure")


def test_trials_of_which_none_has_a_number_are_not_measured(trials):
    row = verdicts(trials.assign(status="failed"), parse_claims(MADE_UP).claims).iloc[0]

    assert (row["verdict"], row["reason"]) == ("not measured", "none of 41 trials has this figure")


def test_capped_epochs_forbid_a_verdict_on_a_figure_but_not_on_a_count(trials):
    table = verdicts(trials, load_claims().claims, epochs={"banknote": 2}).set_index(
        ["dataset", "metric"]
    )

    assert table["verdict"]["banknote", "test_accuracy"] == "cannot tell"
    assert table["reason"]["banknote", "test_accuracy"] == "epochs capped at 2"
    assert table["verdict"]["banknote", "parameters"] == "exact"


def test_an_uncapped_data_set_is_judged_as_it_is(trials):
    table = verdicts(trials, parse_claims(MADE_UP).claims, epochs={"banknote": None, "mnist": 2})

    assert table["verdict"][0] == "reproduced"


def test_a_test_accuracy_comes_with_the_interval_of_its_test_set(trials):
    table = verdicts(trials, load_claims().claims, test_rows={"banknote": 343, "iris": 38})
    intervals = table.set_index(["dataset", "metric"])[["test_low", "test_high"]].round(3)

    # One row is .0029 on Bank Note and .026 on Iris.
    assert tuple(intervals.loc[("banknote", "test_accuracy")]) == (0.970, 0.997)
    assert tuple(intervals.loc[("iris", "test_accuracy")]) == (0.907, 1.0)
    assert intervals.loc[("banknote", "test_f1")].isna().all()
    assert intervals.loc[("mnist", "test_accuracy")].isna().all()


def test_the_comparison_claim_needs_the_headline(trials):
    row = verdicts(trials, load_claims().claims).iloc[-1]

    assert (row["kind"], row["verdict"]) == ("comparison", "not measured")
    assert row["held_out_verdict"] == ""


def test_the_comparison_claim_is_judged_by_the_headline(trials):
    line = {"dataset": "iris", "arm": "adaact", "baseline": "relu", "verdict": "equivalent"}
    numbers = {"estimate": 0.0, "low": -0.001, "high": 0.001, "margin": 0.005}
    headline = pd.DataFrame([{**line, **numbers, "pairs": 100, "fewest": 9}])
    row = verdicts(trials, load_claims().claims, headline=headline).iloc[-1]

    assert (row["verdict"], row["held_out_verdict"], row["seeds"]) == ("supported",) * 2 + (100,)


def test_no_trials_at_all_measure_nothing():
    table = verdicts(helpers.cell_frame([]), load_claims().claims)

    assert set(table["verdict"]) == {"not measured"}
