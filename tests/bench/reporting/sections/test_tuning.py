"""Fair tuning in the report: the sentence, families and figures, from stand-in trials."""

import shutil

import pandas as pd
import pytest

from bench.rate_choice import RATES
from bench.reporting import report
from bench.reporting.csv_files import frames
from bench.reporting.document import Picture, Prose, Table
from bench.reporting.sections import tuning
from bench.reporting.view import View
from tests import helpers

BOTH = ("held-out", "held-out-tuned")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of a tuned study on Iris and MNIST."""
    seeds = {"iris": 6, "mnist": 4}
    return helpers.results_folder(tmp_path_factory.mktemp("tuned"), seeds=seeds, protocols=BOTH)


@pytest.fixture(scope="module")
def view(folder):
    return View.of(folder)


def text(blocks):
    return " ".join(" ".join(block.text.split()) for block in blocks if isinstance(block, Prose))


def pairs(*rows, **columns):
    names = ["dataset", "reference", "verdict", "verdict_tuned"]
    return pd.DataFrame(rows, columns=names).assign(change_low=0.0, **columns)


def test_the_answer_says_whether_the_verdicts_survive():
    one = pairs(
        ("iris", "relu", "worse", "worse"),
        ("iris", "tanh", "equivalent", "equivalent"),
        ("banknote", "relu", "worse", "undecided"),
    )
    assert tuning.survival(one) == (
        "**Yes, the answer is the same.** When each activation gets the learning rate with the "
        "lowest validation loss, Adaact is worse in 1, equivalent in 1 and undecided in 1; 2 of 3 "
        "verdicts stay the same; worse becomes undecided in 1 (Bank Note: relu)."
    )
    none = tuning.survival(pairs(("iris", "relu", "worse", "better")))
    assert none.startswith("**No, the answer changes.** ")
    assert "0 of 1 verdict stays the same; worse becomes better in 1 (Iris: relu)." in none


def test_without_tuning_nothing_is_said(tmp_path):
    untuned = View.of(helpers.results_folder(tmp_path, seeds={"iris": 4}, protocols=BOTH[:1]))
    assert untuned.tuned is None
    assert tuning.tuning(untuned) == tuning.tuning_answer(untuned) == []
    assert not [path for path in frames(untuned) if "tuning" in path if len(frames(untuned)[path])]


def test_each_family_has_its_own_corrections(view):
    tuned = view.tuned.view.headline
    known = tuned[tuned["verdict"] != "not measured"]
    least = known["p_difference"].idxmin()
    assert known["p_difference_holm"][least] == pytest.approx(
        min(1, len(tuned) * known["p_difference"][least])
    )


def test_the_rows_of_a_tuned_cell_count_the_shared_trials_too(view):
    rows = view.results.rows
    for name, cell in rows[rows["protocol"] == "held-out-tuned"].groupby("activation"):
        final = view.tuned.view.trials
        for dataset, own in cell.groupby("dataset"):
            mine = final[(final["activation"] == name) & (final["dataset"] == dataset)]
            assert own["seeds_tested"].sum() == mine["test_rows"].sum()


def test_the_figures_show_both_families_and_every_rate(view):
    (forest,) = [one for one in report.report(view).first if isinstance(one, Picture)]
    titles = [title for marks in forest.draw().titles.values() for title in marks]
    assert sum(title.startswith("tuned, ") for title in titles) == len(titles) // 2 == 16
    assert "Diamonds" in forest.caption
    (rates,) = [one for one in tuning.tuning(view) if isinstance(one, Picture)]
    titles = [title for marks in rates.draw().titles.values() for title in marks]
    assert sum("tuning trials, " in title for title in titles) == 2 * 5 * len(RATES)
    assert sum("best of " in title for title in titles) == 2 * 5 * len(RATES)


def test_activations_that_the_report_does_not_know_are_compared_with_the_best_fixed(tmp_path):
    names = ("mine:wave", "relu", "tanh")
    made = helpers.results_folder(tmp_path, seeds={"iris": 6}, protocols=BOTH, activations=names)
    view = View.of(made)
    (table, _) = (block for block in tuning.tuning(view) if isinstance(block, Table))
    assert table.frame["method"].tolist() == ["mine:wave"]
    assert "verdict" in text(tuning.tuning_answer(view))
    best = frames(view)["tables/best_fixed.csv"]
    assert best["protocol"].tolist() == list(BOTH)


def test_a_study_whose_tuning_was_interrupted_has_a_report(folder, tmp_path):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    for name in ("trials.csv", "rows.csv.gz", "histories.csv.gz"):
        frame = pd.read_csv(folder / name)
        frame[frame["protocol"] == "held-out"].to_csv(tmp_path / name, index=False)
    assert report.report(View.of(tmp_path)).blocks
