import math
import os
from dataclasses import replace

import numpy as np
import pytest

from bench.csv_columns import TRIAL
from bench.errors import UserError
from bench.exports.reading import load
from bench.records import Trial
from tests import helpers


def test_frames_come_back_with_their_types(mixed):
    results = load(mixed)
    trials = results.trials
    assert len(trials) == results.provenance["study"]["asked"] == 22
    assert trials["constant"].dtype == bool
    assert trials["seed"].dtype == "int64"
    assert trials["parameters"].dtype == trials["epochs"].dtype == "Int64"
    assert trials["test_accuracy_stopped_on_test"].dtype == "float64"
    for column in TRIAL:
        if column.type == "text":
            assert all(isinstance(text, str) for text in trials[column.name]), column
    for panel, epochs in results.histories.items():
        assert (epochs[["dataset", "protocol"]] == list(panel)).all(axis=None)
        assert epochs["seed"].dtype == epochs["epoch"].dtype == "int64"
    ran = trials[trials["status"] != "failed"]
    assert results.histories.keys() == set(zip(ran["dataset"], ran["protocol"], strict=True))
    assert sum(map(len, results.histories.values())) == ran["epochs"].sum()
    assert set(results.rows.dtypes[-3:].astype(str)) == {"int64"}
    assert results.timing is None


def test_whole_numbers_without_gaps_are_plain_integers(exported, small_study):
    trials = load(exported(helpers.trials(small_study))).trials
    assert trials["epochs"].dtype == trials["parameters"].dtype == "int64"


def test_the_frame_says_what_the_trials_said(exported, small_study):
    trial = helpers.trial(small_study.keys()[6])
    results = load(exported([trial]))
    row = results.trials.iloc[0]
    assert (row["dataset"], row["activation"], row["seed"]) == ("iris", "adaact", 0)
    for name, value in {**trial.scores, **trial.parameters, **trial.coefficients}.items():
        assert row[name] == value, name
    assert row["constant"] == trial.constant
    (epochs,) = results.histories.values()
    np.testing.assert_allclose(epochs["k0_1"], trial.history["k0_1"], rtol=1e-5)
    assert results.rows["seeds_tested"].sum() == 38
    assert results.rows["seeds_correct"].sum() == (trial.outcomes == 1).sum()


REASONS = ["nan", "NA", "None", "", "null", "7", 'no\nroom, "of\r\n 5"\x85\udcff']


def test_numbers_and_reasons_come_back_exactly(exported, small_study):
    keys = sorted(small_study.keys())[: len(REASONS)]
    rng = np.random.default_rng(0)
    values = [5e-324, 0.1 + 0.2, 1e23, 2.0**53 + 2, 1.7976931348623157e308, *rng.random(2)]
    trials = [
        replace(trial, reason=reason, scores={**trial.scores, "test_loss": value})
        for trial, reason, value in zip(map(helpers.trial, keys), REASONS, values, strict=True)
    ]
    frame = load(exported(trials)).trials
    assert frame["test_loss"].tolist() == values
    assert frame["reason"].tolist() == [*REASONS[:-1], 'no room, "of 5" \\udcff']


def test_what_left_the_finite_numbers_comes_back_as_it_was(exported, small_study):
    history = {"loss": (1.0, math.inf, math.nan)}
    trial = Trial(small_study.keys()[0], "keras", "diverged", epochs=3, history=history)
    (epochs,) = load(exported([trial])).histories.values()
    np.testing.assert_array_equal(epochs["loss"], history["loss"])


def test_a_study_without_trials_comes_back_empty(exported):
    results = load(exported([]))
    assert len(results.trials) == len(results.histories) == len(results.rows) == 0
    assert results.provenance["finished"] is None


FAULTS = {
    "missing": ("trials.csv", lambda path, _: path.unlink()),
    # Half a line of a plain table looks like a whole one; half a header can.
    "cut header": ("trials.csv", lambda path, content: path.write_bytes(content[:40])),
    "cut": ("rows.csv.gz", lambda path, content: path.write_bytes(content[: len(content) // 2])),
    "flipped bit": (
        "histories.csv.gz",
        lambda path, content: path.write_bytes(
            content[:-300] + bytes([content[-300] ^ 4]) + content[-299:]
        ),
    ),
    "noise": ("provenance.json", lambda path, _: path.write_bytes(bytes(range(128, 256)) * 9)),
    "folder": ("histories.csv.gz", lambda path, _: (path.unlink(), path.mkdir())),
    "pipe": ("rows.csv.gz", lambda path, _: (path.unlink(), os.mkfifo(path))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_is_not_what_was_exported_is_named_in_one_line(mixed, fault):
    name, make = FAULTS[fault]
    make(mixed / name, (mixed / name).read_bytes())
    with pytest.raises(UserError) as error:
        load(mixed)
    line = str(error.value)
    assert line.startswith(str(mixed / name))
    assert "`adaact-bench run`" in line
    assert "\n" not in line
