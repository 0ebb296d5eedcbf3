"""Tables of the sections, as a Markdown parser reads them."""

import itertools
import math

import pandas as pd
import pytest
from bench.analysis.pairs import paired_table
from markdown_it import MarkdownIt

from bench.analysis.claims import load_claims
from bench.analysis.spread import spread
from bench.analysis.verdicts import verdicts
from bench.reporting.markdown import markdown
from bench.reporting.sections import claims, panels
from tests import helpers


def cells(table):
    """Head and rows of a table, as a Markdown parser reads them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(table))
    rows: list[list[str]] = []
    for before, token in itertools.pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if token.type == "inline" and before.type in ("th_open", "td_open"):
            rows[-1].append(token.content)
    return rows


@pytest.fixture(scope="module")
def iris():
    """Ten trials of two activations on Iris, Adaact one row behind, one constant."""
    scores = {"adaact": [36 / 38] * 10, "relu": [37 / 38] * 10}
    trials = helpers.trial_frame(scores, train_accuracy=1.0, test_f1=0.5)
    return trials.assign(constant=(trials["activation"] == "adaact") & (trials["seed"] == 0))


def spreads(trials):
    metrics = ("train_accuracy", "test_accuracy", "test_f1")
    return pd.concat([spread(trials, m, {"iris": 12}).assign(metric=m) for m in metrics])


def test_scores_have_spread_counts_and_times(iris):
    epochs = pd.Series({"adaact": 22.0, "relu": 20.5})
    times = pd.DataFrame({"one epoch": {"adaact": 0.012}})
    assert cells(panels.score_table(spreads(iris), epochs, times)) == [
        [
            "activation",
            "trials",
            "test accuracy",
            "test F1",
            "train accuracy",
            "epochs",
            "one epoch",
        ],
        [
            *("Adaact", "10 of 12 (1 constant)", "0.9474 [0.9474, 0.9474]"),
            *("0.5000 [0.5000, 0.5000]", "1.0000", "22", "12 ms"),
        ],
        [
            *("relu", "10 of 12", "0.9737 [0.9737, 0.9737]"),
            *("0.5000 [0.5000, 0.5000]", "1.0000", "20.5", "–"),
        ],
    ]


@pytest.mark.parametrize(("splits", "shown"), [(1, "1 split"), (10, "10 splits")])
def test_logistic_regression_is_marked_as_no_network(iris, splits, shown):
    fits = iris[(iris["activation"] == "relu") & (iris["seed"] < splits)]
    both = pd.concat([spreads(iris), spreads(fits.assign(activation="logistic regression"))])
    row = cells(panels.score_table(both, pd.Series({"relu": 20.0}), pd.DataFrame()))[-1]
    assert row[:2] == ["logistic regression (no network)", shown]
    assert row[2].startswith("0.9737")
    assert row[-1] == "–"


def test_a_cell_without_a_number_keeps_its_row(iris):
    failed = iris.assign(status="failed", test_accuracy=math.nan)
    table = panels.score_table(spreads(failed), pd.Series(dtype=float), pd.DataFrame())
    assert cells(table)[1] == ["Adaact", "0 of 12", "–", "–", "–", "–"]


def test_gaps_are_given_in_test_rows_too(iris):
    pairs = paired_table(iris, "test_accuracy", "adaact", ["relu"], {"iris": 38})
    assert cells(panels.pair_table(pairs, {}))[1] == [
        *("relu", "10", "−0.0263 [−0.0263, −0.0263]", "−1.0", "0.00 [0.00, 0.28]", ".002"),
    ]


def judged(trials):
    published = [c for c in load_claims().claims if c.dataset == "iris" and c.kind == "figure"]
    return verdicts(trials, published)


def test_a_published_value_keeps_its_decimals(iris):
    rows = cells(claims.verdict_table(judged(iris), {}))
    assert rows[0] == ["data set", "value", "paper", "median [95 %]", "trials", "p", "verdict"]
    assert rows[2] == [
        *("Iris", "test accuracy", "1.000", "0.9474 [0.9474, 0.9474]"),
        *("10", ".182", "**cannot tell**"),
    ]


def test_held_out_verdicts_have_a_column_where_there_are_any(iris):
    both = pd.concat([iris, iris.assign(protocol="held-out", test_f1=math.nan)])
    rows = cells(claims.verdict_table(judged(both), {}))
    assert [row[-1] for row in rows] == ["held-out trials", "cannot tell", "cannot tell", "–"]


def test_a_claim_without_trials_has_dashes(iris):
    rows = cells(claims.verdict_table(judged(iris[:0]), {}))
    assert rows[1][3:] == ["–", "0", "–", "**not measured**"]
