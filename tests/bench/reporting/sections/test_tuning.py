"""Fair tuning in the report: the sentence, the tables and the figures, from stand-in trials."""

import re
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
    same = pairs(("iris", "relu", "worse", "worse"), ("iris", "tanh", "equivalent", "equivalent"))
    assert tuning.survival(same) == (
        "**Yes, the answer is the same.** When each activation gets the learning rate with the "
        "lowest validation loss, Adaact is worse in 1 and equivalent in 1; 2 of 2 verdicts stay "
        "the "
        "same."
    )
    one = pairs(*same.iloc[:, :4].to_numpy(), ("banknote", "relu", "worse", "undecided"))
    assert tuning.survival(one).startswith("**Yes, the answer is the same.** ")
    assert tuning.survival(one).endswith(
        "2 of 3 verdicts stay the same; worse becomes undecided in 1 (Bank Note: relu)."
    )
    none = pairs(("iris", "relu", "worse", "better"))
    assert tuning.survival(none).startswith("**No, the answer changes.** ")
    assert "0 of 1 verdict stays the same; worse becomes better in 1 (Iris: relu)." in (
        tuning.survival(none)
    )


def test_without_tuning_nothing_is_said(tmp_path):
    untuned = View.of(helpers.results_folder(tmp_path, seeds={"iris": 4}, protocols=BOTH[:1]))
    assert untuned.tuned is None
    assert tuning.tuning(untuned) == tuning.tuning_answer(untuned) == []
    assert not [path for path in frames(untuned) if "tuning" in path if len(frames(untuned)[path])]


def test_the_tuned_family_stands_below_the_untuned_one(view):
    table = frames(view)["tables/headline.csv"]
    assert table["protocol"].tolist() == ["held-out"] * 12 + ["held-out-tuned"] * 12
    pd.testing.assert_frame_equal(table[:12], view.headline, check_dtype=False)
    measured = table[table["dataset"] == "iris"]
    assert (measured["splits"] == 6).all()


def test_each_family_has_its_own_corrections(view):
    tuned = view.tuned.view.headline
    known = tuned[tuned["verdict"] != "not measured"]
    least = known["p_difference"].idxmin()
    assert known["p_difference_holm"][least] == pytest.approx(
        min(1, len(tuned) * known["p_difference"][least])
    )


def test_the_score_tables_and_other_sections_keep_to_the_untuned_trials(view):
    assert set(view.trials["protocol"]) == {"held-out"}
    assert view.study["protocols"] == ["held-out"]
    blocks = report.report(view).blocks
    heads = [c.heading for block in blocks if isinstance(block, Table) for c in block.columns]
    assert not [head for head in heads if head.startswith("held-out (tuned)")]


def test_the_section_has_verdicts_rates_and_what_the_search_took(view):
    blocks = tuning.tuning(view)
    compared, chosen = (block for block in blocks if isinstance(block, Table))
    assert len(compared.frame) == 8
    cells = {column.heading: column.cells(compared.frame) for column in compared.columns}
    assert all(cell.startswith("**") for cell in cells["untuned"] + cells["tuned"])
    row = compared.frame.iloc[0]
    assert row["estimate_tuned"] - row["estimate"] == pytest.approx(row["change_estimate"])
    columns = {column.heading: column.cells(chosen.frame) for column in chosen.columns}
    counts = [[int((one or "0").split()[0]) for one in columns[f"{rate:g}"]] for rate in RATES]
    assert [sum(row) for row in zip(*counts, strict=True)] == [6] * 5 + [1] * 5
    ends = columns["0.0001"] + columns["0.03"]
    assert all(cell.endswith(" §") for cell in ends if cell)
    told = text(blocks)
    assert "Iris 72 trials" in told
    assert "MNIST 12 trials" in told
    assert "§: an end of the grid" in told
    found = [int(n) for n in re.findall(r"(\d+) of \d+ choices", told)]
    assert sum(found) == sum(int(cell.split()[0]) for cell in ends if cell)


def test_the_figures_show_both_families_and_every_rate(view):
    (forest,) = [one for one in report.report(view).first if isinstance(one, Picture)]
    titles = [title for marks in forest.draw().titles.values() for title in marks]
    assert sum(title.startswith("tuned, ") for title in titles) == len(titles) // 2 == 16
    assert "Diamonds" in forest.caption
    (rates,) = [one for one in tuning.tuning(view) if isinstance(one, Picture)]
    titles = [title for marks in rates.draw().titles.values() for title in marks]
    assert sum("tuning trials, " in title for title in titles) == 2 * 5 * len(RATES)
    assert sum("best of " in title for title in titles) == 2 * 5 * len(RATES)


def test_the_rows_of_a_tuned_cell_count_the_shared_trials_too(view):
    rows = view.results.rows
    for name, cell in rows[rows["protocol"] == "held-out-tuned"].groupby("activation"):
        final = view.tuned.view.trials
        for dataset, own in cell.groupby("dataset"):
            mine = final[(final["activation"] == name) & (final["dataset"] == dataset)]
            assert own["seeds_tested"].sum() == mine["test_rows"].sum()


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
