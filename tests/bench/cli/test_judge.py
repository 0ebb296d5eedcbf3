"""``judge``: anybody's scores, and a results folder, through the statistics and the report."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.analysis.judging import Asked
from bench.data.tables import Reading
from bench.data.tables.scores import read_scores
from bench.reporting.judged import of_scores
from tests import helpers

COMMITTED = Path(__file__).parents[3] / "results"
GAINS = {"svm": 0.0, "net": 0.02, "forest": 0.001}


@pytest.fixture
def holes(tmp_path):
    """Three methods × 20 data sets × 10 seeds, of which some are missing."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product(
        [[f"set {n:02}" for n in range(20)], GAINS, range(10)], names=["dataset", "method", "seed"]
    )
    frame = index.to_frame(index=False)
    levels = frame["dataset"].str[-2:].astype(int) / 100 + frame["method"].map(GAINS) + 0.7
    frame["score"] = (levels + rng.normal(0, 0.004, len(frame))).round(4)
    frame["seconds"] = rng.uniform(1, 2, len(frame)).round(2)
    frame = frame.drop(index=rng.choice(len(frame), 30, replace=False))
    frame = frame[(frame["dataset"] != "set 07") | (frame["method"] != "forest")]
    frame.to_csv(tmp_path / "holes.csv", index=False)
    return frame


def test_scores_that_are_all_the_same_are_drawn_without_a_word(invoke, tmp_path, recwarn):
    rows = [f"a,{method},{seed},7" for method in "xy" for seed in range(4)]
    (tmp_path / "same.csv").write_text("\n".join(["dataset,method,seed,score", *rows]))
    assert invoke("judge", "same.csv").code == 0
    assert not recwarn.list


def test_a_file_with_holes_gets_verdicts_ranks_and_a_report(invoke, tmp_path, holes):
    ended = invoke("judge", "holes.csv", "--metric", "accuracy", "--html")
    assert ended.code == 0, ended.err
    folder = tmp_path / "results" / "judge-holes"
    report = (folder / "report.md").read_text()
    family = pd.read_csv(folder / "tables" / "headline.csv")
    across = pd.read_csv(folder / "tables" / "across.csv").set_index("method")
    scores = read_scores("holes.csv", Reading())
    expected = of_scores(scores, Asked("svm", "accuracy"), {}).family

    expected = expected.replace("", np.nan)  # as a CSV file has it
    pd.testing.assert_frame_equal(family, expected, check_dtype=False, rtol=1e-12)
    assert ended.out.splitlines()[0].startswith("net against svm: better on ")
    assert ended.out.splitlines()[-1] == f"Report: {Path('results/judge-holes/report.md')}"
    assert report.startswith("# Are net and forest better than svm?\n")
    assert f"{600 - len(holes)} of 600 trials are missing; 1 cell" in " ".join(report.split())
    assert "Mean ranks over 19 data sets" in report
    assert "fewer than 7 data sets" in " ".join(report.split())
    assert "these rows only" in report
    assert (across.loc["net", "verdict"], across.loc["forest", "verdict"]) == (
        "better",
        "equivalent",
    )
    assert (folder / "figures" / "forest.png").stat().st_size > 10_000
    assert "<svg" in (folder / "report.html").read_text()
    assert json.loads((folder / "provenance.json").read_text())["judge"]["file"] == "holes.csv"


def test_the_suites_own_results_give_the_headline_again(invoke, tmp_path):
    ended = invoke("judge", COMMITTED)
    assert ended.code == 0, ended.err
    folder = tmp_path / "results" / "judge-results"
    judged = (folder / "tables" / "headline.csv").read_text().splitlines()
    known = (COMMITTED / "tables" / "headline.csv").read_text().splitlines()
    assert judged == [line for line in known if ",held-out-tuned," not in line]
    report = (folder / "report.md").read_text()
    for row in (r"Bank Note +\| relu ", r"MNIST +\| tanh ", r"Iris +\| linear "):
        assert re.search(rf"^\| {row}.*\*\*", report, re.MULTILINE)
    assert str(COMMITTED) not in (folder / "report.md").read_text()
    assert ended.out.splitlines()[0].startswith("Adaact against relu: ")


def test_the_readmes_example_is_judged(invoke, tmp_path):
    (command,) = helpers.shown(COMMITTED.parent / "README.md", tmp_path, "judge scores.csv")
    ended = invoke(*command)
    assert ended.code == 0, ended.err
    verdict = "forest against network: undecided on wine, gap +0.0335 [−0.0020, +0.0690]."
    assert ended.out.splitlines()[0] == verdict
    report = (tmp_path / "results" / "judge-scores" / "report.md").read_text()
    assert report.startswith("# Is forest better than network?\n")
    assert "The score is accuracy." in report


def write(path, text="dataset,method,seed,score\n", rows="dxy"):
    dataset, *methods = rows
    path.parent.mkdir(exist_ok=True)
    body = [f"{dataset},{m},{seed},0.{seed}{k}" for k, m in enumerate(methods) for seed in range(4)]
    path.write_text(text + "\n".join(body) + "\n")
    return path


def test_what_is_not_the_report_on_the_same_file_is_not_replaced(invoke, tmp_path):
    first, second = (write(tmp_path / name / "scores.csv") for name in "ab")
    report = tmp_path / "results" / "judge-scores" / "report.md"
    assert invoke("judge", first).code == 0
    before = report.read_bytes()
    for more in ((), ("--results", "a")):  # where the other file's report is, or its scores
        refused = invoke("judge", second, *more)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert "Name another folder with --results" in refused.err
    assert report.read_bytes() == before
    assert [path.name for path in first.parent.iterdir()] == ["scores.csv"]
    assert invoke("judge", second, "--results", "other").code == 0
    write(first, rows="ezw")
    assert invoke("judge", first).code == 0  # the same file, changed
    assert b"w" in report.read_bytes()


WRONG = [
    (("--reference", "yy"), ("--reference", "'yy'", "Did you mean y")),
    (("--margin", "0"), ("--margin", "above 0")),
    (("--test-share", "1"), ("--test-share", "between 0 and 1")),
    (("--resplit",), ("--resplit", "--test-share")),
    (("--test-share", "0.2"), ("--test-share", "--resplit")),
    (("--metric", "log-loss"), ("--metric", "--lower-is-better")),
    ((str(COMMITTED), "--margin", "0.1"), ("--margin", "has its own")),
]


@pytest.mark.parametrize(("options", "words"), WRONG, ids=" ".join)
def test_an_option_that_does_not_fit_the_file_is_one_line(invoke, tmp_path, options, words):
    file = options[0] if len(options) > 2 else write(tmp_path / "scores.csv")
    ended = invoke("judge", file, *options[-2:])
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert [word for word in words if word not in ended.err] == []
    assert not (tmp_path / "results").exists()


def test_a_table_of_many_methods_and_few_data_sets_is_drawn_by_data_set(invoke, tmp_path):
    write(tmp_path / "scores.csv", rows="dabcdefghijklmnopqrst")
    ended = invoke("judge", "scores.csv")
    assert ended.code == 0, ended.err
    assert "more methods: see the tables" in ended.out
    report = (tmp_path / "results" / "judge-scores" / "report.md").read_text()
    assert report.startswith("# Are 19 methods better than a?\n")
    assert "Across data sets" not in report  # there is one
