"""Logistic regressions in the store: kept to the last bit, found again, made anew when damaged."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bench.data import DATASETS, Budget
from bench.store import Store, regressions
from tests import helpers


@pytest.fixture
def kept(filled, small_study):
    """A closed store with two of the four fits of the small study."""
    with Store(filled) as store:
        store.ceilings.add(helpers.ceiling("none"), small_study)
        store.ceilings.add(helpers.ceiling("l2"), small_study)
    return filled


def test_fits_come_back_to_the_last_bit_and_sorted(kept, small_study):
    with Store(kept) as store:
        assert store.ceilings.of(small_study) == [helpers.ceiling("l2"), helpers.ceiling("none")]


def test_a_second_arrival_of_a_fit_changes_nothing(kept, small_study):
    with Store(kept) as store:
        store.ceilings.add(helpers.ceiling("l2", test_loss=9.0), small_study)
        assert store.ceilings.of(small_study) == [helpers.ceiling("l2"), helpers.ceiling("none")]
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM ceilings").fetchone() == (2,)


def test_only_what_is_stored_is_not_missing(kept, small_study):
    with Store(kept) as store:
        assert store.ceilings.missing(small_study) == [
            ("banknote", "paper", -1, "l2"),
            ("banknote", "paper", -1, "none"),
        ]
        assert store.missing(small_study) == []


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"data": {"iris": "other", "banknote": "cd" * 32}}, 4),
        ({"versions": {"protocols": "2"}}, 4),
        ({"versions": {"protocols": "1", "scikit-learn": "9"}}, 4),
        ({"versions": {"protocols": "1", "keras": "9"}}, 2),  # decides no fit
        ({"trainer": "many-seeds", "epochs": {"iris": 1, "banknote": 1}}, 2),
    ],
)
def test_a_fit_is_made_again_only_if_something_decides_it(kept, small_study, change, again):
    with Store(kept) as store:
        assert len(store.ceilings.missing(replace(small_study, **change))) == again


def test_another_cap_or_tolerance_is_another_fit(kept, small_study, monkeypatch):
    monkeypatch.setattr(regressions, "TOLERANCE", 1e-3)
    with Store(kept) as store:
        assert len(store.ceilings.missing(small_study)) == 4
        monkeypatch.undo()
        assert len(store.ceilings.missing(small_study)) == 2
        fewer = replace(DATASETS["iris"], budget=Budget(iterations=5))
        monkeypatch.setitem(DATASETS, "iris", fewer)
        assert len(store.ceilings.missing(small_study)) == 4


@pytest.mark.parametrize(
    "change",
    [
        *("dataset = 'banknote'", "seed = 3", "penalty = 'none'", "fingerprint = 'other'"),
        *("record = replace(record, '0.', '0.1')", "record = 7", "digest = x'00'"),
        *("record = cast(x'ff' AS TEXT)", "digest = cast(x'ff' AS TEXT)"),
    ],
)
def test_a_changed_row_is_fitted_anew(kept, small_study, change):
    with closing(sqlite3.connect(kept)) as connection:
        connection.execute(f"UPDATE ceilings SET {change} WHERE penalty = 'l2'")
        connection.commit()
    with Store(kept) as store:
        assert store.damaged == []
        assert store.ceilings.of(small_study) == [helpers.ceiling("none")]
        store.ceilings.add(helpers.ceiling("l2"), small_study)
    with Store(kept) as store:
        assert store.ceilings.of(small_study) == [helpers.ceiling("l2"), helpers.ceiling("none")]


def test_a_number_that_is_none_is_refused(kept, small_study):
    with Store(kept) as store, pytest.raises(ValueError, match="JSON compliant"):
        store.ceilings.add(helpers.ceiling(train_loss=float("nan")), small_study)
