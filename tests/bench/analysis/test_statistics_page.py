"""docs/statistics.md says what the code does: its names are there, its numbers are the code's."""

import re
from pathlib import Path

import pytest

from bench.analysis import (
    ALPHA,
    LEVEL,
    comparisons,
    generalisation,
    headline,
    judging,
    minimum_sample,
    selection_bias,
    spread,
)

PAGE = (Path(__file__).parents[3] / "docs" / "statistics.md").read_text(encoding="utf-8")
PROSE = " ".join(PAGE.split())
MODULES = (comparisons, generalisation, minimum_sample, headline, judging, selection_bias, spread)
ELSEWHERE = {"on_these_rows", "results/report.md", "tables/pairs.csv"}


def test_every_name_in_the_page_is_a_function_of_the_analysis():
    names = set(re.findall(r"`([^`]+)`", PAGE)) - ELSEWHERE

    assert len(names) > 15
    assert [name for name in names if not any(callable(getattr(m, name, 0)) for m in MODULES)] == []


def test_the_page_is_short():
    assert len(PAGE.splitlines()) < 150


@pytest.mark.parametrize(
    "statement",
    [
        f"Level of every interval {LEVEL:.0%}, of every test {ALPHA:.0%}".replace("%", " %"),
        f"exact up to 14 untied pairs, {comparisons.EXACT_FLIPS:,} random sign patterns",
        f"BCa, {spread.RESAMPLES:,} resamples); needs {min(spread.MEAN_COVERAGE)} runs",
        f"n < {minimum_sample.FEWEST_RUNS}, so that",
        f"larger of {comparisons.SMALLEST_MARGIN} and one test row",
        f"Adaact minus {', '.join(headline.BASELINES[:3])} and {headline.BASELINES[3]} on",
        (
            f"{minimum_sample.fewest_pairs()} pairs for one test, "
            f"{minimum_sample.fewest_pairs(12)} for a family of 12"
        ),
        "{2:.0%} of cases with 100 runs, {1:.0%} with 40, {0:.0%} with 10".format(
            *spread.MEAN_COVERAGE.values()
        ).replace("%", " %"),
    ],
)
def test_the_numbers_of_the_page_are_those_of_the_code(statement):
    assert statement in PROSE
