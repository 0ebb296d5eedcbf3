"""What a report on somebody's own table says of it."""

from bench.reporting.sections.own_table import MOST_CLASSES, described

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
