"""What is the user's own, through the whole program: an activation, a table."""

import csv
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from baselines import CLASSICAL
from bench.data import tables
from bench.data.splits import held_out_split
from tests import helpers

ROOT = Path(__file__).parents[3]
SCRIPT = Path(sys.executable).with_name("adaact-bench")  # beside the environment's Python
SHORT = ("--splits", "2", "--seeds", "2", "--epochs", "3", "--workers", "1")


def trials(folder):
    with (folder / "trials.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_readmes_example_goes_through_every_table(
    invoke, instead, no_pictures, tmp_path, monkeypatch
):
    (command,) = helpers.shown(ROOT / "README.md", tmp_path, "my_activations:")
    own = "my_activations:bent"
    both = [part.replace(own, f"{own},my_activations:learned") for part in command]
    monkeypatch.syspath_prepend(tmp_path)
    instead()
    ended = invoke(*both, *SHORT)
    assert ended.code == 0, ended.err
    results = tmp_path / "results" / "mine"
    own = [
        row
        for row in trials(results)
        if row["activation"].startswith("my_") and row["protocol"] != "held-out-tuned"
    ]
    # Of each: two seeds under the protocols of one split, two of two splits under the other.
    assert [row["status"] for row in own] == ["ok"] * 2 * (2 + 2 + 2 * 2)
    report = (results / "report.md").read_text()
    for name in ("my_activations:bent", "my_activations:learned"):
        for table in ("scores", "best_fixed", "failed_training", "selection_bias"):
            assert name in (results / "tables" / f"{table}.csv").read_text()
        assert name in report
    (command,) = helpers.shown(ROOT / "README.md", tmp_path, "judge results")
    ended = invoke(*command)
    assert ended.code == 0, ended.err
    assert ended.out.startswith("Adaact against relu: ")


@pytest.fixture
def messy():
    """A table with categories, gaps, patients of several rows and five classes."""
    rng = np.random.default_rng(0)
    kind = np.repeat(list("abcde"), 30)
    size = rng.normal(kind.astype("U1").view(np.int32) - ord("a"), 0.4).round(3)
    colour = np.where(rng.random(150) < 0.8, kind, "x")
    frame = pd.DataFrame({"size": size, "colour": colour, "noise": rng.random(150)})
    frame = frame.mask(rng.random(frame.shape) < [0.2, 0.1, 0])
    return frame.assign(patient=np.cumsum(rng.random(150) < 0.5), kind=kind)


def test_compare_tells_of_a_table_what_a_study_tells_of_the_papers(
    invoke, no_pictures, messy, tmp_path
):
    messy.to_csv(tmp_path / "messy.csv", sep=";", decimal=",", index=False)
    asked = ("--target", "kind", "--groups", "patient", "--activations", "adaact,relu")
    ended = invoke("compare", "messy.csv", *asked, "--hidden", "8", *SHORT)
    assert ended.code == 0, ended.err
    told, size = ended.err.splitlines(), messy["size"]
    file = "messy.csv: UTF-8, a header, fields separated by semicolons, decimal commas."
    lines = "messy: 150 rows, 9 inputs. They come from 3 columns. With gaps: size and colour."
    assert {file, lines} <= set(told)
    results = tmp_path / "results" / "compare-messy"
    networks = [row for row in trials(results) if row["trainer"] != "scikit-learn"]
    assert len(networks) == 2 * 2 * 2
    for row in networks:
        assert (row["dataset"], row["protocol"]) == ("messy", "held-out-scaled")
        assert row["status"] == "ok"
        inputs = 2 + 6 + 1  # a number and its gaps, six categories, another number
        assert int(row["parameters_first_layer"]) - 8 * (inputs + 1) in (0, 2)
    fits = [row for row in trials(results) if row["trainer"] == "scikit-learn"]
    assert [fit["activation"] for fit in fits] == [name for name in sorted(CLASSICAL) for _ in "ab"]
    # By chance: 0.2. Boosting, which wants 20 rows a leaf, learns little from 90.
    least = dict.fromkeys(CLASSICAL, 0.5) | {"gradient-boosting": 0.3, "majority-class": 0.1}
    assert all(float(fit["test_accuracy"]) > least[fit["activation"]] for fit in fits)
    _check_rows(results, messy["patient"].to_numpy())
    report = (results / "report.md").read_text()
    groups = messy["patient"].nunique()
    for text in (
        lines,
        f"Rows of one patient stay on one side of every split ({groups} groups).",
        f"| size | number | {size.nunique()} | {size.isna().sum()} | 2 | a number, decimal commas;",
        "5 classes: a (30), b (30), c (30), d (30) and e (30).",
        r"| logistic regression (C \= 1\) | 2 |",
        "| gradient boosting | 2 |",
        "hidden layers of 8 units",
    ):
        assert text in " ".join(report.split())
    assert "paper" not in report
    assert "Across data sets" not in report
    assert not (results / "tables" / "across.csv").exists()
    # A run that was cut off has exported nothing; its store knows what the table holds.
    (results / "provenance.json").unlink()
    assert invoke("report", "--results", results).code == 0
    assert "messy: 150 rows, 9 inputs." in (results / "report.md").read_text()


def _check_rows(results, patient):
    """Check the outcomes by row, and the part of the variance that their groups make."""
    reading = tables.Reading(target="kind", groups="patient")
    data = tables.read("messy.csv", reading, "messy").dataset
    tests = [held_out_split(data, split).test for split in range(2)]
    assert len({len(test) for test in tests}) > 1
    counted = 2 * np.bincount(np.concatenate(tests), minlength=len(patient))
    rows = pd.read_csv(results / "rows.csv.gz").set_index("row")
    shares = {}
    for name in ("adaact", "relu"):
        mine = rows[rows["activation"] == name]
        np.testing.assert_array_equal(mine["seeds_tested"], counted[mine.index])
        assert mine["seeds_tested"].sum() == counted.sum()
        shares[name] = mine.eval("seeds_correct / seeds_tested")
    gaps = (shares["adaact"] - shares["relu"]).dropna()
    by_group = (gaps - gaps.mean()).groupby(patient[gaps.index]).sum()
    expected = len(by_group) / (len(by_group) - 1) * (by_group**2).sum() / len(gaps) ** 2
    family = pd.read_csv(results / "tables" / "headline.csv").set_index("reference")
    assert family.loc["relu", "row_part"] == pytest.approx(expected)


VERDICT = re.compile(r"\b(?:better|worse|equivalent|undecided)\b")


def test_no_verdict_stands_without_its_mark_where_the_cap_binds(
    invoke, instead, no_pictures, tmp_path
):
    capped = {"epochs": 5, "best_epoch": 4, "history": {}}
    instead(lambda block: [helpers.trial(key, **capped) for key in block.keys])
    table = pd.DataFrame({"x": np.arange(215.0), "class": list("aaab" * 53 + "aab")})
    table.to_csv(tmp_path / "gland.csv", index=False)
    asked = ("compare", "gland.csv", "--target", "class", "--epochs", "5", "--workers", "1")
    few = ("--activations", "adaact,sigmoid")
    assert invoke(*asked, *few, "--splits", "3", "--seeds", "2").code == 0
    report = (tmp_path / "results" / "compare-gland" / "report.md").read_text()
    tables = [line for line in report.splitlines() if line.startswith("| gland ")]
    words = [cell for line in tables for cell in line.split("|") if VERDICT.search(cell)]
    assert len(words) == 1 + 3  # sigmoid, three models
    assert all(cell.rstrip(" *").endswith("†") for cell in words)
    answer = " ".join(report.partition("![")[0].split())
    assert answer.count("†") == 4 + 1  # and its explanation
    open_ones = re.findall(r"^- gland, .*?: (undecided\S*)( †)?", report, re.MULTILINE)
    assert all(mark for _, mark in open_ones)


@pytest.mark.slow
def test_compare_takes_scikit_learns_tables_by_name_and_as_files(launch, tmp_path):
    load_wine(as_frame=True).frame.to_csv(tmp_path / "wine.csv", index=False)
    by_name = ("compare", "wine", "--results", "results/by-name")
    by_file = ("compare", "wine.csv", "--target", "target", "--results", "results/by-file")
    for command in (by_name, by_file):
        ended = launch(tmp_path, "-m", "bench", *command, *SHORT)
        assert ended.code == 0, ended.err
    assert trials(tmp_path / command[-1]) == trials(tmp_path / by_name[-1])


@pytest.mark.parametrize(
    ("program", "workers"),
    [
        ((SCRIPT,), "1"),
        pytest.param((SCRIPT,), "2", marks=pytest.mark.slow),
        pytest.param(("-m", "bench"), "2", marks=pytest.mark.slow),
    ],
)
def test_files_beside_the_user_hide_none_of_the_suites(launch, tmp_path, program, workers):
    wrong = ["baselines.py", "random.py", "keras.py"]
    if program == (SCRIPT,):  # Python itself looks for `-m bench` in the working folder
        wrong += ["bench/__init__.py", "adaact/__init__.py"]
    for name in wrong:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise ImportError('the wrong one')")
    (tmp_path / "mine.py").write_text("def f(z):\n    return z * 2\n")
    few = ("--datasets", "iris", "--protocols", "paper", "--seeds", "1", "--epochs", "1")
    asked = ("--activations", "mine:f", "--trainer", "keras", "--workers", workers)
    ended = launch(tmp_path, *program, "run", *few, *asked)
    assert ended.code == 0, ended.err
