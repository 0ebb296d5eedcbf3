"""The report as a whole, from a made-up study."""

import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from matplotlib.image import imread

from baselines import ACTIVATIONS
from bench.errors import UserError
from bench.reporting import report
from bench.reporting.columns import DATASET, TableColumn
from bench.reporting.document import Heading, Picture, Table
from bench.reporting.markdown import END_OF_FIRST_SCREEN, render
from bench.reporting.summary import VARIABLE
from bench.reporting.view import View
from tests import helpers

MANY = ("shapes.png", "accuracy-cost.png")  # of a study of many activations
PAPERS = ("replay.json", "replay_seeds.csv", "drift.csv")  # made by `tox -e replay`
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A report with every section and figure."""
    folder = tmp_path_factory.mktemp("whole")
    seeds = {"banknote": 10, "mnist": 3, "iris": 12}
    protocols = ("paper", "paper-clean", "held-out")
    helpers.results_folder(folder, protocols=protocols, seeds=seeds, timing=True)
    for name in PAPERS:
        shutil.copy(ROOT / "results" / name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE, raising=False)
        return report.write_report(folder)


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def html(text):
    return MarkdownIt("commonmark").enable("table").render(text)


def test_the_same_files_give_the_same_bytes_twice_and_elsewhere(tmp_path, monkeypatch):
    first = helpers.results_folder(tmp_path / "first", seeds={"iris": 3}, timing=True)
    report.write_report(first, html=True)
    before = files(first)
    assert len(before) == 16
    clone = shutil.copytree(first, tmp_path / "clone")
    report.write_report(clone, html=True)
    assert files(clone) == before
    monkeypatch.setattr(report, "draw", lambda *_: None)
    report.write_report(clone)  # without the page, which would tell of earlier trials
    del before["report.html"]
    assert files(clone) == before


def test_every_link_leads_to_a_file(whole):
    page = html(whole.read_text())
    targets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(targets) >= 15
    for target in targets:
        assert (whole.parent / target).is_file(), target
        assert "://" not in target
    alts = re.findall(r'<img src="[^"]+" alt="([^"]*)"', page)
    assert all(len(alt) > 20 for alt in alts)
    linked = {target for target in targets if target.endswith(".png")}
    assert linked == {f"figures/{path.name}" for path in whole.parent.glob("figures/*.png")}


def test_every_table_is_read_as_one_and_fits_a_page(whole):
    text = whole.read_text()
    page = html(text)
    assert page.count("<table>") == len(re.findall(r"^\|[:|-]+\|$", text, re.MULTILINE))
    assert "<p>|" not in page
    assert page.count("<details>") == page.count("</details>")
    for head in re.findall(r"<thead>.*?</thead>", page, re.DOTALL):
        assert head.count("<th") - 1 <= 12


def test_no_figure_is_cut_off(whole):
    for path in whole.parent.glob("figures/*.png"):
        pixels = imread(path)[..., :3]
        edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (edge == 1).all(), path.name


def test_the_first_screen_answers_the_questions_that_a_reader_has(whole):
    first, _, rest = whole.read_text().partition(END_OF_FIRST_SCREEN)
    assert re.findall(r"^\*\*(.+\?)\*\*$", first, re.MULTILINE) == [
        *("Is Adaact better than a fixed activation?", "Is the number real?"),
        *("Is it typical of other seeds?", "What is Adaact?", "What was trained?"),
    ]
    assert "Not measured" not in first
    assert re.findall(r"\((figures/.*?)\)", first) == ["figures/forest.png"]
    assert re.findall(r"^## (.*)$", rest, re.MULTILINE) == [
        *("The claims in words", "The comparison", "The published values", "How Iris reached 1.0"),
        *("Early stopping on the test set", "What Adaact is", "Scores by data set"),
        *("Old and current software", "Times", "Method", "Provenance"),
    ]


def test_the_report_is_short_and_its_prose_wrapped(whole):
    """At most 14 figures and 5,000 words, tables and provenance aside."""
    lines = whole.read_text().splitlines()
    prose = [line for line in lines if not line.startswith("|")]
    assert len([line for line in prose if line.startswith("![")]) <= 14
    assert len(" ".join(prose).split()) <= 5_000
    assert max(len(line) for line in prose if not line.startswith(("!", "<summary>"))) <= 100


def test_each_data_set_has_one_table_with_both_protocols_side_by_side(whole):
    text = whole.read_text()
    parts = {part.partition("\n")[0]: part for part in re.split("\n### |\n## ", text)}
    for name, models in (("Bank Note", 4), ("MNIST", 3), ("Iris", 4)):
        lines = [line for line in parts[name].splitlines() if line.startswith("|")]
        assert len(lines) == 2 + len(helpers.ACTIVATIONS) + models
        assert "paper: test accuracy" in lines[0]
        assert "held-out: test accuracy" in lines[0]
        assert "paper-clean" not in lines[0]
        assert sum("logistic regression" in line for line in lines) == 2


def test_the_csv_files_hold_the_rows(whole):
    claims = pd.read_csv(whole.with_name("claims.csv"))
    assert list(claims.columns[:12]) == [
        *("dataset", "metric", "claimed", "seeds", "median", "low", "high"),
        *("passes_low", "passes_high", "p", "verdict", "reproduced"),
    ]
    assert len(claims) == 17
    assert len(pd.read_csv(whole.parent / "tables" / "timing.csv")) == 30


def test_a_table_of_an_earlier_study_does_not_stay(tmp_path, no_pictures):
    folder = helpers.results_folder(tmp_path, seeds={"iris": 2}, timing=True)
    report.write_report(folder)
    assert (folder / "tables" / "timing.csv").exists()
    (folder / "timing.json").unlink()
    report.write_report(folder)
    assert not (folder / "tables" / "timing.csv").exists()


@pytest.fixture
def told(tmp_path, no_pictures):
    """The report on trials of Iris under the paper's protocol, also as one line."""

    def told(seeds=2, spoil=None, edit=("", "")):
        folder = helpers.results_folder(tmp_path, seeds={"iris": seeds}, spoil=spoil)
        path = folder / "provenance.json"
        path.write_text(path.read_text().replace(*edit))
        text = report.write_report(folder).read_text()
        return text + " ".join(text.split())

    return told


def broken(trials):
    """One trial of Adaact on Iris failed and one diverged; seed 2 is missing everywhere."""
    mine = trials["activation"] == "adaact"
    for seed, status in ((0, "failed"), (1, "diverged")):
        hit = mine & (trials["seed"] == seed)
        trials.loc[hit, ["status", "reason"]] = [status, f"reason | {seed}"]
    return trials[trials["seed"] != 2]


def test_trials_without_a_number_are_counted_and_listed(told):
    text = told(10, broken)
    assert "49 of 54 trials asked for are there; 1 diverged and 1 failed" in text
    assert re.search(r"\n\| Adaact +\| +7 of 10", text)
    assert re.search(r"\n\| relu +\| +9 of 10", text)
    assert re.search(r"Iris +\| paper +\| Adaact +\| 0, 0 +\| failed +\| reason \\\| 0", text)
    assert not re.search(r"\bnan\b", text)


def test_without_the_held_out_protocol_its_questions_are_not_measured(told, tmp_path):
    text = told()
    assert "Not measured yet: the held-out protocol was not asked for." in text
    assert "## The comparison" not in text
    assert not (tmp_path / "tables" / "headline.csv").exists()
    assert not (tmp_path / "tables" / "selection_bias.csv").exists()


def test_a_cell_in_which_every_trial_failed_keeps_its_row(told):
    text = told(
        3, lambda t: t.assign(status=t["status"].mask(t["activation"] == "adaact", "failed"))
    )
    assert re.search(r"\| Adaact +\| +0 of 3 \| +– \|", text)
    assert re.search(r"\| relu +\| +3 \| +0", text)
    assert "Not measured yet: there is no trial with one of the published scores." in text


def test_without_any_number_there_is_no_figure(told):
    assert "![" not in told(spoil=lambda trials: trials.assign(status="failed"))
    text = told(spoil=lambda trials: trials[:0])
    assert "0 of 14 trials asked for are there" in text
    assert "**Not measured.** No trial of it is there." in text


def test_capped_epochs_are_told(told):
    text = told(edit=('"iris": null', '"iris": 3'))
    assert "A trial has at most 50 epochs; in this study Iris 3." in text
    assert re.search(r"\| epochs at most, Iris +\| 3 ", text)
    assert "Undecided: epochs capped at 3." in text


def test_a_data_set_that_could_not_be_had_is_marked(told):
    text = told(edit=('"not_measured": {}', '"not_measured": {"mnist": "no file, no network."}'))
    assert "**MNIST is not measured:** no file, no network." in text
    assert "### MNIST\n\n**Not measured.** no file, no network." in text
    assert re.search(r"\| MNIST +\| test F1 .*not measured", text)


def test_a_new_section_is_one_function_and_one_name(tmp_path, monkeypatch, no_pictures):
    def sizes(view):
        trials = view.trials.groupby("dataset", as_index=False).size()
        return [Heading("How many trials?"), Table(trials, [DATASET, TableColumn("size")])]

    monkeypatch.setattr(report, "SECTIONS", (*report.SECTIONS, sizes))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "summary.md"))
    folder = helpers.results_folder(tmp_path / "results", seeds={"iris": 2})
    report.write_report(folder)
    path = report.write_report(folder, html=True)  # the summary shows it once
    shown = "## How many trials?\n\n| data set   |   size |\n|:-----------|-------:|\n"
    for text in (path.read_text(), (tmp_path / "summary.md").read_text()):
        assert text.count(f"{shown}| Iris       |     14 |") == 1
    html = path.with_suffix(".html").read_text()
    assert '<a href="#how-many-trials">How many trials?</a>' in html
    assert re.search(r'id="how-many-trials">.*data-key="14">14</td>', html, re.DOTALL)


@pytest.mark.parametrize("name", ["report.md", "tables"])
def test_what_lies_in_the_way_of_a_report_is_to_be_moved(name, tmp_path, no_pictures):
    folder = helpers.results_folder(tmp_path)
    (folder / name).mkdir() if name == "report.md" else (folder / name).touch()
    with pytest.raises(UserError, match=r"written .*Move away what lies there, .*--results"):
        report.write_report(folder)


def test_matplotlibs_settings_for_notebooks_change_nothing(tmp_path):
    """Neither TensorFlow nor pyplot, which reads them, is imported."""
    folder = helpers.results_folder(tmp_path, seeds={"iris": 2})
    program = (
        "import atexit, sys; from bench.cli import main;"
        "names = 'tensorflow', 'keras', 'matplotlib.pyplot';"
        "atexit.register(lambda: print([name for name in names if name in sys.modules]));"
        f"main(['report', '--results', {str(folder)!r}])"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"MPLBACKEND": "banana"},
    )
    assert (run.stdout.splitlines()[1:], run.stderr, run.returncode) == (["[]"], "", 0)
    # What it says of a folder of its own that can't be written helps nobody.
    assert not logging.getLogger("matplotlib").isEnabledFor(logging.WARNING)


def test_a_study_of_many_activations_starts_with_them(tmp_path):
    names = tuple(ACTIVATIONS)
    protocols = ("paper", "held-out")
    helpers.results_folder(tmp_path, seeds={"iris": 3}, protocols=protocols, activations=names)
    view = View.of(tmp_path)
    made = report.report(view)
    first, rest = render(made.first), render(made.rest)
    told = " ".join(first.split())
    assert f"In {len(names) - 1} comparisons on held-out data Adaact is" in told
    assert "Adaact against the best fixed one: Iris: " in told
    assert first.index("(figures/forest.png)") < first.index("What was trained?")
    assert "curves.png" not in rest
    pictures = [block for block in made.blocks if isinstance(block, Picture)]
    drawn = {one.file: len(one.draw().titles) for one in pictures if one.file in MANY}
    learned = view.results.vectors.query("vector == 'g_1'")["activation"].nunique()
    assert drawn == {"shapes.png": learned, "accuracy-cost.png": len(names)}
    assert list(view.headline["reference"][: len(names) - 1]) == [n for n in names if n != "adaact"]
