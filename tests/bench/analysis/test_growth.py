"""Exponents of cost, against NumPy and statsmodels."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from bench.analysis.growth import exponents, scaling_frame


def points(axis, sizes, times):
    return pd.DataFrame({"axis": axis, "size": sizes, "median_seconds": times})


def test_a_power_of_the_size_has_its_exponent_and_no_doubt():
    sizes = np.array([1, 10, 100, 1000])
    (row,) = exponents(points("rows", sizes, 0.5 * sizes**1.5)).to_dict("records")
    assert [row[name] for name in ("exponent", "low", "high", "last")] == pytest.approx([1.5] * 4)
    assert row["constant"] == pytest.approx(0.5)
    assert (row["smallest"], row["largest"], row["sizes"]) == (1, 1000, 4)


def test_the_fit_is_least_squares_on_logarithms_with_its_interval():
    sizes, times = [64, 1, 16, 4], [3.0, 0.5, 1.1, 0.6]  # in any order
    (row,) = exponents(points("width", sizes, times)).to_dict("records")
    slope, constant = np.polyfit(np.log(sizes), np.log(times), 1)
    fit = sm.OLS(np.log(times), sm.add_constant(np.log(sizes))).fit()
    assert row["exponent"] == pytest.approx(slope)
    assert row["constant"] == pytest.approx(math.exp(constant))
    assert (row["low"], row["high"]) == pytest.approx(tuple(fit.conf_int(0.05)[1]))
    assert row["last"] == pytest.approx(math.log(3.0 / 1.1) / math.log(4))


def test_two_sizes_have_an_exponent_without_an_interval_and_one_has_none():
    table = pd.concat([points("workers", [1, 2], [4.0, 2.0]), points("rows", [8], [1.0])])
    (row,) = exponents(table).to_dict("records")
    assert row["axis"] == "workers"
    assert row["exponent"] == pytest.approx(-1.0)
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])


def test_only_benchmarks_with_an_axis_are_loads():
    stats = {"median": 0.5, "rounds": 3}
    timing = {
        "benchmarks": [
            {"stats": stats, "extra_info": {"axis": "rows", "size": 512, "peak_bytes": 5e8}},
            {"stats": stats, "extra_info": {"dataset": "iris", "activation": "relu"}},
        ]
    }
    (row,) = scaling_frame(timing).to_dict("records")
    assert (row["axis"], row["size"], row["median_seconds"]) == ("rows", 512, 0.5)
    assert math.isnan(row["compile_seconds"])


@pytest.mark.parametrize("timing", [None, {"benchmarks": []}])
def test_without_loads_there_is_no_growth(timing):
    assert exponents(scaling_frame(timing)).empty
