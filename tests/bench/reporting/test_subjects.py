"""What a report is about: another paper, the user's activations, a hostile table."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from markdown_it import MarkdownIt

from bench.errors import UserError
from bench.reporting import report
from bench.reporting.markdown import END_OF_FIRST_SCREEN
from bench.reporting.summary import VARIABLE
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
    "Dutta|notebook|replay|slip|careful reader|old software|one seed and one split", re.IGNORECASE
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Results of both protocols on Iris."""
    folder = tmp_path_factory.mktemp("trained")
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


def test_a_report_on_another_paper_speaks_of_that_paper(about):
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


def test_a_paper_without_a_name_and_its_claims_in_words(about):
    text = about(OTHER)
    title = "Are the claims of another paper typical?"
    assert headings(text)[:3] == [title, "The claims in words", "The comparison"]
    assert r"| learned \| is \_never\_ worse " in text
    assert r"\<b>p. 1\</b>" in text
    assert "Of 1 published value 1 is undecided (Iris). Undecided: 10 of 39 trials." in text
    assert OURS.findall(text) == []


def test_the_papers_runs_are_not_compared_with_another_paper(about, folder):
    for name in ("replay.json", "replay_seeds.csv", "drift.csv"):
        shutil.copy(ROOT / "results" / name, folder)
    assert OURS.findall(about(ONE)) == []
    assert pd.read_csv(folder / "claims.csv")["reproduced"].isna().all()
    assert not (folder / "tables" / "drift.csv").exists()
    assert not (folder / "tables" / "replay.csv").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('dataset = "iris"', 'dataset = "irsi"'), "key 'dataset'.*'irsi'. Did you mean iris"),
        (('activation = "tanh"', 'activation = "tahn"'), "key 'activation'.*Did you mean .*tanh"),
        (('protocol = "paper"', 'protocol = "papre"'), "key 'protocol'.*Did you mean paper"),
        (('"test_accuracy"', '"test_acuracy"'), "key 'metric'.*Did you mean test_accuracy"),
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


OWN = tuple(f"mine:act_{n}" for n in range(1, 6))


def test_a_study_of_own_activations_opens_with_them(tmp_path, no_pictures):
    folder = helpers.results_folder(tmp_path, seeds={"iris": 6}, activations=OWN)
    text = report.write_report(folder).read_text()
    names = "mine:act_1, mine:act_2, mine:act_3, mine:act_4 and mine:act_5"
    assert headings(text)[0] == f"How do {names} score on Iris?"
    assert leads(text) == ["Which activation scores highest?", "What was trained?"]
    first = " ".join(text.partition(END_OF_FIRST_SCREEN)[0].split())
    (told,) = re.findall(r"- Iris: median test accuracy of (.*?\))\.", first)
    found = dict(re.findall(r"(mine:act_\d) (0\.\d{4}) \(6 trials\)", told))
    trials = pd.read_csv(folder / "trials.csv").groupby("activation")["test_accuracy"].median()
    assert {name: float(score) for name, score in found.items()} == trials[list(OWN)].round(
        4
    ).to_dict()
    assert list(found.values()) == sorted(found.values(), reverse=True)
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


@pytest.mark.parametrize("reference", ["relu", "gradient-boosting"])
@pytest.mark.parametrize("metric", ["test_accuracy", "test_loss"])
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


HOSTILE = "<img src=x onerror=alert(1)>"
CLASSES = {"a|b": 20, "*x*": 20, "<unk>": 20, "![x](y)": 20, "`ls`": 20, "[a](b)": 20, ":id": 30}
REASON = "Error: <script>alert(1)</script> | \x1b]8;;https://e.org\x1b\\ **no**"


@pytest.fixture
def hostile(tmp_path):
    """Results of a table whose header, classes, notes, errors and folder are hostile."""

    def spoil(trials):
        hit = (trials["activation"] == "relu") & (trials["seed"] == 0)
        trials.loc[hit, ["status", "reason"]] = ["failed", REASON]
        return trials

    folder = helpers.results_folder(
        tmp_path / "--><b>", seeds={"iris": 4}, protocols=("held-out-scaled",), spoil=spoil
    )
    path = folder / "provenance.json"
    facts = json.loads(path.read_text())
    notes = [f"{HOSTILE}: 1 of 150 values are missing."]
    column = {"name": "a|b", "kind": "number", "values": 9, "gaps": 1, "done": "as it is"}
    own = {"name": "own", "rows": 150, "inputs": 1, "columns": [column | {"inputs": 1}]}
    own |= {"classes": CLASSES, "positive": "a|b", "source": HOSTILE, "notes": notes}
    facts["tables"] = {"own": own}
    facts["command"] = f"adaact-bench compare a.csv --target {HOSTILE} `id` --x 'a|b'"
    facts["not_measured"] = {"mnist": f"no file {HOSTILE}"}
    path.write_text(json.dumps(facts))
    return folder


def test_a_hostile_table_is_shown_as_typed(hostile, no_pictures, monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "summary.md"))
    path = report.write_report(hostile, html=True)
    source, html = path.read_text(), path.with_suffix(".html").read_text()
    expected = [*CLASSES, HOSTILE, f"{HOSTILE}: 1 of 150", "<script>alert(1)</script> |", "**no**"]
    rendered = MarkdownIt("commonmark").enable("table").render(source)
    for text in (source, (tmp_path / "summary.md").read_text()):
        made = MarkdownIt("commonmark").enable("table").render(text)
        made = re.sub(r'<img src="figures/[^"<>]*" alt="[^"<>]*" />', "", made)
        assert set(re.findall(r"<!?(\w+|--)", made)) <= KNOWN_TAGS
        assert re.findall(r'href="(?!tables|claims|provenance)(.*?)"', made) == []
    for page in (rendered, html):
        body = re.sub(r"<[^>]*>", "", page.partition("<main")[2] or page)
        seen = " ".join(unescape(body).split())
        assert [text for text in expected if text not in seen] == []
        assert "\x1b" not in page
    body = html.partition("<main")[2].partition("<script>")[0]
    assert not re.search(r"<(img|script|b|unk)\b", body)


KNOWN_TAGS = {
    *("h1", "h2", "h3", "p", "strong", "em", "code", "ul", "ol", "li", "a", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td", "--"),
}
