"""What a report on somebody's own table says of it."""

from types import SimpleNamespace

import pandas as pd

from bench.reporting.inline import literal
from bench.reporting.sections import own_table as section
from tests import helpers

FIELDS = ("name", "kind", "values", "gaps", "done", "inputs")
ROWS = [
    ("class", "target", 2, 3, "2 classes", 0),
    ("patient", "group", 90, 0, "rows of one value stay on one side of every split", 0),
    ("age", "number", 60, 1, "a number; gaps at the mean of the training rows", 2),
    ("ward", "code", 4, 0, "a number, 4 whole values", 1),
    ("*case*", "id", 1_030, 0, "a number, all whole and different", 1),
    ("note", "text", 900, 9, "left out: 900 different texts, none in 10 rows or more", 0),
]
TABLE = {
    "name": "own",
    "rows": 1_030,
    "inputs": 4,
    "columns": [dict(zip(FIELDS, row, strict=True)) for row in ROWS],
    "classes": {"no": 1_000, "yes": 30},
    "positive": "yes",
    "source": "own.csv: UTF-8, a header, fields separated by commas.",
    "groups": {"column": "patient", "number": 90},
    "notes": ["3 of 1,033 rows have no class and are left out."],
}


def test_columns_are_one_line_and_cautions_one_each():
    size, classes, *others = section.described(TABLE)
    assert size == (
        "own: 1,030 rows, 4 inputs. They come from 4 columns. Left out: note. With gaps: age. "
        "Like ids: \\*case\\*. Like codes: ward."
    )
    assert classes == (
        "2 classes: no (1,000) and yes (30). Always naming the largest scores 0.9709. The "
        "positive class is yes."
    )
    assert others == [
        "Rows of one patient stay on one side of every split (90 groups).",
        TABLE["source"],
        *TABLE["notes"],
    ]


def test_many_columns_of_a_kind_are_counted():
    gappy = [{**TABLE["columns"][2], "name": f"c{n}"} for n in range(21)]
    line = section.described({**TABLE, "columns": gappy})[0]
    assert line.endswith("With gaps: c0, c1, c2, c3, c4 and 16 more.")


def test_many_classes_are_counted_alone():
    many = {str(n): 10 for n in range(section.MOST_CLASSES + 1)}
    assert section.described({**TABLE, "classes": many, "positive": ""})[1] == (
        "13 classes. Always naming the largest scores 0.0769."
    )


def test_an_activation_no_better_than_the_largest_class_is_named():
    trials = pd.DataFrame(
        {"activation": ["relu", "relu", "tanh", "tanh"], "test_accuracy": [0.98, 0.99, 0.96, 0.97]}
    )
    assert section.no_better(trials, TABLE["classes"]) == [
        "No better than always naming the largest class, by mean test accuracy: tanh (0.9650)."
    ]
    assert section.no_better(trials[:2], TABLE["classes"]) == []


def view_of(**tables):
    """A view of results on these tables, as far as the section looks at it."""
    scored = {"dataset": [*tables], "activation": "relu", "test_accuracy": 0.99}
    return SimpleNamespace(tables=tables, networks=pd.DataFrame(scored))


def test_each_column_is_a_row_of_one_table():
    _, table = section.own_columns(view_of(own=TABLE))
    heads = [column.heading for column in table.columns]
    assert heads == ["column", "kind", "values", "gaps", "inputs", "what was done"]
    assert helpers.table_rows(table) == [
        [literal(name), kind, f"{values:,}", str(gaps), str(inputs), done]
        for name, kind, values, gaps, done, inputs in ROWS
    ]


def test_without_a_table_nothing_is_told():
    assert section.own_table(view_of()) == []
    assert section.own_columns(view_of()) == []


def test_of_several_tables_the_first_screen_has_a_line_each():
    view = view_of(own=TABLE, other=TABLE | {"name": "other"})
    _, lines = section.own_table(view)
    assert [line[:12] for line in lines.items] == ["own: 1,030 r", "other: 1,030"]
    _, told, _, again, _ = section.own_columns(view)
    assert list(told.items) == section.described(TABLE)
    assert again.items[0].startswith("other")
