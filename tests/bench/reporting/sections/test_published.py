"""Published values: every verdict in words."""

import pandas as pd
import pytest

from bench.reporting.sections import published
from tests import helpers

NAN = float("nan")


def table(*rows):
    """Rows of claims.csv; a typical value of Iris unless changed."""
    row = {"dataset": "iris", "metric": "test_accuracy", "activation": "adaact", "kind": "figure"}
    row |= {"claimed": 1.0, "decimals": 3, "seeds": 100, "median": 0.97, "low": 0.95, "high": 1.0}
    row |= {"passes_low": 0.605, "passes_high": 1.0, "p_holm": 0.4, "verdict": "typical"}
    row |= {"reproduced": "", "also_pass": "", "reason": "", "protocol": "paper", "place": "p. 1"}
    return pd.DataFrame([row | changes for changes in rows], columns=row)


@pytest.mark.parametrize(
    ("words", "begin", "end"),
    [
        (["", ""], "Not tried here.", "in the old TensorFlow."),
        (["reproduced", "not reproduced"], "**In part.**", "give 1 of 2 published values again."),
        (["not reproduced"], "**No.**", "give 0 of 1 published values again."),
    ],
)
def test_a_repeated_value_is_real(words, begin, end):
    text = published.real(table(*[{"reproduced": word} for word in words]))
    assert text.startswith(begin)
    assert text.endswith(end)


ODD = {"verdict": "not typical", "claimed": 0.5, "p_holm": 0.02}
WIDE = {"verdict": "uninformative"}
FEW = {"verdict": "undecided", "reason": "10 of 39 trials"}
NONE = {"verdict": "not measured", "seeds": 0}


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([{}, {}], "Yes."),
        ([{}, ODD], "Not all of it."),
        ([ODD, WIDE], "No."),
        ([{}, {}, WIDE], "Mostly."),
        ([{}, FEW, WIDE], "Undecided."),
    ],
)
def test_whether_the_values_are_typical_in_a_word(rows, word):
    assert published.typical(table(*rows)).startswith(f"**{word}** Of {len(rows)} published")


def test_every_verdict_is_counted_and_what_is_not_typical_is_named():
    assert published.typical(table({}, ODD, WIDE, FEW, NONE)) == (
        "**Not all of it.** Of 5 published values 1 is typical (Iris), 1 is not typical (Iris), 1 "
        "is uninformative (Iris), 1 is undecided (Iris) and 1 is not measured (Iris). Not typical: "
        "Iris test accuracy, 0.500 published, where 0.605 to 1.000 would have passed (p = .020). "
        "The check can't judge Iris test accuracy, 1.000: any value from 0.605 to 1.000 would have "
        "passed. Undecided: 10 of 39 trials."
    )
    assert published.typical(table(NONE)).startswith("Not measured yet: there is no trial")


def test_of_another_activation_a_value_has_its_name():
    row = WIDE | {"metric": "test_f1", "activation": "relu"}
    assert "can't judge Iris test F1 of relu, 1.000" in published.typical(table(row))


def test_counts_of_parameters_are_one_line():
    exact = {"metric": "parameters", "claimed": 63.0, "median": 63.0, "verdict": "exact"}
    differs = exact | {"dataset": "mnist", "claimed": 52910.0, "median": 52900.0}
    differs |= {"verdict": "differs"}
    assert published.counted(table(exact, differs, exact | {"verdict": "not measured"})) == (
        "Counts of parameters: 1 of 3 exact (63); MNIST parameters differs: 52,910 published, "
        "52,900 counted; 1 not measured."
    )


def test_a_range_that_any_value_passes_is_told_and_columns_that_say_nothing_are_left_out():
    rows = {"passes_low": NAN, "passes_high": NAN}, {"passes_low": 1.0}
    made = published.value_table(table(*rows), placed=True)
    assert [row[6:] for row in helpers.table_rows(made)] == [
        ["100", "any", ".400", "**typical**", "p. 1"],
        ["100", "1.000", ".400", "**typical**", "p. 1"],
    ]


def test_the_trials_that_a_refusal_takes_are_those_of_the_facts_at_hand():
    values = pd.DataFrame({"fact": range(6), "seeds": 100})
    told = " ".join(published.explained(values).split())
    assert "which takes 239 trials for 6 facts." in told
    assert told.endswith("no value has more than 100 trials: none can be *not typical*.")
