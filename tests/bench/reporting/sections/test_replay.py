"""The paper's runs, repeated: table and sentences."""

import pandas as pd
import pytest

from bench.reporting.sections import replay
from tests import helpers


def comparison(*rows):
    """Rows of ``analysis.replays.compare``."""
    row = {"dataset": "iris", "seed": 45, "figure": "test_loss", "epoch": 0, "noise": False}
    row |= {"published": 0.15, "decimals": 4, "replayed": 0.15, "difference": 0.0, "agreed": 4}
    return pd.DataFrame([row | changes for changes in rows])


def run(**changes):
    """A row of ``analysis.replays.judge``."""
    row = {"dataset": "iris", "seed": 45, "figures": 2, "full": 2, "fewest": float("nan")}
    return pd.Series(row | {"verdict": "replayed"} | changes)


def test_the_table_shows_both_numbers_and_their_digits():
    table = replay.replay_table(
        comparison(
            {"replayed": 0.15002, "difference": 2e-5, "agreed": 4},
            {"figure": "k0_1", "epoch": 7, "replayed": 0.149, "difference": -1e-3, "agreed": 2},
            {"figure": "k1_2", "epoch": 7, "noise": True, "agreed": -1},
            {"figure": "val_accuracy", "epoch": 22, "replayed": float("nan"), "agreed": -1},
            {"figure": "epochs", "published": 22, "decimals": 0, "replayed": 22, "agreed": 0},
            {"figure": "epochs", "published": 22, "decimals": 0, "replayed": 21, "agreed": -1},
        )
    )
    assert [row[1:] for row in helpers.table_rows(table)] == [
        ["test loss", "0.1500", "0.1500", "2.0e-05", "4 of 4"],
        ["k0 of layer 1 after epoch 7", "0.1500", "0.1490", "−1.0e-03", "2 of 4"],
        ["k1 of layer 2 after epoch 7", "0.1500", "0.1500", "0", "0 of 4 (noise)"],
        ["test accuracy after epoch 22", "0.1500", "–", "0", "–"],
        ["epochs", "22", "22", "0", "equal"],
        ["epochs", "22", "21", "0", "differs"],
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "2 of 2 published values agree in every printed digit."),
        ({"full": 1, "fewest": 1}, "in every printed digit, the others to 1 decimal or more."),
    ],
)
def test_a_run_that_came_again_says_to_how_many_digits(changes, told):
    assert replay.outcome(run(**changes), comparison({}, {"agreed": 3})).endswith(told)


def test_a_run_that_differs_names_the_first_value_that_does():
    rows = comparison({}, {"noise": True, "agreed": -1}, {"replayed": 0.2, "agreed": 0, "epoch": 3})
    text = replay.outcome(run(full=1, verdict="not replayed", seed=46), rows)
    assert text == (
        "Iris, seed 46: **not replayed**. 1 of 2 published values agree in every printed digit; "
        "the first that differs is test loss after epoch 3 (0.1500 published, 0.2000 "
        "repeated). "
        "Rounding noise, not judged: test loss."
    )
