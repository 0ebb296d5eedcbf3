"""A claims file of one's own: what docs/claims.md says of it, and what ``check`` makes of one."""

import os
import re
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from bench.claims_file import ClaimForm, load_claims, parse_claims
from bench.cli import main
from bench.cli.run_study import STORE
from bench.data import DATASETS
from bench.errors import UserError
from bench.store import Store
from tests import helpers

PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]

CLAIMS = """\
claim = [
  {value = 0.97, place = "table 1"},  # uninformative: the stand-ins score around this
  {value = 0.00, place = "table 2"},  # false: none is that low
  {value = 0.9, place = "table 3", activation = "tanh"},  # untestable: it was not trained
  {value = 2503, place = "table 4", kind = "exact", metric = "parameters"},
]

[defaults]
activation = "adaact"
protocol = "paper"
dataset = "iris"
metric = "test_accuracy"
kind = "figure"
"""
GOOD = """
paper = {title = "Title", author = "A. Author"}

[defaults]
activation = "adaact"
protocol = "paper"

[[claim]]
kind = "figure"
dataset = "iris"
metric = "test_accuracy"
value = 0.980
place = "table 1"
"""


SCORES = ("train_accuracy", "test_accuracy", "test_f1")
FIGURES = {
    "banknote": (0.991, 0.988, 0.987),
    "mnist": (0.931, 0.924, 0.924),
    "iris": (0.982, 1.0, 1.0),
}
COUNTS = {
    ("banknote", "parameters_first_layer"): 52,
    ("banknote", "parameters_output_layer"): 11,
    ("banknote", "parameters"): 63,
    ("mnist", "parameters_first_layer"): 50_242,
    ("mnist", "parameters"): 52_910,
    ("mnist", "parameters_trainable"): 52_782,
    ("iris", "parameters"): 2_503,
}


def test_the_papers_claims_are_its_results_to_three_digits_and_one_comparison():
    *claims, last = load_claims().claims
    values = {(one.dataset, one.metric): one.value for one in claims if one.kind == "exact"}
    figures = [one for one in claims if one.kind == "figure"]
    for dataset, printed in FIGURES.items():
        made = {one.metric: one.value for one in figures if one.dataset == dataset}
        assert made == dict(zip(SCORES, printed, strict=True))
    assert values == COUNTS
    assert (len(claims), len(figures), last.kind) == (16, 9, "comparison")
    assert {one.decimals for one in figures} == {3}
    assert all(one.place and one.activation == "adaact" for one in (*claims, last))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ("adaact", "paper", 0.98, 3)),
        ("decimals = 2", ("adaact", "paper", 0.98, 2)),
        ('activation = "relu"', ("relu", "paper", 0.98, 3)),
    ],
)
def test_a_claim_has_the_defaults_and_the_decimals_written_unless_it_says_otherwise(line, expected):
    (claim,) = parse_claims(GOOD + line).claims

    assert (claim.activation, claim.protocol, claim.value, claim.decimals) == expected


def test_a_default_that_only_figures_use_does_not_disturb_a_count():
    text = GOOD.replace("[defaults]", "[defaults]\ndecimals = 3").replace("figure", "exact")

    assert parse_claims(text.replace("0.980", "63")).claims[0].decimals == 0


@pytest.mark.parametrize(
    ("change", "line", "key"),
    [
        (('kind = "figure"\n', ""), 8, "kind"),
        (('dataset = "iris"', "dataset = 3"), 10, "dataset"),
        (('dataset = "iris"', 'dataset = " "'), 10, "dataset"),
        (("value = 0.980\n", ""), 8, "value"),
        (("value = 0.980", "value = true"), 12, "value"),
        (("value = 0.980", "value = nan"), 12, "value"),
        (("value = 0.980", "value = 0.980\ndecimals = -1"), 13, "decimals"),
        (("value = 0.980", "value = 0.980\ndecimals = 16"), 13, "decimals"),
        (("value = 0.980", "value = 0.980\ndecimals = 2.0"), 13, "decimals"),
        (("value = 0.980", "value = 0.9800000000000000"), 12, "value"),
        (("[[claim]]", GOOD[GOOD.index("[[claim]]") :] + "[[claim]]"), 14, "claim"),
        (("figure", "comparison"), 12, "value"),
        (('place = "table 1"', "text = 1\nplace = 'p'"), 13, "text"),
        (("[defaults]", "[default]"), 4, "default"),
        (("[defaults]", "[defaults]\nactivatoin = 'x'"), 5, "activatoin"),
        (("[[claim]]", "[claim]"), 8, "claim"),
        (("[defaults]\n", "defaults = 1\n[more]\n"), 5, "more"),
        (('"table 1"', '"table 1"\n\n[[claim]]\nkind = "fact"'), 16, "kind"),  # not its neighbour's
    ],
)
def test_a_malformed_claim_is_refused_with_file_line_and_key(change, line, key):
    with pytest.raises(UserError, match=rf"^my\.toml, line {line}, key '{key}': [^\n]+$"):
        parse_claims(GOOD.replace(*change), "my.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("value = 0.9.8", "line 1: not valid TOML"),
        ("\n\n[[claim]", "line 3: not valid TOML"),
        ("\n'''", "line 2: not valid TOML"),
        ("x = [", "line 1: not valid TOML"),
        ("", "line 1, key 'claim': missing"),
        ("defaults = 1\nclaim = []", "line 1, key 'defaults': expected a table"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_line(text, told):
    with pytest.raises(UserError, match=rf"^my\.toml, {told}"):
        parse_claims(text, "my.toml")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (Path.mkdir, "not a regular file"),
        (os.mkfifo, "not a regular file"),  # not waited for
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "can't decode"),
        (lambda path: path.write_bytes(b" " * 1_000_001), "too long"),
    ],
)
def test_what_is_no_claims_file_is_refused(tmp_path, make, told):
    make(tmp_path / "mine.toml")
    with pytest.raises(UserError, match=f"cannot be read as a claims file .*{told}"):
        load_claims(tmp_path / "mine.toml")


@pytest.fixture(scope="module")
def stored(tmp_path_factory, large_study):
    """A folder whose results have stored trials."""
    folder = tmp_path_factory.mktemp("stored")
    with Store(folder / "results" / STORE) as store:
        store.set_study(large_study)
        for dataset, keys in groupby(large_study.keys(), key=attrgetter("dataset")):
            store.add(list(map(helpers.trial, keys)), large_study.fingerprint(dataset), seconds=1.0)
    return folder


@pytest.fixture
def check(stored, capsys, monkeypatch):
    """Runs ``check --claims`` on stored trials: ``check(text) -> (exit code, stdout, stderr)``."""
    monkeypatch.chdir(stored)

    def check(text, *options):
        Path("mine.toml").write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["check", "--claims", "mine.toml", *options])
        return ended.value.code, *capsys.readouterr()

    return check


def test_claims_of_every_kind_get_their_verdicts(check):
    code, out, err = check(CLAIMS.replace("table 2", "1.10 \\u001bc"))
    table, figures, _ = out.split("\n\n")
    head, _, *rows = (re.split(r" {2,}", line) for line in table.splitlines())

    assert (code, err) == (0, "")
    assert (head[:4], head[-2:]) == (
        ["dataset", "activation", "protocol", "metric"],
        ["place", "verdict"],
    )
    assert [(*row[:3], row[-1]) for row in rows] == [
        ("iris", "adaact", "paper", "uninformative"),
        ("iris", "adaact", "paper", "not typical"),
        ("iris", "tanh", "paper", "not measured"),
        ("iris", "adaact", "paper", "exact"),
    ]
    assert rows[1][-2] == r"1.10 \x1bc"
    assert figures.startswith(
        "No. Of 3 published values 1 is not typical (Iris), 1 is uninformative (Iris) and 1 is not "
        "measured (Iris)."
    )


def test_strict_counts_the_false_claim_alone(check):
    code, _, err = check(CLAIMS, "--strict")

    assert (code, err) == (1, "1 of 4 claims fail.\n")
    assert check(CLAIMS.replace("value = 0.00", "value = 0.97"), "--strict")[0] == 0


def test_a_report_can_be_about_other_claims(check, monkeypatch):
    check(CLAIMS)
    monkeypatch.setattr("bench.reporting.report.draw", lambda *_: None)
    with pytest.raises(SystemExit):
        main(["report", "--claims", "mine.toml"])
    rows = Path("results/claims.csv").read_text().splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ["0.97", "0.0", "0.9", "2503.0"]


def test_a_malformed_claim_is_named_and_nothing_is_judged(check):
    assert check(GOOD.replace("0.980", '"0.980"')) == (
        2,
        "",
        "adaact-bench: mine.toml, line 12, key 'value': expected a number. Received: '0.980'.\n",
    )


def test_the_pages_example_has_a_claim_of_each_kind_and_is_judged(check):
    claims = parse_claims(EXAMPLE).claims
    assert [(claim.kind, claim.activation) for claim in claims] == [
        ("figure", "tanh"),
        ("exact", "tanh"),
        ("comparison", "adaact"),
    ]
    code, out, _ = check(EXAMPLE)
    table, *in_words = out.split("\n\n")
    assert (code, len(table.splitlines()), len(in_words)) == (0, 2 + 3, 3)


def test_the_page_names_every_key():
    table = PAGE.partition("\n## Keys")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(ClaimForm.__annotations__)


@pytest.mark.parametrize(
    "change",
    [
        ('kind = "figure"', 'kind = "score"'),
        ('dataset = "iris"', 'dataset = "irsi"'),
        ("value = 0.970", "value = 97.0"),
        ("value = 0.970", 'value = "0.970"'),
        ("value = 0.970", "valeu = 0.970"),
        ('place = "table 1"\n', ""),
        ("value = 0.970", "value = 0.970\ndecimals = 1"),
        ("value = 61", "value = 61.5"),
        ('"all"\nmetric = "test_accuracy"', '"all"\nmetric = "test_f1"'),
        ('place = "table 1"\n\n[[claim]]', 'place = "table 1"\n\n[[claim]'),
    ],
)
def test_the_page_shows_errors_as_they_look(change):
    assert EXAMPLE.count(change[0]) == 1
    with pytest.raises(UserError) as error:
        parse_claims(EXAMPLE.replace(*change), "tanh.toml", {"dataset": list(DATASETS)})

    assert f"\nadaact-bench: {error.value}\n" in PAGE


@pytest.mark.parametrize(
    "value",
    ["1e999999999", "-1e99999999", "1" * 5_000, "[" * 100_000, "0." + "1" * 5_000, "1e-99999999"],
    ids=lambda value: value[:12],
)
@pytest.mark.parametrize("kind", ["figure", "exact"])
def test_an_endless_value_is_one_line(kind, value):
    before = ('kind = "figure"', "value = 0.970")
    text = EXAMPLE.replace(before[0], f'kind = "{kind}"').replace(before[1], f"value = {value}")
    with pytest.raises(UserError, match=r"^mine\.toml") as error:
        parse_claims(text, "mine.toml")
    assert "\n" not in str(error.value)
