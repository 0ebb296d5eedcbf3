"""What a report is about: another paper, or the user's activations."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from bench.errors import UserError
from bench.reporting import report
from bench.reporting.markdown import END_OF_FIRST_SCREEN
from tests import helpers

ROOT = Path(__file__).parents[3]
ONE = """
[paper]
title = "Tanh *Is* All You Need"
author = "A. Author"
url = "https://example.org/tanh"

[defaults]
activation = "tanh"
protocol = "paper"
dataset = "iris"

[[claim]]
kind = "figure"
metric = "test_accuracy"
value = 0.97
place = "table 1"

[[claim]]
kind = "exact"
metric = "parameters"
value = 2499
place = "section 3"
"""
OTHER = """
[defaults]
activation = "relu"
protocol = "held-out"
dataset = "iris"

[[claim]]
kind = "figure"
metric = "test_f1"
value = 0.5
place = "<b>p. 1</b>"

[[claim]]
kind = "comparison"
activation = "adaact"
dataset = "all"
metric = "test_accuracy"
place = "conclusion"
text = "learned | is _never_ worse"
"""
OURS = re.compile(
    "Dutta|notebook|replay|deviations|old software|one seed and one split", re.IGNORECASE
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Results of both protocols on Iris, beside what the old software gave."""
    folder = tmp_path_factory.mktemp("trained")
    for name in ("replay.json", "replay_seeds.csv", "drift.csv"):
        shutil.copy(ROOT / "results" / name, folder)
    return helpers.results_folder(folder, seeds={"iris": 10}, protocols=("paper", "held-out"))


@pytest.fixture
def folder(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "results")


@pytest.fixture
def about(folder, tmp_path, no_pictures):
    """The report of these results on a claims file: ``about(text)``."""

    def about(claims):
        path = tmp_path / "mine.toml"
        path.write_text(claims, encoding="utf-8")
        return report.write_report(folder, path).read_text()

    return about


def headings(text):
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def leads(text):
    first = text.partition(END_OF_FIRST_SCREEN)[0]
    return re.findall(r"^\*\*(.*\?)\*\*$", first, re.MULTILINE)


def test_a_report_on_another_paper_speaks_of_that_paper(about, folder):
    text = about(ONE)
    assert headings(text) == [
        r"Are the claims of “Tanh \*Is\* All You Need” by A. Author typical?",
        *("The published values", "Scores by data set", "Iris", "Times", "Method", "Provenance"),
    ]
    link = r"[“Tanh \*Is\* All You Need” by A. Author](https://example.org/tanh)"
    assert f"The paper: {link}." in text
    assert leads(text) == ["Is it typical of other seeds?", "What was trained?"]
    assert re.search(
        r"^\| Iris +\| tanh +\| paper +\| test accuracy .*\| table 1", text, re.MULTILINE
    )
    assert "Counts of parameters: 1 of 1 exact (2,499)." in text
    assert OURS.findall(text) == []
    assert "this suite's" in text
    assert pd.read_csv(folder / "claims.csv")["reproduced"].isna().all()
    assert not {"drift.csv", "replay.csv"} & {path.name for path in folder.glob("tables/*")}


def test_a_paper_without_a_name_and_its_claims_in_words(about):
    text = about(OTHER)
    title = "Are the claims of another paper typical?"
    assert headings(text)[:3] == [title, "The claims in words", "The comparison"]
    assert r"| learned \| is \_never\_ worse " in text
    assert r"\<b>p. 1\</b>" in text
    assert "Of 1 published value 1 is undecided (Iris). Undecided: 10 of 39 trials." in text
    assert OURS.findall(text) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('dataset = "iris"', 'dataset = "irsi"'), "key 'dataset'.*'irsi'. Did you mean iris"),
        (('"parameters"', '"dataset"'), "key 'metric'.*unknown name 'dataset'"),
        (('title = "Tanh *Is* All You Need"\n', ""), "key 'title': missing"),
        (("https://example.org/tanh", "javascript:alert(1)"), "key 'url'.*expected an address"),
        (("author =", "autor ="), "key 'autor': unknown; known keys are title, author, url"),
    ],
)
def test_what_a_claims_file_gets_wrong_is_named(about, change, told):
    assert ONE.count(change[0]) == 1
    with pytest.raises(UserError, match=told):
        about(ONE.replace(*change))


def test_a_study_of_own_activations_opens_with_them(tmp_path, no_pictures):
    own = ("mine:act_1", "mine:act_2", "mine:act_3")
    folder = helpers.results_folder(tmp_path, seeds={"iris": 6}, activations=own)
    text = report.write_report(folder).read_text()
    assert headings(text)[0] == "How do mine:act_1, mine:act_2 and mine:act_3 score on Iris?"
    assert leads(text) == ["Which activation scores highest?", "What was trained?"]
    first = " ".join(text.partition(END_OF_FIRST_SCREEN)[0].split())
    found = re.findall(r"(mine:act_\d) (0\.\d{4}) \(6 trials\)", first)
    trials = pd.read_csv(folder / "trials.csv").groupby("activation")["test_accuracy"].median()
    ranked = trials[list(own)].sort_values(ascending=False, kind="stable")
    assert found == [(name, f"{score:.4f}") for name, score in ranked.items()]
    assert "Adaact" not in text
    rest = " ".join(text.lower().split()).replace("times are not measured", "")
    assert "not measured" not in rest


def test_own_activations_beside_fixed_ones_are_compared_with_the_best(tmp_path, no_pictures):
    folder = helpers.results_folder(
        tmp_path, seeds={"iris": 6}, protocols=("held-out",), activations=("mine:a", "relu", "tanh")
    )
    text = report.write_report(folder).read_text()
    assert headings(text)[0] == "Is mine:a better than fixed activations on Iris?"
    assert leads(text) == ["Does any activation beat the best fixed one?", "What was trained?"]
    assert not (folder / "tables" / "headline.csv").exists()
    assert "Adaact" not in text


@pytest.mark.parametrize(
    ("reference", "metric"), [("relu", "test_accuracy"), ("gradient-boosting", "test_loss")]
)
def test_all_others_are_compared_with_the_one_that_was_named(
    tmp_path, no_pictures, reference, metric
):
    asked = ("adaact", "mine:a", "relu")
    study = {"activations": asked, "own_models": ("mine:a",), "against": reference}
    study |= {"seeds": {"iris": 12}, "protocols": ("held-out",), "metric": metric}
    folder = helpers.results_folder(tmp_path, **study)
    text = report.write_report(folder).read_text()
    others = [name for name in asked if name != reference]
    who = "Adaact and mine:a" if len(others) == 2 else "Adaact, mine:a and relu"
    name = reference.replace("-", " ")
    assert headings(text)[0] == f"Are {who} better than {name} on Iris?"
    assert leads(text) == [f"Is any better than {name}?", "What was trained?"]
    family = pd.read_csv(folder / "tables" / "headline.csv").set_index("method")
    assert list(family.index) == others
    assert set(family["reference"]) == {reference}
    means = pd.read_csv(folder / "trials.csv").groupby(["activation", "split"])[metric].mean()
    sign = -1 if metric == "test_loss" else 1
    for other in others:
        gap = sign * (means[other] - means[reference]).mean()
        assert family["estimate"][other] == pytest.approx(gap)
        sided = "better" if gap > 0 else "worse"
        assert family["verdict"][other] in ("equivalent", "undecided", sided)
    assert ("a positive gap is better" in " ".join(text.split())) == (sign == -1)
