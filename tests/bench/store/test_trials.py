import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bench.errors import UserError
from bench.records import Trial
from bench.store import Look, Store
from tests import helpers


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "trials.sqlite") as store:
        yield store


@pytest.fixture
def keys(small_study):
    return small_study.keys()


@pytest.fixture
def iris(small_study):
    """The fingerprint of the small study's trials on Iris."""
    return small_study.fingerprint("iris")


def test_only_what_is_missing_is_named_in_the_order_asked(store, small_study, keys, iris):
    store.add([helpers.trial(keys[3]), helpers.trial(keys[1])], iris, seconds=1.0)
    assert helpers.missing(store, small_study) == [keys[0], keys[2], *keys[4:]]


def test_a_study_sees_its_own_seeds_and_cells_alone(filled, small_study, keys):
    part = replace(small_study, activations=("relu",), seeds={"iris": (4, 2, 99), "banknote": ()})
    with Store(filled) as store:
        assert [trial.key for trial in store.trials(part)] == [keys[2], keys[4]]
        assert [key.seed for key in helpers.missing(store, part)] == [99]


def test_the_names_are_those_of_the_study_s_trials_alone(filled, small_study):
    without = replace(small_study, activations=("relu",))
    with Store(filled) as store:
        for study in (small_study, without):
            trials = list(store.trials(study))
            for part, names in store.names(study).items():
                assert names == {name for trial in trials for name in getattr(trial, part)}
        assert store.names(small_study)["coefficients"] > store.names(without)["coefficients"]


@pytest.mark.parametrize("status", ["ok", "diverged"])
def test_a_final_trial_is_done_and_stays(store, small_study, keys, contents, iris, status):
    first = helpers.trial(keys[0], status)
    store.add([first], iris, seconds=1.0)
    for other in ("ok", "diverged", "failed"):
        store.add([replace(helpers.trial(keys[0], other), trainer="other")], iris, seconds=1.0)
    assert keys[0] not in helpers.missing(store, small_study)
    assert contents(store.trials(small_study)) == contents([first])


def test_a_failed_trial_is_kept_with_its_reason_and_tried_again(
    store, small_study, keys, contents, iris
):
    failed = helpers.trial(keys[0], "failed")
    store.add([failed], iris, seconds=4.0, attempts=3)
    assert helpers.missing(store, small_study) == keys
    assert contents(store.trials(small_study)) == contents([failed])
    store.add([helpers.trial(keys[0])], iris, seconds=1.5)
    assert helpers.missing(store, small_study) == keys[1:]
    assert contents(store.trials(small_study)) == contents([helpers.trial(keys[0])])
    (effort,) = store.effort(small_study)
    assert (effort.status, effort.attempts, effort.seconds) == ("ok", 4, 5.5)


def test_a_block_with_a_bad_trial_is_not_stored_at_all(store, small_study, keys, iris):
    bad = Trial(keys[1], "keras", "ok", scores={"test_f1": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        store.add([helpers.trial(keys[0]), bad], iris, seconds=1.0)
    assert helpers.missing(store, small_study) == keys


def test_a_wrong_use_of_the_store_is_not_passed_off_as_a_fault_of_the_file(store, small_study):
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        helpers.missing(store, small_study)


def test_both_fingerprints_of_one_key_are_kept(filled, small_study, keys):
    other = replace(small_study, epochs={"iris": 2, "banknote": 3})
    with Store(filled) as store:
        assert {trial.key.dataset for trial in store.trials(other)} == {"banknote"}
        store.add([Trial(keys[0], "keras", "diverged")], other.fingerprint("iris"), seconds=1.0)
        assert len(helpers.missing(store, other)) == 11
        assert {trial.status for trial in store.trials(small_study)} == {"ok"}


def test_the_study_last_asked_for_is_kept(filled, small_study):
    later = replace(small_study, activations=("tanh",))
    with Store(filled) as store:
        assert store.last_study() == small_study
        store.set_study(later)
        assert store.last_study() == later


def test_looks_are_kept_in_their_order_and_a_changed_one_is_refused(tmp_path, small_study):
    path = tmp_path / "trials.sqlite"
    looks = [
        Look(1, small_study, "2026-01-01T00:00:00+00:00", 0.05 / 3, {"verdicts": ["undecided"]}),
        Look(2, replace(small_study, activations=("relu",)), "2026-01-02", 0.02, {"n": 1}),
    ]
    with Store(path) as store:
        for look in looks:
            store.add_look(look)
        assert store.looks() == looks
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE looks SET level = 0.001 WHERE look = 2")
        connection.commit()
    with Store(path) as store, pytest.raises(UserError, match="look does not match its digest"):
        store.looks()
