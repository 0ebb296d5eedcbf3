"""The columns agree with the records that fill them, and with the types of what a study adds."""

from dataclasses import fields

import pytest

from bench import columns
from bench.records import Trial, TrialKey


@pytest.mark.parametrize("name", ["TRIAL", "HISTORY", "ROW", "DRIFT"])
def test_a_table_names_each_column_once(name):
    names = columns.names(getattr(columns, name))
    assert len(set(names)) == len(names)


def test_keys_and_facts_of_a_trial_are_fields_of_its_record():
    facts = {column.name for column in columns.TRIAL if column.kind == "fact"}
    assert (*columns.KEY, "learning_rate") == TrialKey._fields
    assert facts <= {*(field.name for field in fields(Trial)), "learning_rate"}


def test_scores_on_the_test_set_are_those_of_the_kept_weights():
    header = [*columns.names(columns.TRIAL), "test_recall"]
    assert columns.tested_scores(header) == ["test_accuracy", "test_f1", "test_recall"]
