"""Check docs/statistics.md against the code: names, and numbers that it states."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import bench.analysis
from bench.analysis import failed_training, selection_bias, typical, verdicts
from bench.analysis.claim_verdicts import fact_of
from bench.analysis.gap_estimator import LEAST_FREEDOM
from bench.analysis.looks import NARROWER
from bench.analysis.spread import MEAN_COVERAGE, RESAMPLES, median_ranks
from bench.claims_file import load_claims
from bench.data import DATASETS
from bench.data.dataset import MARGIN
from bench.default_studies import TABLE_STEPS
from bench.training.protocols import MOST_EPOCHS

TEXT = (Path(__file__).parents[3] / "docs" / "statistics.md").read_text(encoding="utf-8")
PAGE = " ".join(TEXT.split())
MODULES = [
    import_module(f"bench.analysis.{module.name}")
    for module in iter_modules(bench.analysis.__path__)
]
FACTS = len({fact_of(one) for one in load_claims().claims if one.kind == "figure"})
WORDS = {6: "six"}


def share(value):
    """A share as the page writes it: .05."""
    return f"{value:g}".removeprefix("0")


STATED = [
    f"fewer than {typical.FEWEST_TRIALS} trials",
    f"at least {typical.FEWEST_TRIALS} trials are needed",
    f"of Dutta's paper are {WORDS[FACTS]} facts",
    f"as one of {WORDS[FACTS]} facts {typical.fewest_trials(FACTS)} trials",
    f"is wider than {share(typical.WIDE)} and than two test rows",
    f"fewer than {verdicts.FEWEST_SPLITS} splits",
    f"verdicts at {', '.join(map(share, verdicts.MARGINS[:-1]))} and {share(verdicts.MARGINS[-1])}",
    f"{share(DATASETS['mnist'].margin)} on Bank Note and MNIST,",
    f"{share(DATASETS['iris'].margin)} on Iris, and {share(MARGIN)} or one row",
    f"at least {LEAST_FREEDOM} and at most S − 1",
    f"no undecided interval by {100 * (1 - NARROWER):.0f} %",
    f"exact up to {failed_training.EXACT_SIGNS} splits that differ,",
    f"{2**failed_training.EXACT_SIGNS:,} random sign patterns",
    f"If {100 * selection_bias.NIL_SHARE:.0f} % of the trials or more reach the cap",
    f"at most {MOST_EPOCHS} epochs, the paper's number",
    f"room for {TABLE_STEPS:,} steps",
    f"bootstrap (BCa, {RESAMPLES:,} resamples); needs {min(MEAN_COVERAGE)} trials",
]


@pytest.mark.parametrize("sentence", STATED)
def test_the_page_states_the_numbers_of_the_code(sentence):
    assert sentence in PAGE


def test_a_median_needs_as_many_trials_as_the_page_says():
    needed = next(n for n in range(1, 100) if median_ranks(n))
    assert f"between two order statistics; needs {needed} trials" in PAGE


def test_a_cell_is_marked_above_the_share_that_the_page_says():
    assert selection_bias.MOST_AT_CAP == 1 / 10
    assert "more than a tenth of the trials reach the cap" in PAGE


def test_every_function_named_in_the_page_is_one_of_the_analysis():
    names = set(re.findall(r"`([a-z_]+)\(?\)?`", TEXT))
    found = {name for name in names if any(callable(getattr(m, name, 0)) for m in MODULES)}

    assert len(found) > 30
    assert {name for name in names - found if "_" in name} <= set(_columns())


def _columns():
    for module in MODULES:
        yield from getattr(module, "COLUMNS", ())


def test_every_verdict_has_a_row_on_the_page():
    rows = " ".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| *"))
    words = {"typical", "not typical", "uninformative", "undecided", "not measured"}
    words |= {"better", "worse", "equivalent"}
    assert set(re.findall(r"\*([a-z ]+)\*", rows)) == words
