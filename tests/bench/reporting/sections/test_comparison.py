"""Adaact against the fixed activations: words, marks and sentences."""

import pandas as pd
import pytest

from bench.analysis.judging import REPEATS
from bench.reporting.columns import CAPPED
from bench.reporting.sections import comparison
from tests import helpers

NAN = float("nan")


def family(*verdicts, capped=()):
    """Rows of ``analysis.headline``: ``("iris", "relu", "worse")``."""
    rows = [
        {"dataset": dataset, "reference": reference, "verdict": verdict}
        | {"method": "adaact", "metric": "test_accuracy", "margin": 0.01, "excluded": ""}
        | {"estimate": -0.0125, "low": -0.02, "high": -0.005, "splits": 50, "seeds": 40}
        | {"p_difference_holm": 0.0312, "p_equivalent_holm": 0.4, "sign": ""}
        for dataset, reference, verdict in verdicts
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(capped=frame["reference"].isin(capped))


@pytest.mark.parametrize(
    ("verdicts", "word"),
    [
        (["better", "better"], "Yes."),
        (["better", "equivalent"], "In part."),
        (["better", "undecided"], "In part."),
        (["better", "worse", "undecided"], "It depends."),
        (["worse", "undecided"], "No."),
        (["equivalent", "equivalent"], "No."),
        (["equivalent", "undecided"], "Undecided."),
        (["undecided"], "Undecided."),
        (["better", "not measured"], "Yes."),
    ],
)
def test_the_answer_in_a_word(verdicts, word):
    rows = family(*[("iris", f"r{n}", verdict) for n, verdict in enumerate(verdicts)])
    # A model of scikit-learn is no activation and does not change the answer.
    rows = pd.concat([rows, family(("iris", "majority-class", "better"))])
    assert comparison.verdict_sentence(rows).startswith(f"**{word}** In ")


def test_every_comparison_is_counted_under_its_verdict():
    rows = family(
        ("banknote", "relu", "worse"),
        ("banknote", "linear", "equivalent"),
        ("iris", "relu", "worse"),
        ("iris", "tanh", "undecided"),
        ("iris", "linear", "better"),
        ("mnist", "relu", "not measured"),
    )
    assert comparison.verdict_sentence(rows) == (
        "**It depends.** In 6 comparisons on held-out data Adaact is better in 1 (Iris: linear), "
        "worse in 2 (Bank Note: relu; Iris: relu), equivalent (the gap is too small to matter) in "
        "1 (Bank Note: linear), undecided in 1 (Iris: tanh) and not measured in 1 (MNIST: relu)."
    )


@pytest.mark.parametrize(
    ("verdict", "sign", "capped", "told"),
    [
        ("equivalent", "worse", ["relu"], "**equivalent (worse) †**"),
        ("equivalent", "", [], "**equivalent**"),
        ("better", "better", ["relu"], "**better †**"),
    ],
)
def test_a_verdict_has_the_side_of_an_equivalence_and_the_mark_of_the_cap(
    verdict, sign, capped, told
):
    rows = family(("mnist", "relu", verdict), ("mnist", "tanh", verdict), capped=capped)
    table = comparison.headline_table(rows.assign(sign=sign))
    assert helpers.table_rows(table)[0][-1] == told
    text = comparison.verdict_sentence(rows)
    assert (f"(MNIST: relu{'†' if capped else ''} and tanh)") in text
    assert text.endswith(CAPPED) == bool(capped)


def undecided(**changes):
    row = {"dataset": "iris", "method": "adaact", "reference": "relu", "excluded": ""}
    row |= {"limit_half_width": 0.0123, "reason": "", "design": "resplit", "table_part": 1e-4}
    row |= dict.fromkeys(["splits_needed", "rows_needed", "rows_needed_low"], NAN)
    return comparison.would_decide(row | {"rows_needed_high": NAN, "capped": False} | changes)


def test_what_would_decide_an_undecided_comparison_is_told():
    assert undecided(splits_needed=312.0) == (
        "Iris, relu: undecided. About 300 splits would decide it, if gap and spread stay as they "
        "are."
    )
    excluded = undecided(splits_needed=40.0, excluded="better")
    assert "; that Adaact is better by more than the margin is excluded. About 40" in excluded
    limit = "can't decide it: the interval would keep a half width of 0.0123."
    assert undecided() == f"Iris, relu: undecided. More splits or seeds {limit}"
    assert undecided(reason="2 of 3 splits") == "Iris, relu: undecided: 2 of 3 splits."
    assert "About 40 trials" in undecided(splits_needed=40.0, design=REPEATS)
    shared = undecided(seed_part=1e-3, capped=True)
    assert shared == f"Iris, relu: undecided †. More splits {limit} More seeds could."


def against(verdicts, metric="test_accuracy"):
    """Rows of three activations against relu."""
    rows = family(*(("iris", "relu", verdict) for verdict in verdicts))
    return rows.assign(method=["adaact", "mine:small", "tanh"], metric=metric)


@pytest.mark.parametrize(
    ("verdicts", "word"),
    [
        (["better", "worse", "undecided"], "Yes."),
        (["worse", "undecided", "equivalent"], "Undecided."),
        (["worse", "equivalent", "not measured"], "No."),
    ],
)
def test_the_answer_against_one_that_was_named_is_about_all_others(verdicts, word):
    told = comparison.verdict_sentence(against(verdicts), "relu")
    assert told.startswith(f"**{word}** In 3 comparisons with relu on held-out data the other one")
    assert f"{verdicts[0]} in 1 (Iris: Adaact)" in told


def test_a_loss_has_its_sign_turned_round_and_says_so():
    rows = against(["worse"] * 3, "test_loss")
    assert (
        "The gap is each one's mean test log-loss (nats) minus relu's, with the sign turned round: "
        "a positive gap is better."
    ) in comparison.family(rows)
    assert comparison.headline_table(rows).columns[1].heading == "against relu"
    table = comparison.headline_table(against(["worse"] * 3))
    assert table.columns[1].heading == "minus relu"
