"""The rank order of trainers."""

import pandas as pd
import pytest

from bench.reporting import timings
from bench.reporting.peers import ranking

NAN = float("nan")


def row(operation, competitor, median, ratio, low):
    return {
        **dict.fromkeys(timings.COLUMNS, NAN),
        "dataset": "mnist",
        "activation": "relu",
        "operation": operation,
        "competitor": competitor,
        "reference": "Keras fit",
        "median_seconds": median,
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": low + 0.1,
    }


@pytest.fixture
def raced():
    return pd.DataFrame(
        [
            row("one epoch", "Keras fit", 2.0, NAN, NAN),
            row("one epoch", "slow", 3.0, 1.5, 1.45),
            row("one epoch", "fast", 1.0, 0.5, 0.45),
            row("whole command", "Keras fit", 9.0, NAN, NAN),
            row("whole command", "fast", 1.0, 0.11, NAN),
            row("forward pass", "relu", 1.0, NAN, NAN),
        ]
    )


def test_the_fastest_comes_first_and_the_reference_has_1(raced):
    lines = [line for line in ranking(raced).splitlines() if "one epoch" in line]
    assert [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines] == [
        ["1", "fast", "1 s", "0.50 [0.45, 0.55]"],
        ["2", "Keras fit", "2 s", "1"],
        ["3", "slow", "3 s", "1.50 [1.45, 1.55]"],
    ]


def test_what_was_not_measured_in_the_same_rounds_is_no_race(raced):
    assert "whole command" not in ranking(raced)


def test_activations_are_no_trainers(raced):
    assert "forward pass" not in ranking(raced)


def test_without_times_the_place_says_how_to_measure_them():
    assert ranking(timings.timing_frame(None)).split() == timings.MISSING.split()
