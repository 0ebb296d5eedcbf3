import json
import math
import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.columns import TRIAL
from bench.errors import UserError
from bench.exports.reading import load
from bench.records import Trial
from tests import helpers


def test_frames_come_back_with_their_types(mixed):
    results = load(mixed)
    trials = results.trials
    assert len(trials) == 22
    assert trials["constant"].dtype == bool
    assert trials["seed"].dtype == "int64"
    assert trials["parameters"].dtype == trials["epochs"].dtype == "Int64"
    assert (
        trials["test_accuracy"].dtype == trials["test_accuracy_stopped_on_test"].dtype == "float64"
    )
    for column in TRIAL:
        if column.type == "text":
            assert all(isinstance(text, str) for text in trials[column.name]), column
    for (dataset, protocol), epochs in results.histories.items():
        assert (epochs["dataset"] == dataset).all()
        assert (epochs["protocol"] == protocol).all()
        assert epochs["seed"].dtype == epochs["epoch"].dtype == "int64"
    ran = trials[trials["status"] != "failed"]
    assert results.histories.keys() == set(zip(ran["dataset"], ran["protocol"], strict=True))
    assert sum(map(len, results.histories.values())) == ran["epochs"].sum()
    assert set(results.rows.dtypes[-3:].astype(str)) == {"int64"}
    assert results.provenance["study"]["asked"] == 22
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(
    st.lists(st.floats(0, allow_nan=False, allow_infinity=False), min_size=1, max_size=6),
    st.text(max_size=20),
)
def test_numbers_and_reasons_come_back_exactly(exported, small_study, values, reason):
    keys = small_study.keys()
    made = [helpers.trial(key, reason=reason) for key in keys[: len(values)]]
    trials = [
        replace(trial, scores={**trial.scores, "test_loss": value})
        for trial, value in zip(made, values, strict=True)
    ]
    frame = load(exported(trials)).trials
    assert frame["test_loss"].tolist() == values
    assert set(frame["reason"]) == {" ".join(reason.split())}


@pytest.mark.parametrize("reason", ["nan", "NA", "None", "", "null", "7"])
def test_a_reason_stays_the_text_that_it_is(exported, small_study, reason):
    trial = Trial(small_study.keys()[0], "keras", "failed", reason=reason)
    assert load(exported([trial])).trials["reason"].tolist() == [reason]


def test_what_left_the_finite_numbers_comes_back_as_it_was(exported, small_study):
    history = {"loss": (1.0, math.inf, math.nan)}
    trial = Trial(small_study.keys()[0], "keras", "diverged", epochs=3, history=history)
    (epochs,) = load(exported([trial])).histories.values()
    loss = epochs["loss"].tolist()
    assert loss[:2] == [1.0, math.inf]
    assert math.isnan(loss[2])


def test_a_study_without_trials_comes_back_empty(exported):
    results = load(exported([]))
    assert len(results.trials) == len(results.histories) == len(results.rows) == 0


def test_timing_is_read_where_it_is(mixed):
    (mixed / "timing.json").write_text(json.dumps({"benchmarks": []}))
    assert load(mixed).timing == {"benchmarks": []}


@pytest.mark.parametrize(
    "name", ["trials.csv", "histories.csv.gz", "rows.csv.gz", "provenance.json"]
)
@pytest.mark.parametrize("fault", ["missing", "cut", "noise", "folder", "pipe"])
def test_a_file_that_is_not_what_was_exported_is_named_in_one_line(mixed, name, fault):
    path = mixed / name
    content = path.read_bytes()
    path.unlink()
    if fault == "folder":
        path.mkdir()
    elif fault == "pipe":
        os.mkfifo(path)
    elif fault == "cut":
        # Half a line of a plain table looks like a whole one; half a header can.
        path.write_bytes(content[: 40 if path.suffix == ".csv" else len(content) // 2])
    elif fault == "noise":
        path.write_bytes(bytes(range(128, 256)) * 9)
    with pytest.raises(UserError) as error:
        load(mixed)
    line = str(error.value)
    assert line.startswith(str(path))
    assert "`adaact-bench run`" in line
    assert "\n" not in line


def test_a_flipped_bit_in_a_compressed_file_is_found(mixed):
    path = mixed / "histories.csv.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)
    with pytest.raises(UserError, match="histories"):
        load(mixed)
