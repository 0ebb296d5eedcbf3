"""The table of times that the terminal shows. The committed report holds that of the report."""

import math

import pandas as pd

from bench.analysis.timings import COLUMNS
from bench.reporting.sections import times

NAN = math.nan
STATS = ("median", "iqr", "min", "rounds")


def test_the_table_shows_medians_ratios_and_the_way_to_logistic_regression():
    known = dict.fromkeys(COLUMNS, NAN) | {"dataset": "iris", "operation": "one epoch"}
    relu = {"competitor": "relu", "reference": "relu", "epochs": 50, "logistic_accuracy": 0.98}
    relu |= {"median_seconds": 0.015, "median_low": 0.01, "median_high": 0.02}
    adaact = relu | {"competitor": "adaact", "accuracy": 0.99, "f1": 0.98, "compile_seconds": 3}
    adaact |= {"ratio": 2, "ratio_low": 1.5, "ratio_high": 2.5, "peak_bytes": 5e8}
    adaact |= {"epochs_to_logistic": 1, "seconds_to_logistic": 0.25}
    keras = {"competitor": "Keras", "reference": "ours", "median_seconds": 0.4, "ratio": 200}
    table = times.plain_table(pd.DataFrame([known | row for row in (relu, adaact, keras)]))
    lines = [line.strip("|").split("|")[2:] for line in table.splitlines()[2:]]
    time = "15 ms [10 ms, 20 ms]"
    assert [[cell.strip() for cell in line] for line in lines] == [
        ["relu", "relu", time, "1", "–", "–", "–", "not in 50 epochs"],
        [
            *("Adaact", "relu", time, "2.00 [1.50, 2.50]", "3 s", "0.9900, 0.9800"),
            *("500 MB", "250 ms, 1 epoch"),
        ],
        ["Keras", "ours", "400 ms", "200", "–", "–", "–", "–"],
    ]


def test_a_quick_form_is_told():
    about = {"dataset": "iris", "activation": "relu", "operation": "one epoch"}
    made = {"stats": dict.fromkeys(STATS, 0.5), "extra_info": about}
    timing = {"benchmarks": [made], "quick": True}
    assert times.note(timing) == f"{times.QUICK} {times.MEASURED}"
