"""Old and current software: the sentences, every branch."""

import numpy as np
import pandas as pd
import pytest

from bench.reporting.sections import drift as section

ROWS = {"banknote": 343, "mnist": 10_000, "iris": 38}


def drift(**verdicts):
    """Rows of ``analysis.drift.compare``: ``mnist=("differs", "no difference shown")``."""
    rows = []
    for dataset, told in verdicts.items():
        for arm, verdict in zip(("old", "arrays", "suite"), ("", *told), strict=False):
            gap = {"": np.nan, "differs": -0.004}.get(verdict, 0.0001)
            row = {"dataset": dataset, "arm": arm, "n": 10, "mean": 0.924}
            row |= {"verdict": verdict, "gap": gap}
            rows.append(row | {"low": gap - 0.001, "high": gap + 0.001, "p_holm": gap * 10})
    return pd.DataFrame(rows)


def test_where_arrays_alone_differ_their_one_batch_order_is_named():
    told = drift(
        mnist=("differs", "no difference shown"),
        iris=("no difference shown", "undecided"),
    )
    assert section.conclusion(told, ROWS) == (
        "No difference is shown between the old software and this suite on MNIST. The trials are "
        "too few to compare the old software and this suite on Iris. Compared with the old "
        "software, current seeded `fit` on arrays differs on MNIST (40 of 10,000 test rows fewer "
        "on average). No difference is shown between the old software and current seeded `fit` on "
        "arrays on Iris. A likely cause on MNIST is that seeded `fit` on arrays repeats one batch "
        "order: this suite uses the same current release, draws a new order for every epoch, and "
        "scores like the old software."
    )


@pytest.mark.parametrize(
    "verdicts",
    [
        ("differs", "differs"),
        ("differs", "undecided"),
        ("no difference shown", "differs"),
        ("no difference shown", "no difference shown"),
        ("differs",),
    ],
)
def test_otherwise_no_cause_is_named(verdicts):
    text = section.conclusion(drift(mnist=verdicts), ROWS)
    assert "cause" not in text
    assert text.count("differs on MNIST") == verdicts.count("differs")
    assert text.count("No difference is shown") == verdicts.count("no difference shown")
    assert text.count("too few") == verdicts.count("undecided")
