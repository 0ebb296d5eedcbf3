"""The report as a whole, from a made-up study."""

import json
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
from bench.reporting.markdown import render
from bench.reporting.summary import VARIABLE
from bench.reporting.view import View
from tests import helpers

MANY = ("shapes.png", "accuracy-cost.png")  # of a study of many activations
RESULTS = Path(__file__).parents[3] / "results"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The report on the committed results, which have every section and figure."""
    folder = tmp_path_factory.mktemp("whole")
    for path in RESULTS.iterdir():
        if path.is_file() and path.name not in ("report.md", "claims.csv", "trials.sqlite"):
            shutil.copy(path, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE, raising=False)
        return report.write_report(folder)


def test_the_committed_report_says_what_its_rows_say(whole):
    """Its text to the byte; its tables but for the last bits, which differ between processors."""
    assert whole.read_text() == (RESULTS / "report.md").read_text()
    paths = [RESULTS / "claims.csv", *sorted((RESULTS / "tables").iterdir())]
    made = [whole.with_name("claims.csv"), *sorted((whole.parent / "tables").iterdir())]
    assert [path.name for path in made] == [path.name for path in paths]
    for path, other in zip(paths, made, strict=True):
        tables = map(pd.read_csv, (path, other))
        pd.testing.assert_frame_equal(*tables, rtol=1e-9)


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def html(text):
    return MarkdownIt("commonmark").enable("table").render(text)


def test_the_same_files_give_the_same_bytes_twice_and_elsewhere(tmp_path, monkeypatch):
    two = ("adaact", "relu")
    first = helpers.results_folder(tmp_path / "first", seeds={"iris": 3}, activations=two)
    report.write_report(first, html=True)
    before = files(first)
    assert len(before) == 14
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


def test_the_report_is_short_and_its_prose_wrapped(whole):
    """At most 14 figures and 5,000 words, tables and provenance aside."""
    lines = whole.read_text().splitlines()
    prose = [line for line in lines if not line.startswith("|")]
    assert len([line for line in prose if line.startswith("![")]) <= 14
    assert len(" ".join(prose).split()) <= 5_000
    assert max(len(line) for line in prose if not line.startswith(("!", "<summary>"))) <= 100


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

    def told(seeds=2, spoil=None, **facts):
        folder = helpers.results_folder(tmp_path, seeds={"iris": seeds}, spoil=spoil)
        path = folder / "provenance.json"
        known = json.loads(path.read_text())
        known["study"] |= facts.pop("study", {})
        path.write_text(json.dumps(known | facts))
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
    lost = r"Iris +\| paper +\| Adaact +\| "
    assert re.search(lost + r"0, 0 +\| failed +\| reason \\\| 0", text)
    assert re.search(lost + r"0, 1 +\| diverged +\| its loss became infinite or not a", text)
    assert re.search(lost + r"1 trial +\| missing +\| not trained", text)
    assert not re.search(r"\bnan\b", text)


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


def test_what_a_study_lacks_is_told(told, tmp_path):
    """Held-out trials, a data set, epochs, replays and timings."""
    reasons = {"mnist": "MNIST: no file, no network."}
    retried = {"dataset": "iris", "protocol": "paper", "activation": "relu", "learning_rate": 0.001}
    attempts = [retried | {"split": 0, "seed": seed, "attempts": 2 + seed} for seed in (0, 1)]
    text = told(study={"epochs": {"iris": 3}}, not_measured=reasons, attempts=attempts)
    for phrase in (
        "Not measured yet: the held-out protocol was not asked for.",
        "**MNIST is not measured:** no file, no network.",
        "### MNIST\n\n**Not measured.** MNIST: no file, no network.",
        "A trial has at most 50 epochs; in this study Iris 3.",
        "Undecided: epochs capped at 3.",
        "Not tried here. `tox -e replay` repeats the paper's own runs",
        "Times are not measured in these results.",
        "2 trials took more than one attempt, at most 3.",
    ):
        assert phrase in text
    assert re.search(r"\| MNIST +\| test F1 .*not measured", text)
    assert re.search(r"\| epochs at most, Iris +\| 3 ", text)
    assert "## The comparison" not in text
    made = [path.name for path in (tmp_path / "tables").iterdir()]
    assert sorted(made) == ["coefficients.csv", "failed_training.csv", "scores.csv"]


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
