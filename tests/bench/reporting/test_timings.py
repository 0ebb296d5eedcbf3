"""The time table, from pytest-benchmark's JSON."""

import pandas as pd
import pytest

from bench.reporting import timings


def benchmark(group, **extra):
    return {
        "group": group,
        "name": "test_something",
        "stats": {"median": 0.5, "iqr": 0.1, "min": 0.4, "rounds": 5},
        "extra_info": extra,
    }


CELL = {"dataset": "banknote", "activation": "relu"}


def test_a_benchmark_is_a_row_with_the_scores_of_its_net():
    timing = {"benchmarks": [benchmark("banknote: one epoch", **CELL, accuracy=0.99, f1=0.98)]}
    assert timings.timing_frame(timing).to_dict("records") == [
        CELL
        | {"operation": "one epoch", "median_seconds": 0.5, "iqr_seconds": 0.1}
        | {"min_seconds": 0.4, "rounds": 5, "accuracy": 0.99, "f1": 0.98}
    ]


@pytest.mark.parametrize(
    ("group", "extra", "operation"),
    [
        ("one epoch (banknote)", {}, "one epoch"),
        ("Bank Note – one epoch", {}, "one epoch"),
        ("one epoch", {}, "one epoch"),
        ("banknotes", {}, "banknotes"),
        (None, {}, "test_something"),
        ("whatever", {"operation": "one epoch"}, "one epoch"),
    ],
)
def test_what_was_timed_is_the_group_without_the_data_set(group, extra, operation):
    frame = timings.timing_frame({"benchmarks": [benchmark(group, **CELL, **extra)]})
    assert list(frame["operation"]) == [operation]


@pytest.mark.parametrize("timing", [None, {"benchmarks": []}, {"benchmarks": [benchmark("speed")]}])
def test_without_a_timed_cell_the_table_is_empty(timing):
    frame = timings.timing_frame(timing)
    assert frame.empty
    assert list(frame.columns) == list(timings.COLUMNS)
    assert timings.medians(frame, "iris").columns.empty


def test_medians_are_laid_out_by_activation_in_the_order_measured():
    rows = [
        benchmark(group, dataset="iris", activation=name)
        for group in ("training", "prediction")
        for name in ("relu", "adaact")
    ]
    table = timings.medians(timings.timing_frame({"benchmarks": rows}), "iris")
    assert list(table.columns) == ["training", "prediction"]
    assert table.loc["adaact"].tolist() == [0.5, 0.5]


def test_the_table_shows_times_with_units():
    frame = timings.timing_frame({"benchmarks": [benchmark("one epoch", **CELL)]})
    last = timings.timing_table(frame).splitlines()[-1]
    assert [cell.strip() for cell in last.strip("|").split("|")] == [
        *("Bank Note", "relu", "one epoch", "500 ms", "100 ms", "5", "–", "–")
    ]
    assert isinstance(frame, pd.DataFrame)
