"""The table of times that the terminal shows. The committed report holds that of the report."""

import math

import pandas as pd

from bench.analysis.timings import COLUMNS
from bench.reporting.sections import times

NAN = math.nan
STATS = ("median", "iqr", "min", "rounds")


def told(*rows):
    """The rows of the table of these times, as the terminal has them."""
    known = {"dataset": "iris", "operation": "one epoch", "reference": "relu"}
    known = dict.fromkeys(COLUMNS, NAN) | known
    made = times.plain_tables(pd.DataFrame([known | row for row in rows]))
    lines = made.splitlines()[-len(rows) :]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_shows_medians_and_ratios_with_their_intervals():
    relu = {"competitor": "relu", "activation": "relu", "epochs": 50, "logistic_accuracy": 0.98}
    relu |= {"median_seconds": 0.015, "median_low": 0.01, "median_high": 0.02}
    adaact = relu | {"competitor": "adaact", "activation": "adaact", "accuracy": 0.99, "f1": 0.98}
    adaact |= {"ratio": 2, "ratio_low": 1.5, "ratio_high": 2.5, "peak_bytes": 5e8}
    adaact |= {"compile_seconds": 3, "epochs_to_logistic": 1, "seconds_to_logistic": 0.25}
    time = "15 ms [10 ms, 20 ms]"
    assert told(relu, adaact) == [
        ["one epoch", "relu", time, "1", "–", "–", "–", "not in 50 epochs"],
        [
            *("one epoch", "Adaact", time, "2.00 [1.50, 2.50]", "3 s", "0.9900, 0.9800"),
            *("500 MB", "250 ms, 1 epoch"),
        ],
    ]


def test_trainers_have_a_table_of_their_own():
    same = {"activation": "adaact", "reference": "ours", "operation": "one seed"}
    ours = same | {"competitor": "ours", "median_seconds": 0.002, "compile_seconds": 3.0}
    keras = same | {"competitor": "Keras", "median_seconds": 0.4, "ratio": 200}
    assert told(ours, keras) == [
        ["Iris", "one seed", "ours", "2 ms", "1", "–", "3 s", "–"],
        ["Iris", "one seed", "Keras", "400 ms", "200", "–", "–", "–"],
    ]


def test_a_quick_form_is_told():
    about = {"dataset": "iris", "activation": "relu", "operation": "one epoch"}
    made = {"stats": dict.fromkeys(STATS, 0.5), "extra_info": about}
    timing = {"benchmarks": [made], "quick": True}
    assert times.note(timing) == f"{times.QUICK} {times.MEASURED}"
