"""Sentences on what was run and on the paper's figures: every branch."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.claims import load_claims
from bench.analysis.verdicts import verdicts
from bench.reporting.sections import answer, claims

STUDY = {
    "datasets": ["banknote", "iris"],
    "protocols": ["paper"],
    "activations": ["adaact", "relu"],
    "seeds": {"banknote": [0, 1], "iris": [0]},
    "trainer": "keras",
    "asked": 6,
}


def trials(*statuses):
    return pd.DataFrame({"status": list(statuses)})


def claim(**changes):
    """One row of claims.csv."""
    row = {
        "dataset": "iris",
        "metric": "test_accuracy",
        "activation": "adaact",
        "claimed": 1.0,
        "seeds": 40,
        "median": 0.9737,
        "p": 0.3,
        "verdict": "reproduced",
        "held_out_verdict": "",
        "decimals": 3,
        "reason": "",
    }
    return row | changes


def table(*rows):
    return pd.DataFrame([claim(**row) for row in rows])


def test_the_study_is_told_in_one_line():
    text = answer.produced(STUDY, trials(*["ok"] * 6))
    assert text == (
        "Adaact and relu on Bank Note (2 seeds) and Iris (1 seed); paper protocol; trained by "
        "plain Keras `fit`. All 6 requested trials finished; each has a score."
    )


def test_several_protocols_are_a_plural():
    study = STUDY | {"protocols": ["paper", "held-out-scaled"], "trainer": "many-seeds"}
    text = answer.produced(study, trials(*["ok"] * 6))
    assert "paper and held-out (standardised inputs) protocols; trained by the many-seeds" in text


def test_missing_and_failed_trials_are_counted():
    text = answer.completeness(6, trials("ok", "failed", "failed", "diverged"))
    assert text == (
        "4 of 6 requested trials finished, others are missing; 1 diverged and 2 failed without "
        "a score: counted in n of N, but in no median."
    )


def test_a_data_set_that_is_not_measured_is_named_with_the_reason():
    for reason in ("no file.", "MNIST: no file."):
        assert answer.not_measured({"mnist": reason}) == "**MNIST is not measured:** no file."
    assert answer.not_measured({}) == ""


def test_figures_are_counted_by_verdict():
    text = claims.reproduced(table({}, {}, {"verdict": "not reproduced", "p": 0.02}))
    assert text == (
        "Of 3 published values: 2 reproduced, 1 not reproduced. Not reproduced: Iris test "
        "accuracy (1.000 "
        "published, median 0.9737, p = .020)."
    )


def test_a_small_p_is_given_as_a_bound():
    text = claims.reproduced(table({"verdict": "not reproduced", "p": 0.0001}))
    assert "p < .001" in text


def test_figures_that_share_a_reason_share_its_mention():
    few = {"verdict": "cannot tell", "seeds": 3, "reason": "3 seeds; 39 are the fewest"}
    text = claims.reproduced(table(few, few | {"metric": "test_f1"}))
    assert text == (
        "Of 2 published values: 2 cannot tell. Cannot tell: Iris test accuracy and Iris test F1 "
        "(3 seeds; "
        "39 are the fewest)."
    )


@pytest.mark.parametrize(("n", "verb"), [(1, "rests"), (2, "rest")])
def test_a_reproduction_that_could_not_have_failed_is_said_to_be_one(n, verb):
    text = claims.reproduced(table(*[{"seeds": 10}] * n))
    assert text.endswith(
        f"{n} of those reproduced {verb} on fewer than 39 trials, too few to refute any value."
    )


def test_figures_without_a_run_are_not_measured():
    missing = {"verdict": "not measured", "seeds": 0, "reason": "no trial"}
    assert claims.reproduced(table(missing)) == (
        "Not measured yet: no trial has one of the published values."
    )
    text = claims.reproduced(table({}, missing | {"dataset": "mnist"}))
    assert text == (
        "Of 2 published values: 1 reproduced, 1 not measured. Not measured: MNIST test accuracy "
        "(no trial)."
    )


def test_the_held_out_verdicts_are_counted_where_there_are_any():
    assert claims.against_held_out(table({})) == ""
    text = claims.against_held_out(
        table({"held_out_verdict": "reproduced"}, {"held_out_verdict": "not reproduced"}, {})
    )
    assert text == " Against the held-out trials: 1 reproduced and 1 not reproduced."


def test_counts_of_parameters_are_one_line():
    exact = {"metric": "parameters", "claimed": 63.0, "median": 63.0, "verdict": "exact"}
    differs = exact | {
        "dataset": "mnist",
        "claimed": 52910.0,
        "median": 52900.0,
        "verdict": "differs",
    }
    unknown = exact | {"verdict": "not measured"}
    assert claims.exact(table()) == ""
    assert claims.exact(table(exact)) == "Counts of parameters: 1 of 1 exact (63)."
    assert claims.exact(table(exact, differs, unknown)) == (
        "Counts of parameters: 1 of 3 exact (63); MNIST parameters differs: 52,910 published, "
        "52,900 counted; 1 not measured."
    )
    assert claims.exact(table(differs)).startswith("Counts of parameters: 0 of 1 exact; MNIST")


CLAIMS = [claim for claim in load_claims().claims if claim.kind == "figure"]
SCORES = st.lists(st.integers(0, 38), min_size=0, max_size=45)


@given(st.dictionaries(st.sampled_from(["banknote", "iris"]), SCORES, min_size=1))
def test_no_sentence_contradicts_its_table(scores):
    made = pd.DataFrame(
        [
            {"dataset": d, "protocol": "paper", "activation": "adaact", "seed": s, "status": "ok"}
            | dict.fromkeys(("train_accuracy", "test_accuracy", "test_f1"), k / 38)
            for d, values in scores.items()
            for s, k in enumerate(values)
        ],
        columns=[
            *("dataset", "protocol", "activation", "seed", "status"),
            *("train_accuracy", "test_accuracy", "test_f1"),
        ],
    )
    judged = verdicts(made, CLAIMS)
    text = claims.reproduced(judged)
    if (judged["verdict"] == "not measured").all():
        assert text.startswith("Not measured yet")
        return
    head = text.partition(".")[0]
    told = {
        word: int(n) for n, word in re.findall(r"(\d+) ([a-z ]+?)(?:,|$)", head.partition(": ")[2])
    }
    assert told == judged["verdict"].value_counts().to_dict()
    for _, row in judged.iterrows():
        named = claims.claim_name(row) in text
        assert named == (row["verdict"] != "reproduced")
