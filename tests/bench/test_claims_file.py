"""A claims file of one's own: what docs/claims.md says of it, and what ``check`` makes of one."""

import os
import re
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest

from bench.analysis.claims import KEYS, load_claims, parse_claims
from bench.cli import main
from bench.cli.running import STORE
from bench.data import DATASETS
from bench.errors import UserError
from bench.store import Store
from tests import helpers

PAGE = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]

CLAIMS = """\
paper = {title = "Something", author = "Somebody"}

[defaults]
activation = "adaact"
protocol = "paper"
dataset = "iris"
metric = "test_accuracy"
kind = "figure"

[[claim]] # uninformative: the stand-ins score around this, and too much passes
value = 0.97
place = "table 1"

[[claim]] # false: none is that low
value = 0.00
place = "table 2"

[[claim]] # untestable: it was not trained
activation = "tanh"
value = 0.9
place = "table 3"

[[claim]] # malformed
kind = "exact"
metric = "parameters"
value = "2503"
place = "table 4"
"""
MENDED = CLAIMS.replace('"2503"', "2503")


@pytest.fixture
def check(tmp_path, capsys, large_study, monkeypatch):
    """Runs ``check --claims`` on stored trials: ``check(text) -> (exit code, stdout, stderr)``."""
    monkeypatch.chdir(tmp_path)
    with Store(tmp_path / "results" / STORE) as store:
        store.set_study(large_study)
        for dataset, keys in groupby(large_study.keys(), key=attrgetter("dataset")):
            store.add(list(map(helpers.trial, keys)), large_study.fingerprint(dataset), seconds=1.0)

    def check(text, *options):
        Path("mine.toml").write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["check", "--claims", "mine.toml", *options])
        return ended.value.code, *capsys.readouterr()

    return check


def test_claims_of_every_kind_get_their_verdicts(check):
    code, out, err = check(MENDED)
    table, figures, _ = out.split("\n\n")
    verdicts = [re.split(r" {2,}", line)[-1] for line in table.splitlines()[2:]]

    assert (code, err) == (0, "")
    values = (
        "Of 3 published values 1 is not typical (Iris), 1 is uninformative (Iris) and 1 is not "
        "measured (Iris)."
    )
    assert figures.startswith(f"No. {values}")
    assert verdicts == ["uninformative", "not typical", "not measured", "exact"]


def test_strict_counts_the_false_claim_alone(check):
    code, _, err = check(MENDED, "--strict")

    assert (code, err) == (1, "1 of 4 claims fail.\n")


def test_a_malformed_claim_is_named_and_nothing_is_judged(check):
    code, out, err = check(CLAIMS)

    assert (code, out) == (2, "")
    assert err == (
        "adaact-bench: mine.toml, line 26, key 'value': expected a number. Received: '2503'.\n"
    )


def test_the_pages_example_has_a_claim_of_each_kind():
    claims = parse_claims(EXAMPLE).claims

    assert [claim.kind for claim in claims] == ["figure", "exact", "comparison"]
    assert [claim.activation for claim in claims] == ["tanh", "tanh", "adaact"]
    assert (claims[0].value, claims[0].decimals) == (0.97, 3)
    assert claims[2].text.startswith("a learned activation")


def test_the_pages_example_is_judged(check):
    code, out, _ = check(EXAMPLE)

    assert code == 0
    table, *in_words = out.split("\n\n")
    assert len(table.splitlines()) == 2 + 3
    assert len(in_words) == 3


def test_the_page_names_every_key():
    table = PAGE.partition("\n## Keys")[2].partition("\n## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(KEYS)


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


def test_a_pipe_for_a_claims_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "mine.toml")
    with pytest.raises(UserError, match="not a regular file"):
        load_claims(tmp_path / "mine.toml")


def test_an_unknown_name_is_exit_code_2_with_a_suggestion(check):
    code, out, err = check(MENDED.replace('activation = "tanh"', 'activation = "tahn"'))

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(
        "adaact-bench: mine.toml, line 19, key 'activation': unknown name 'tahn'."
    )
    assert err.endswith("Did you mean tanh?\n")


def test_the_table_says_whose_claim_it_is_and_where_it_stands(check):
    _, out, _ = check(MENDED.replace("table 2", "1.10 \\u001bc"))
    head, _, *rows = out.split("\n\n")[0].splitlines()

    assert head.split()[:4] == ["dataset", "activation", "protocol", "metric"]
    assert head.split()[-2:] == ["place", "verdict"]
    assert [row.split()[:3] for row in rows] == [
        *([["iris", "adaact", "paper"]] * 2),
        ["iris", "tanh", "paper"],
        ["iris", "adaact", "paper"],
    ]
    assert r"1.10 \x1bc" in rows[1]
