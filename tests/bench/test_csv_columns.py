"""The columns agree with the records that fill them, and with the types of what a study adds."""

from dataclasses import fields

import pytest

from bench import csv_columns
from bench.records import Trial, TrialKey


@pytest.mark.parametrize("name", ["TRIAL", "HISTORY", "ROW", "DRIFT"])
def test_a_table_names_each_column_once(name):
    names = csv_columns.names(getattr(csv_columns, name))
    assert len(set(names)) == len(names)


def test_keys_and_facts_of_a_trial_are_fields_of_its_record():
    facts = {column.name for column in csv_columns.TRIAL if column.kind == "fact"}
    assert (*csv_columns.KEY, "learning_rate") == TrialKey._fields
    assert facts <= {*(field.name for field in fields(Trial)), "learning_rate"}


def test_scores_on_the_test_set_are_those_of_the_kept_weights():
    header = [*csv_columns.names(csv_columns.TRIAL), "test_recall"]
    assert csv_columns.tested_scores(header) == ["test_accuracy", "test_f1", "test_recall"]
