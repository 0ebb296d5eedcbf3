"""The paper's claims in words."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from bench.reporting.sections import claims_in_words as section


def networks(**columns):
    rows = {"dataset": ["iris"] * 50, "activation": "adaact"}
    return SimpleNamespace(networks=pd.DataFrame({**rows, **columns}), tuned=None)


def test_the_variance_of_the_first_values_is_compared_with_1():
    values = 2 * np.random.default_rng(0).normal(size=50)
    verdict, told = section.variance(networks(k0_1=0.0, k0_1_initial=values))
    assert verdict == "does not hold"
    assert told.endswith(f"gives variance {values.var(ddof=1):.2f} over 50 initial values")
    assert section.variance(networks()) == ("not measured", "")


def test_hidden_layers_are_counted_by_data_set():
    assert section.one_hidden_layer(networks()) == ("not measured", "")
    one = "one hidden layer on every data set measured"
    assert section.one_hidden_layer(networks(k0_2=np.nan)) == ("holds", one)
    two = "two hidden layers on Iris"
    assert section.one_hidden_layer(networks(k0_2=1.0)) == ("does not hold", two)


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


def test_the_terminal_has_the_verdict_and_reason_of_every_claim():
    said = {"verdict": "undecided", "place": "p. 1"}
    rows = [said | {"text": "a *claim*", "reason": "x"}, said | {"text": "", "reason": ""}]
    assert section.compared(pd.DataFrame(rows)) == (
        r"The claim “a \*claim\*”: undecided (x). The claim “p. 1”: undecided."
    )
