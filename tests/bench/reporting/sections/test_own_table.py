"""What a report on somebody's own table says of it."""

import re

from bench.reporting.sections import method
from bench.reporting.sections.own_table import MOST_CLASSES, described
from bench.study import TABLE_PROTOCOL
from bench.training import networks
from bench.training.protocols import PROTOCOLS

TABLE = {
    "name": "own",
    "rows": 1_030,
    "columns": 7,
    "classes": {"no": 1_000, "yes": 30},
    "notes": ["age: 1 of 1030 values are missing."],
}


def test_size_classes_and_notes_are_told():
    assert described(TABLE) == [
        "own: 1,030 rows, 7 inputs.",
        "2 classes: no (1,000) and yes (30). Always predicting the largest class scores 0.9709.",
        *TABLE["notes"],
    ]


def test_without_a_table_nothing_is_told():
    assert described(None) == []


def test_many_classes_are_counted_alone():
    many = {str(n): 10 for n in range(MOST_CLASSES + 1)}
    assert described({**TABLE, "classes": many})[1] == (
        "13 classes. Always predicting the largest class scores 0.0769."
    )


def test_the_method_is_the_one_that_is_used():
    lines = method.lines({"epochs": {"own": None}, "hidden": [64, 32]})
    text = " ".join(" ".join(lines).split())
    recipe = networks.DEFAULT
    widths = re.search(r"hidden layers of (\d+) and (\d+) units", text).groups()
    assert tuple(map(int, widths)) == (64, 32)
    assert f"with {recipe.optimizer} in batches of {recipe.batch_size} rows" in text
    assert f"at most {recipe.epochs} epochs" in text
    assert f"has not fallen for {recipe.patience}." in text
    assert PROTOCOLS[TABLE_PROTOCOL].standardise
    assert "the paper" not in text
    capped = method.lines({"epochs": {"own": 3}, "hidden": [64, 32]})
    assert any("capped (own 3)" in line for line in capped)
    assert "for at most 3 epochs" in " ".join(capped[0].split())
