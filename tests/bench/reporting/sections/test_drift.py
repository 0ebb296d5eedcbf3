"""Old and current software: the sentences that the committed report has not."""

import pandas as pd
import pytest

from bench.exports.trial_rows import ARRAYS, SUITE
from bench.reporting.sections import drift


@pytest.mark.parametrize(
    "verdicts",
    [
        ("differs", "differs"),
        ("differs", "undecided"),
        ("no difference shown", "differs"),
        ("differs",),
    ],
)
def test_no_cause_is_named_unless_arrays_alone_differ(verdicts):
    rows = zip((ARRAYS, SUITE), verdicts, strict=False)
    table = pd.DataFrame(rows, columns=["arm", "verdict"]).assign(dataset="mnist", gap=-0.004)
    text = drift.conclusion(table, {"mnist": 10_000})
    assert "cause" not in text
    fewer = "differs on MNIST (40 of 10,000 test rows fewer on average)"
    assert text.count(fewer) == verdicts.count("differs")
    assert text.count("No difference is shown") == verdicts.count("no difference shown")
    assert text.count("too few") == verdicts.count("undecided")
