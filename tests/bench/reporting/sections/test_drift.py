"""Old software and today's: table and sentences, every branch."""

import numpy as np
import pandas as pd
import pytest

from bench.reporting.markdown import markdown
from bench.reporting.sections import drift as section

ROWS = {"banknote": 343, "mnist": 10_000, "iris": 38}
RELEASES = {"old": "TensorFlow 2.5.3", "arrays": "TensorFlow 2.21.0"}


def drift(**verdicts):
    """Rows of ``analysis.drift.compare``: ``mnist=("differs", "within chance")``."""
    rows = []
    for dataset, told in verdicts.items():
        for arm, verdict in zip(("old", "arrays", "suite"), ("", *told), strict=False):
            gap = {"": np.nan, "differs": -0.004}.get(verdict, 0.0001)
            row = {"dataset": dataset, "arm": arm, "n": 10, "mean": 0.924, "median": 0.9241}
            row |= {"minimum": 0.92, "maximum": 0.93, "verdict": verdict, "gap": gap}
            rows.append(row | {"low": gap - 0.001, "high": gap + 0.001, "p_holm": gap * 10})
    return pd.DataFrame(rows)


def test_the_table_has_one_row_an_arm():
    made = drift(mnist=("differs", "within chance"))
    table = markdown(section.drift_table(made, RELEASES, ROWS))
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    scores = ["10", "0.9240", "0.9241", "0.9200", "0.9300"]
    assert [line[1:7] for line in lines] == [
        ["`fit` on arrays, TensorFlow 2.5.3", *scores],
        ["`fit` on arrays, TensorFlow 2.21.0", *scores],
        ["this suite", *scores],
    ]
    assert [line[7:] for line in lines] == [
        ["–", "–", "–", "–"],
        ["−0.0040 [−0.0050, −0.0030]", "−40.0", "< .001", "**differs**"],
        ["+0.0001 [−0.0009, +0.0011]", "+1.0", ".001", "**within chance**"],
    ]


def test_where_arrays_alone_differ_their_one_batch_order_is_named():
    told = drift(mnist=("differs", "within chance"), iris=("within chance", "within chance"))
    assert section.conclusion(told, ROWS) == (
        "What lies between the old software and this suite's trainer on MNIST and Iris is within "
        "chance. Between the old software and today's seeded `fit` on arrays there is more than "
        "chance on MNIST (40 of 10,000 test rows fewer on average). What lies between the old "
        "software and today's seeded `fit` on arrays on Iris is within chance. On MNIST that "
        "fits the one batch order that seeded `fit` on arrays repeats: both arms run on today's "
        "release, and the one that draws a new order every epoch scores as of old."
    )


@pytest.mark.parametrize(
    "verdicts",
    [
        ("differs", "differs"),
        ("differs", "cannot tell"),
        ("within chance", "differs"),
        ("within chance", "within chance"),
        ("differs",),
    ],
)
def test_else_nothing_is_said_of_the_release(verdicts):
    text = section.conclusion(drift(mnist=verdicts), ROWS)
    assert "not the release" not in text
    assert text.count("more than chance on MNIST") == verdicts.count("differs")
    assert text.count("on MNIST is within chance") == verdicts.count("within chance")
    assert text.count("Too few runs") == verdicts.count("cannot tell")


def test_too_few_runs_are_said_to_be_too_few():
    assert section.conclusion(drift(iris=("cannot tell", "cannot tell")), ROWS) == (
        "Too few runs tell the old software from this suite's trainer on Iris. Too few runs tell "
        "the old software from today's seeded `fit` on arrays on Iris."
    )
