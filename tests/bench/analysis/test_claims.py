import pytest

from bench.analysis.claims import load_claims, parse_claims
from bench.errors import UserError

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


FIGURES = {
    ("banknote", "train_accuracy"): 0.991,
    ("banknote", "test_accuracy"): 0.988,
    ("banknote", "test_f1"): 0.987,
    ("mnist", "train_accuracy"): 0.931,
    ("mnist", "test_accuracy"): 0.924,
    ("mnist", "test_f1"): 0.924,
    ("iris", "train_accuracy"): 0.982,
    ("iris", "test_accuracy"): 1.0,
    ("iris", "test_f1"): 1.0,
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


def test_the_papers_figures_and_counts_are_those_of_its_results_beside_one_comparison():
    claims = load_claims().claims
    values = {(claim.dataset, claim.metric): claim.value for claim in claims[:-1]}

    assert values == FIGURES | COUNTS
    assert {claim.metric for claim in claims if claim.kind == "figure"} == {m for _, m in FIGURES}
    assert (len(claims), claims[-1].kind) == (17, "comparison")


def test_every_figure_of_the_paper_is_held_to_three_digits_and_has_its_place():
    claims = load_claims().claims

    assert {claim.decimals for claim in claims if claim.kind == "figure"} == {3}
    assert all(claim.place for claim in claims)
    assert {claim.activation for claim in claims} == {"adaact"}


def test_decimals_are_those_written_unless_stated():
    (written,) = parse_claims(GOOD).claims
    (stated,) = parse_claims(GOOD + "decimals = 2\n").claims

    assert (written.value, written.decimals) == (0.98, 3)
    assert stated.decimals == 2


def test_a_claim_may_depart_from_the_defaults():
    (claim,) = parse_claims(GOOD + 'activation = "relu"\n').claims

    assert (claim.activation, claim.protocol) == ("relu", "paper")


def test_claims_may_be_written_as_an_inline_array():
    text = """
    claim = [
      {kind = "exact", dataset = "iris", metric = "parameters", value = 9, place = "p. 1",
       activation = "adaact", protocol = "paper"},
    ]
    """
    (claim,) = parse_claims(text.replace("\n       activation", " activation")).claims

    assert (claim.kind, claim.value) == ("exact", 9.0)


def test_a_default_that_only_figures_use_does_not_disturb_a_count():
    text = GOOD.replace("[defaults]", "[defaults]\ndecimals = 3").replace("figure", "exact")

    assert parse_claims(text.replace("0.980", "63")).claims[0].decimals == 0


@pytest.mark.parametrize(
    ("change", "line", "key"),
    [
        (('kind = "figure"', 'kind = "fact"'), 9, "kind"),
        (('kind = "figure"\n', ""), 8, "kind"),
        (('dataset = "iris"', "dataset = 3"), 10, "dataset"),
        (('dataset = "iris"', 'dataset = " "'), 10, "dataset"),
        (("value = 0.980\n", ""), 8, "value"),
        (("value = 0.980", 'value = "0.980"'), 12, "value"),
        (("value = 0.980", "value = true"), 12, "value"),
        (("value = 0.980", "value = nan"), 12, "value"),
        (("value = 0.980", "value = inf"), 12, "value"),
        (("value = 0.980", "valve = 0.980"), 12, "valve"),
        (("value = 0.980", "value = 0.980\ndecimals = 1"), 13, "decimals"),
        (("value = 0.980", "value = 0.980\ndecimals = -1"), 13, "decimals"),
        (("value = 0.980", "value = 0.980\ndecimals = 16"), 13, "decimals"),
        (("value = 0.980", "value = 0.980\ndecimals = 2.0"), 13, "decimals"),
        (("value = 0.980", "value = 0.9800000000000000"), 12, "value"),
        (("[[claim]]", GOOD[GOOD.index("[[claim]]") :] + "[[claim]]"), 14, "claim"),
        (("figure", "exact"), 12, "value"),
        (("figure", "comparison"), 12, "value"),
        (
            (
                'figure"\ndataset = "iris"\nmetric = "test_accuracy',
                'comparison"\ndataset = "iris"\nmetric = "f1',
            ),
            11,
            "metric",
        ),
        (('place = "table 1"', "text = 1\nplace = 'p'"), 13, "text"),
        (("[defaults]", "[default]"), 4, "default"),
        (("[defaults]", "[defaults]\nactivatoin = 'x'"), 5, "activatoin"),
        (("[[claim]]", "[claim]"), 8, "claim"),
        (("[defaults]\n", "defaults = 1\n[more]\n"), 5, "more"),
    ],
)
def test_a_malformed_claim_is_refused_with_file_line_and_key(change, line, key):
    with pytest.raises(UserError, match=rf"^my\.toml, line {line}, key '{key}': [^\n]+$"):
        parse_claims(GOOD.replace(*change), "my.toml")


def test_the_line_is_that_of_the_claim_at_fault_not_of_its_neighbour():
    second = GOOD[GOOD.index("[[claim]]") :].replace('kind = "figure"', 'kind = "fact"')

    with pytest.raises(UserError, match="line 16, key 'kind'"):
        parse_claims(GOOD + "\n" + second)


def test_defaults_must_be_a_table():
    with pytest.raises(UserError, match="line 1, key 'defaults': expected a table"):
        parse_claims("defaults = 1\nclaim = []")


@pytest.mark.parametrize(
    ("text", "line"), [("value = 0.9.8", 1), ("\n\n[[claim]", 3), ("\n'''", 2), ("x = [", 1)]
)
def test_broken_toml_is_refused_with_its_line(text, line):
    with pytest.raises(UserError, match=rf"^my\.toml, line {line}: not valid TOML"):
        parse_claims(text, "my.toml")


def test_an_empty_file_holds_no_claims_and_is_refused():
    with pytest.raises(UserError, match="key 'claim'"):
        parse_claims("")


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    binary = tmp_path / "claims.toml"
    binary.write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "none.toml", tmp_path, binary):
        with pytest.raises(UserError, match="cannot be read as a claims file"):
            load_claims(path)


def test_a_claims_file_is_read_from_a_path(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(GOOD, encoding="utf-8")

    assert load_claims(path) == parse_claims(GOOD)
