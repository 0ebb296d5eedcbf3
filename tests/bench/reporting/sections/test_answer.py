"""The first screen: titles, and what Adaact is. The committed report holds the rest."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from bench.reporting.sections import adaact, answer


@pytest.mark.parametrize(
    ("activations", "title"),
    [
        (["prelu", "relu"], "Is prelu better than fixed activations on Iris?"),
        (["m:a|b", "m:c", "relu"], r"Are m:a\|b and m:c better than fixed activations on Iris?"),
        (["m:a"], "How does m:a score on Iris?"),
        ([f"m:{n}" for n in range(6)], "How do 6 activations score on Iris?"),
    ],
)
def test_the_title_names_what_the_report_is_about(activations, title):
    study = {"activations": activations, "datasets": ["iris"]}
    view = SimpleNamespace(foreign=None, of_adaact=False, study=study, against="")
    assert answer.subject(view) == title


@pytest.mark.parametrize(
    ("error", "flips", "phrase"),
    [
        (math.nan, None, "Not measured yet: no trial holds the error"),
        (2e-16, 1, "computed for the one trained network: 1 test row changed"),
        (2e-16, 3, "computed for the one trained network: 3 test rows changed"),
    ],
)
def test_flipped_rows_of_the_folds_are_counted(error, flips, phrase):
    folds = {"collapse_error": [error], "collapse_flips": pd.array([flips], dtype="Int64")}
    assert phrase in adaact.fold(pd.DataFrame(folds))
