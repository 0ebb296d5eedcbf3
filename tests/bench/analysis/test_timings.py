"""The frame of times, from pytest-benchmark's JSON."""

import math

import numpy as np
import pytest

from bench.analysis import timings


def benchmark(operation, **extra):
    return {
        "stats": {"median": 0.5, "iqr": 0.1, "min": 0.4, "rounds": 5},
        "extra_info": {"operation": operation, **extra},
    }


def raced(competitor, samples, **extra):
    """A benchmark of an activation with its samples, compared with relu."""
    of = {"dataset": "iris", "activation": competitor, "competitor": competitor}
    made = benchmark("one epoch", **of, reference="relu", **extra)
    made["stats"] |= {"data": list(samples), "median": float(np.median(samples))}
    return made


def test_a_benchmark_is_a_row_with_the_scores_of_its_net():
    cell = {"dataset": "banknote", "activation": "relu", "accuracy": 0.99, "f1": 0.98}
    timing = {"benchmarks": [benchmark("one epoch", **cell)]}
    (row,) = timings.timing_frame(timing).to_dict("records")
    expected = cell | {"operation": "one epoch", "competitor": "relu", "reference": ""}
    expected |= {"median_seconds": 0.5, "iqr_seconds": 0.1, "min_seconds": 0.4, "rounds": 5}
    assert {name: row[name] for name in expected} == expected
    assert all(math.isnan(value) for name, value in row.items() if name not in expected)


@pytest.mark.parametrize("timing", [None, {"benchmarks": []}, {"benchmarks": [benchmark("speed")]}])
def test_without_a_timed_cell_the_table_is_empty(timing):
    frame = timings.timing_frame(timing)
    assert frame.empty
    assert list(frame.columns) == list(timings.COLUMNS)


def test_paired_rounds_give_the_median_of_their_ratios_with_an_exact_interval():
    # Every round takes twice as long as the one before: only the pairs show the steady ratio.
    relu = 2.0 ** np.arange(8)
    adaact = relu * [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8]
    frame = timings.timing_frame(
        {"benchmarks": [raced("relu", relu, paired=True), raced("adaact", adaact, paired=True)]}
    )
    reference, row = frame.to_dict("records")
    assert math.isnan(reference["ratio"])
    assert row["ratio"] == pytest.approx(1.45)
    # Of 8 pairs the extremes bound the median with 1 - 2/2^8 = 99.2 %, the next ones with 93 %.
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((1.1, 1.8))


def test_unpaired_competitors_have_the_ratio_of_their_medians_without_an_interval():
    rows = [raced("relu", [1.0, 2.0, 3.0]), raced("adaact", [8.0, 10.0])]
    row = timings.timing_frame({"benchmarks": rows}).iloc[1]
    assert row["ratio"] == 4.5
    assert math.isnan(row["ratio_low"])
    frame = timings.timing_frame({"benchmarks": rows[1:]})
    assert frame["ratio"].isna().all()  # the reference was not timed
