"""Activations under test against the best fixed one: every verdict."""

import pandas as pd

from bench.reporting.columns import CAPPED
from bench.reporting.sections import best_fixed
from tests import helpers


def compared(*rows, capped=()):
    columns = ["dataset", "method", "best_fixed", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    numbers = {"estimate": 0.01, "low": 0.005, "high": 0.015, "splits": 50}
    costs = {"parameters": 63, "best_fixed_parameters": 61, "epochs": 50, "best_fixed_epochs": 22}
    return frame.assign(
        **numbers,
        **costs,
        p_difference_holm=0.02,
        sign="better",
        capped=frame["method"].isin(capped),
    )


def test_whoever_beats_the_best_fixed_one_is_named_with_the_gap():
    table = compared(
        ("banknote", "adaact", "relu", "equivalent"),
        ("banknote", "prelu", "relu", "better"),
        ("iris", "adaact", "tanh", "undecided"),
        ("iris", "prelu", "relu", "worse"),
        ("mnist", "prelu", "", "not measured"),
        capped=["prelu"],
    )
    assert best_fixed.told(table) == (
        "Adaact against the best fixed one: Bank Note: equivalent, +0.0100 [+0.0050, +0.0150] "
        "against relu and Iris: undecided, +0.0100 [+0.0050, +0.0150] against tanh. "
        "In 5 comparisons (2 activations under test) the activation is better than every fixed "
        "one in 1 (Bank Note: prelu†, +0.0100 [+0.0050, +0.0150] against relu), worse than the "
        "best fixed one in 1 (Iris: prelu†), equivalent to the best fixed one in 1 (Bank "
        "Note: Adaact), undecided in 1 (Iris: Adaact) and not measured in 1 (MNIST: prelu†). "
        f"{CAPPED}"
    )
    row = helpers.table_rows(best_fixed.Table(table, best_fixed.COLUMNS))[1]
    assert row[-3:] == ["**better †**", "63 / 61", "50 / 22"]
