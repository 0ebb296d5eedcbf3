"""The first screen: titles, what was trained, what is not measured."""

from types import SimpleNamespace

import pandas as pd
import pytest

from bench.claims_file import Paper
from bench.reporting.sections import answer

STUDY = {
    "datasets": ["banknote", "iris"],
    "protocols": ["paper"],
    "activations": ["adaact", "relu"],
    "trainer": "keras",
    "asked": 6,
}


def trials(*statuses):
    return pd.DataFrame({"status": list(statuses)})


def titled(activations, foreign=None):
    study = {"activations": activations, "datasets": ["iris"]}
    of_adaact = foreign is None and "adaact" in activations
    view = SimpleNamespace(foreign=foreign, of_adaact=of_adaact, study=study, against="")
    return answer.subject(view)


@pytest.mark.parametrize(
    ("activations", "title"),
    [
        (["adaact", "relu"], answer.TITLE),
        (["tanh", "relu"], "How do tanh and relu score on Iris?"),
        (["prelu", "relu"], "Is prelu better than fixed activations on Iris?"),
        (["m:a|b", "m:c", "relu"], r"Are m:a\|b and m:c better than fixed activations on Iris?"),
        (["m:a"], "How does m:a score on Iris?"),
        ([f"m:{n}" for n in range(6)], "How do 6 activations score on Iris?"),
    ],
)
def test_the_title_names_what_the_report_is_about(activations, title):
    assert titled(activations) == title


def test_the_title_names_another_paper():
    paper = Paper("A *Title*", "A. Author", "https://example.org")
    assert titled(["adaact"], paper) == r"Are the claims of “A \*Title\*” by A. Author typical?"
    assert titled(["adaact"], Paper("", "", "")) == "Are the claims of another paper typical?"


def test_the_study_and_what_is_missing_of_it_are_told_in_two_sentences():
    assert answer.produced(STUDY, trials(*["ok"] * 6)) == (
        "Adaact and relu on Bank Note and Iris, under the paper protocol, by plain Keras `fit`. "
        "All 6 trials asked for are there; none ended without a score."
    )
    assert answer.completeness(6, trials("ok", "failed", "failed", "diverged")) == (
        "4 of 6 trials asked for are there; 1 diverged and 2 failed."
    )
    several = STUDY | {"protocols": ["paper", "held-out-scaled"], "trainer": "many-seeds"}
    assert (
        "under the paper and held-out (standardised inputs) protocols, by the many-seeds trainer."
        in answer.produced(several, trials("ok"))
    )


def test_a_data_set_that_is_not_measured_is_named_with_the_reason():
    for reason in ("no file.", "MNIST: no file."):
        assert answer.not_measured({"mnist": reason}) == "**MNIST is not measured:** no file."
    assert answer.not_measured({}) == ""
