"""The time table, from pytest-benchmark's JSON."""

import math

import numpy as np
import pytest

from bench.analysis import timings
from bench.reporting.sections import times
from tests import helpers


def benchmark(operation, **extra):
    return {
        "stats": {"median": 0.5, "iqr": 0.1, "min": 0.4, "rounds": 5},
        "extra_info": {"operation": operation, **extra},
    }


CELL = {"dataset": "banknote", "activation": "relu"}


def test_a_benchmark_is_a_row_with_the_scores_of_its_net():
    timing = {"benchmarks": [benchmark("one epoch", **CELL, accuracy=0.99, f1=0.98)]}
    (row,) = timings.timing_frame(timing).to_dict("records")
    expected = CELL | {"operation": "one epoch", "competitor": "relu", "reference": ""}
    expected |= {"median_seconds": 0.5, "iqr_seconds": 0.1, "min_seconds": 0.4, "rounds": 5}
    expected |= {"accuracy": 0.99, "f1": 0.98}
    assert {name: row[name] for name in expected} == expected
    assert all(math.isnan(value) for name, value in row.items() if name not in expected)


@pytest.mark.parametrize("timing", [None, {"benchmarks": []}, {"benchmarks": [benchmark("speed")]}])
def test_without_a_timed_cell_the_table_is_empty(timing):
    frame = timings.timing_frame(timing)
    assert frame.empty
    assert list(frame.columns) == list(timings.COLUMNS)


def raced(competitor, samples, operation="one epoch", **extra):
    """A benchmark with its samples, compared with relu."""
    made = benchmark(
        operation,
        dataset="iris",
        **{"activation": competitor, "competitor": competitor, "reference": "relu"} | extra,
    )
    made["stats"] |= {"data": list(samples), "median": float(np.median(samples))}
    return made


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


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_shows_medians_and_ratios_with_their_intervals():
    rounds = np.linspace(0.01, 0.02, 8)
    rows = [raced("relu", rounds, paired=True), raced("adaact", rounds * 2, paired=True)]
    lines = times.plain_tables(timings.timing_frame({"benchmarks": rows})).splitlines()[-2:]
    assert [cells(line)[2:4] for line in lines] == [
        ["15 ms [10 ms, 20 ms]", "1"],
        ["30 ms [20 ms, 40 ms]", "2.00 [2.00, 2.00]"],
    ]


def test_trainers_have_a_table_of_their_own():
    same = {"activation": "adaact", "reference": "ours", "operation": "one seed"}
    rows = [
        raced("ours", [0.002], **same, peak_bytes=5e8, compile_seconds=3.0),
        raced("Keras", [0.4], **same),
    ]
    table = times.plain_tables(timings.timing_frame({"benchmarks": rows}))
    assert [cells(line) for line in table.splitlines()[-2:]] == [
        ["Iris", "one seed", "ours", "2 ms", "1", "–", "3 s", "500 MB"],
        ["Iris", "one seed", "Keras", "400 ms", "200", "–", "–", "–"],
    ]


@pytest.mark.parametrize(
    ("reached", "told"),
    [((7, 0.25), "250 ms, 7 epochs"), ((1, 0.25), "250 ms, 1 epoch"), ((), "not in 50 epochs")],
)
def test_the_way_to_logistic_regression_is_given_in_seconds_and_epochs(reached, told):
    facts = dict(zip(("epochs_to_logistic", "seconds_to_logistic"), reached, strict=False))
    made = benchmark("one epoch", **CELL, epochs=50, logistic_accuracy=0.98, **facts)
    table = times.plain_tables(timings.timing_frame({"benchmarks": [made]}))
    assert cells(table.splitlines()[-1])[-1] == told


def test_logistic_regression_has_a_row():
    own = {"dataset": "banknote", "activation": "logistic regression", "accuracy": 0.98}
    rows = [benchmark("one epoch", **CELL, accuracy=0.99), benchmark("whole fit", **own)]
    frame = timings.timing_frame({"benchmarks": rows})
    assert "logistic regression " in times.plain_tables(frame)


def test_the_note_says_where_the_form_was_quick_and_where_nothing_was_timed():
    timing = {"benchmarks": [benchmark("one epoch", **CELL)]}
    assert times.note(timing) == times.MEASURED
    assert times.note(timing | {"quick": True}) == f"{times.QUICK} {times.MEASURED}"
    assert times.note(None) == times.note({"benchmarks": []}) == times.MISSING


def test_the_report_shows_adaacts_training_step_and_the_trainers_beside_their_references():
    step = {"operation": "one training step", "paired": True}
    rounds = np.linspace(0.01, 0.02, 8)
    trained = {"activation": "relu", "reference": "Keras fit", "paired": True}
    rows = [
        raced("relu", rounds, **step),
        raced("adaact", rounds * 2, **step),
        raced("tanh", rounds * 3, **step),
        raced("relu", rounds, paired=True),
        raced("adaact", rounds * 2, paired=True),
        raced("Keras fit", rounds * 4, **trained),
        raced("many seeds", rounds, **trained),
        raced("jax, jitted", rounds, **trained),
        raced("bare products, NumPy", rounds, **trained),
    ]
    (table,) = times.short_table(timings.timing_frame({"benchmarks": rows}))
    adaact, trainer = helpers.table_rows(table)
    assert adaact[:4] == ["Iris", "one training step", "Adaact", "relu"]
    assert adaact[4:] == ["30 ms [20 ms, 40 ms]", "2.00 [2.00, 2.00]"]
    assert trainer[:4] == ["Iris", "one epoch", "many seeds", "Keras fit"]
    assert trainer[4:] == ["15 ms [10 ms, 20 ms]", "0.25 [0.25, 0.25]"]
    assert times.short_table(timings.timing_frame(None)) == []
