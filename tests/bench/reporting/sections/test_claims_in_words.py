"""The paper's claims in words, and those of another paper."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bench.reporting.sections import claims_in_words as section
from tests import helpers


def networks(**columns):
    rows = {"dataset": ["iris"] * 50, "activation": "adaact"}
    return SimpleNamespace(networks=pd.DataFrame({**rows, **columns}), tuned=None)


@pytest.mark.parametrize(("scale", "word"), [(1.0, "holds"), (2.0, "does not hold")])
def test_the_variance_of_the_first_values_is_compared_with_1(scale, word):
    values = scale * np.random.default_rng(0).normal(size=50)
    verdict, told = section.variance(networks(k0_1=0.0, k0_1_initial=values))
    assert verdict == word
    assert told == (
        "fan_avg of one number is 1; Keras' initializer gives variance "
        f"{values.var(ddof=1):.2f} over 50 initial values"
    )
    assert section.variance(networks()) == ("not measured", "")


def test_hidden_layers_are_counted_by_data_set():
    assert section.one_hidden_layer(networks()) == ("not measured", "")
    deep = np.where(np.arange(50) < 25, np.nan, 1.0)
    sets = np.where(np.arange(50) < 25, "banknote", "iris")
    one = "one hidden layer on every data set measured"
    assert section.one_hidden_layer(networks(k0_2=np.nan)) == ("holds", one)
    two = "two hidden layers on Iris"
    assert section.one_hidden_layer(networks(k0_2=1.0)) == ("does not hold", two)
    assert section.one_hidden_layer(networks(k0_2=deep, dataset=sets)) == ("holds in part", two)


def test_the_notebook_shows_one_seed_of_each_set():
    verdict, told = section.multiple_runs(networks())
    assert verdict == "not shown"
    assert told.endswith("from one seed: Bank Note 42, MNIST 42 and Iris 45")


def test_the_algebra_comes_before_what_was_measured(monkeypatch):
    monkeypatch.setattr(section, "claim_on_best", lambda _: ("refuted", "MNIST, against relu"))
    verdict, told = section.adapts(networks())
    assert verdict == "refuted"
    assert told.startswith("an affine g is never relu, tanh or sigmoid")
    assert told.endswith("; MNIST, against relu")


def claimed(**row):
    gap = {"dataset": "iris", "reference": "relu"}
    gap |= {"estimate": -0.0125, "low": -0.02, "high": -0.005}
    row = {"kind": "comparison", "verdict": "refuted", "reason": "", **row}
    return SimpleNamespace(verdicts=pd.DataFrame([row]), headline=pd.DataFrame([gap]))


def test_the_claim_on_the_best_has_the_gap_that_decides_it():
    view = claimed(deciding_dataset="iris", deciding_reference="relu")
    told = "Iris, against relu: −0.013 [−0.020, −0.005]"
    assert section.claim_on_best(view) == ("refuted", told)
    view = claimed(deciding_dataset="", deciding_reference="", reason="no comparison")
    assert section.claim_on_best(view) == ("refuted", "no comparison")
    view.verdicts = view.verdicts[:0]
    assert section.claim_on_best(view) == ("not measured", "")


def test_another_papers_claims_are_those_of_its_file():
    row = {"kind": "comparison", "text": "", "place": "p. 2", "activation": "m:a|b"}
    rows = pd.DataFrame([row | {"verdict": "undecided", "reason": "1 not measured"}])
    view = SimpleNamespace(foreign=object(), of_adaact=False, verdicts=rows)
    _, table = section.claims_in_words(view)
    tested = r"m:a\|b is not worse than the best fixed one"
    assert helpers.table_rows(table) == [["p. 2", tested, "**undecided**", "1 not measured"]]
    view.verdicts = rows[:0]
    assert section.claims_in_words(view) == []
    view.foreign = None
    assert section.claims_in_words(view) == []  # nor of a study without Adaact


def test_the_terminal_has_the_verdict_and_reason_of_every_claim():
    said = {"verdict": "undecided", "place": "p. 1"}
    rows = [said | {"text": "a *claim*", "reason": "x"}, said | {"text": "", "reason": ""}]
    assert section.compared(pd.DataFrame(rows)) == (
        r"The claim “a \*claim\*”: undecided (x). The claim “p. 1”: undecided."
    )
