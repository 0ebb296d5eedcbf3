"""Sentences on Adaact against the others, the leak and the collapse: every branch."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from bench.analysis.pairs import paired_table
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.selection_bias import leak
from bench.analysis.spread import spread
from bench.reporting.sections import best_fixed, collapse, comparison, selection_bias
from tests import helpers

NOTHING = pd.DataFrame({"text": [], "place": [], "verdict": [], "reason": []})


def family(*rows):
    return pd.DataFrame(rows, columns=["dataset", "baseline", "verdict"])


def described(scores):
    trials = helpers.trial_frame({name: np.array(right) / 38 for name, right in scores.items()})
    others = [name for name in scores if name != "adaact"]
    pairs = paired_table(trials, "test_accuracy", "adaact", others, {"iris": 38})
    return comparison.described(spread(trials, "test_accuracy"), pairs, 38)


def compared(*rows):
    columns = ["dataset", "arm", "rival", "verdict", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def test_whoever_beats_the_best_fixed_one_is_named_with_the_gap():
    gap = (0.01, 0.005, 0.015)
    table = compared(
        ("banknote", "adaact", "relu", "no better", *gap),
        ("banknote", "swish", "relu", "better", *gap),
        ("iris", "adaact", "tanh", "cannot tell", *gap),
        ("iris", "swish", "", "not measured", *gap),
    )
    assert best_fixed.best_fixed_verdicts(table) == (
        "In 4 comparisons (2 activations under test) the activation is better than every fixed "
        "activation in 1 (Bank Note: swish, +0.0100 [+0.0050, +0.0150] against relu), no better "
        "than the best fixed one, within the margin, in 1 (Bank Note: Adaact), undecided "
        "in 1 (Iris: Adaact) and not measured in 1 (Iris: swish)."
    )


def test_where_nobody_is_under_test_nothing_is_said_of_it():
    assert best_fixed.best_fixed_verdicts(compared()) == ""


def test_without_held_out_trials_nothing_is_answered():
    text = comparison.headline_sentence(
        family(("iris", "relu", "not measured")), NOTHING, "why not"
    )
    assert text == "why not"


@pytest.mark.parametrize(
    ("held_out", "why"), [(False, comparison.NOT_HELD_OUT), (True, comparison.NO_TRIALS)]
)
def test_why_nothing_is_answered_depends_on_the_protocol(held_out, why):
    assert comparison.unmeasured(held_out=held_out) == why


def test_every_comparison_is_counted_under_its_verdict():
    headline = family(
        ("banknote", "relu", "worse"),
        ("banknote", "linear", "equivalent"),
        ("iris", "relu", "worse"),
        ("iris", "tanh", "cannot tell"),
        ("iris", "linear", "better"),
        ("mnist", "relu", "not measured"),
    )
    assert comparison.headline_sentence(headline, NOTHING, "") == (
        "Of 6 comparisons on held-out data Adaact is better in 1 (Iris: linear), "
        "worse in 2 (Bank Note: relu; Iris: relu), "
        "equivalent, within the margin, in 1 (Bank Note: linear), "
        "undecided in 1 (Iris: tanh) and "
        "not measured in 1 (MNIST: relu)."
    )


def test_the_claim_in_words_has_its_verdict_and_reason():
    claims = pd.DataFrame(
        {
            "text": ["adapts", ""],
            "place": ["p. 1", "p. 2"],
            "verdict": ["refuted", "supported"],
            "reason": ["Iris", ""],
        }
    )
    assert comparison.claims_in_words(claims) == (
        "The claim “adapts”: refuted (Iris). The claim “p. 2”: supported."
    )
    text = comparison.headline_sentence(family(("iris", "relu", "worse")), claims, "")
    assert text.endswith("(Iris: relu). " + comparison.claims_in_words(claims))


def test_the_best_of_the_others_is_named_with_the_gap_in_test_rows():
    text = described({"adaact": [36, 36, 36], "relu": [37, 36, 38], "tanh": [30, 30, 30]})
    assert text == (
        "Iris: median test accuracy 0.9474 against 0.9737 of relu, the highest of the others "
        "(1 of 38 test rows fewer); P(Adaact ahead) 0.17 over 3 pairs, ties one half."
    )


@pytest.mark.parametrize("scores", [{"adaact": [36]}, {"relu": [36], "tanh": [30]}])
def test_without_a_partner_nothing_is_compared(scores):
    assert described(scores) == ("Adaact or a fixed activation to compare it with is missing.")


COUNTS = st.lists(st.integers(0, 38), min_size=4, max_size=4)


@given(COUNTS, COUNTS, COUNTS)
def test_what_is_said_of_the_best_other_agrees_with_the_trials(adaact, relu, tanh):
    text = described({"adaact": adaact, "relu": relu, "tanh": tanh})
    best = max(np.median(relu), np.median(tanh))
    gap = np.median(adaact) - best
    told = re.search(r"\((.*)\); P\(Adaact ahead\) ([\d.]+)", text)
    expected = "less than 0.1" if gap == 0 else f"{abs(gap):g} of 38 test rows"
    assert told
    assert told[1].startswith(expected)
    assert told[1].endswith({1: "more", -1: "fewer", 0: "rows"}[int(np.sign(gap))])
    name = re.search(r"of (relu|tanh), the highest", text)
    assert name
    other = {"relu": relu, "tanh": tanh}[name[1]]
    assert np.median(other) == best
    ahead = np.mean(0.5 * (1 + np.sign(np.subtract(adaact, other))))
    assert float(told[2]) == pytest.approx(ahead, abs=0.0051)


def test_selection_bias_is_given_in_accuracy_rows_and_trials():
    trials = helpers.trial_frame({"adaact": [36 / 38] * 10}, protocol="held-out")
    trials["leaked_test_accuracy"] = [37 / 38] * 6 + [36 / 38] * 3 + [35 / 38]
    row = leak(trials, {"iris": 38}).iloc[0]
    text = selection_bias.mean_bias(row, 38)
    assert text.startswith("Iris: +0.0132 [")
    assert text.endswith(
        "on average, 0.5 of 38 test rows more; higher in 6, equal in 3 and lower in 1 of 10 trials."
    )


def test_the_selection_bias_of_one_trial_has_no_interval():
    scores = {"protocol": "held-out", "leaked_test_accuracy": 36 / 38}
    trials = helpers.trial_frame({"adaact": [36 / 38]}, **scores)
    text = selection_bias.mean_bias(leak(trials, {"iris": 38}).iloc[0], 38)
    assert text.startswith("Iris: 0.0000 on average, less than 0.1 of 38 test rows;")
    assert text.endswith("of 1 trial.")


def folds(errors, flips):
    return pd.DataFrame(
        {"collapse_error": errors, "collapse_flips": pd.array(flips, dtype="Int64")}
    )


def test_a_study_without_folds_says_so():
    text = collapse.collapse(folds([math.nan], [None]))
    assert text.startswith("Not measured yet: no trial has the error of its fold.")


def test_the_largest_error_of_the_folds_is_told():
    text = collapse.collapse(folds([2e-16, 4.4e-16, math.nan], [0, 0, None]))
    assert text == (
        "A logistic regression. Of 3 trained Adaact networks 2 were folded into one affine map "
        "each. Network and map differ by at most 4.4e-16 of the largest logit, and no test row "
        "changes class."
    )


def test_the_error_of_the_map_in_float32_stands_beside_it():
    trials = folds([2e-16, 4e-16], [0, 0])
    text = collapse.collapse(trials.assign(collapse_error_float32=[3.1e-7, math.nan]))
    assert "4.0e-16 of the largest logit (3.1e-07 if the map is used in float32), and" in text
    unknown = collapse.collapse(trials.assign(collapse_error_float32=math.nan))
    assert unknown == collapse.collapse(trials)


@pytest.mark.parametrize(
    ("flips", "phrase"), [(1, "1 test row in all changed"), (3, "3 test rows in")]
)
def test_flipped_rows_are_counted(flips, phrase):
    text = collapse.collapse(folds([2e-16], [flips]))
    assert phrase in text
    assert "Of 1 trained Adaact network 1 was folded" in text
