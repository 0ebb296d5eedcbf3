"""A store with flipped bits or cut short is refused, or names what it lost; no trial is wrong."""

import random
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from bench.errors import UserError
from bench.store import Store
from tests import helpers

LONG = 500


@pytest.fixture
def live(filled, small_study, tmp_path):
    """A store as kill -9 leaves it: the last block is in the log (-wal) alone.

    Returns the files by suffix.
    """
    path = tmp_path / "live" / filled.name
    with Store(path) as store:
        store.set_study(small_study)
        for dataset in small_study.datasets:
            keys = [key for key in small_study.keys() if key.dataset == dataset]  # noqa: SIM118
            fingerprint = small_study.fingerprint(dataset)
            store.add(list(map(helpers.trial, keys)), fingerprint, seconds=1.0)
            if dataset == "iris":
                store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        kept = {name: path.with_name(name).read_bytes() for name in (path.name, f"{path.name}-wal")}
    assert all(len(content) > 10_000 for content in kept.values())
    return kept


def check(path, small_study, contents):
    """Open a damaged store; what it gives back is right, and what it lacks can be added.

    Returns how the damage ended: ``refused``, ``detected``, ``missing`` or ``identical``.
    """
    keys = small_study.keys()
    try:
        with Store(path) as store:
            damaged, missing = store.notes, helpers.missing(store, small_study)
            stored = list(store.trials(small_study))
            for key in missing:
                store.add([helpers.trial(key)], small_study.fingerprint(key.dataset), seconds=1.0)
    except UserError as error:
        line = str(error)
        assert re.fullmatch(f"{path}.+", line)
        return "refused"
    assert all(line.startswith(str(path)) for line in damaged)
    assert contents(stored) == contents(
        [helpers.trial(key) for key in sorted(set(keys) - set(missing))]
    )
    with Store(path) as store:
        assert store.notes == []
        assert contents(store.trials(small_study)) == contents(map(helpers.trial, sorted(keys)))
        assert store._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return "detected" if damaged else "missing" if missing else "identical"


def flipped(content, rng):
    """A file with one bit flipped, and where."""
    at, bit = rng.randrange(len(content)), rng.randrange(8)
    return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :], f"{at}, bit {bit}"


def cut(content, rng):
    """A file that ends early, and where."""
    at = rng.randrange(len(content))
    return content[:at], str(at)


@pytest.mark.scorecard(2, "flips and cuts of the store")
@pytest.mark.parametrize(
    "case",
    [(flipped, LONG, {"detected", "missing", "identical"}), (cut, LONG // 2, {"missing"})],
)
@pytest.mark.parametrize("share", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_a_damaged_file_never_makes_a_wrong_trial(
    live, small_study, contents, tmp_path, case, share, record_property
):
    damage, most, ends = case
    count, found = most // share, set()
    rng = random.Random(count)
    for number in range(count):
        folder = tmp_path / str(number)
        folder.mkdir()
        name = rng.choice(list(live))
        damaged, where = damage(live[name], rng)
        print(f"{damage.__name__} {number}: {name} at byte {where}")  # noqa: T201 (on failure)
        for other, content in (live | {name: damaged}).items():
            (folder / other).write_bytes(content)
        found.add(check(folder / "trials.sqlite", small_study, contents))
        shutil.rmtree(folder)
    assert ends <= found
    record_property("tried", count)


def spoil(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement).rowcount == 1
        connection.commit()


@pytest.mark.parametrize(
    "change",
    [
        *("dataset = 'mnist'", "activation = 'tanh'", "seed = 77", "fingerprint = 'other'"),
        *("split = 3", "learning_rate = 0.01"),
        *("status = 'failed'", "record = replace(record, '0.', '0.1')", "seconds = seconds + 1"),
        *("history = zeroblob(length(history))", "outcomes = x'00'", "attempts = 9", "digest = 7"),
        *("record = 7", "history = 'text'", "record = cast(x'ff' AS TEXT)"),
    ],
)
def test_a_changed_value_is_detected_and_its_trial_alone_is_missing(
    filled, small_study, contents, change
):
    spoil(filled, f"UPDATE trials SET {change} WHERE rowid = 7")
    with Store(filled) as store:
        (line,) = store.notes
        missing = helpers.missing(store, small_study)
        assert len(missing) == 1
        expected = set(small_study.keys()) - set(missing)
        assert contents(store.trials(small_study)) == contents(map(helpers.trial, sorted(expected)))
    assert line.startswith(f"{filled}: the row of ")
    assert re.search("seed .* does not match its digest; the trial counts as missing$", line)


def test_a_trial_whose_key_turned_into_another_ones_does_not_hide_it(filled, small_study):
    with closing(sqlite3.connect(filled)) as connection:
        # Without its unique index the table takes the same key twice, as a flipped bit makes it.
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("CREATE TABLE copy AS SELECT * FROM trials")
        connection.execute("UPDATE copy SET seed = 3 WHERE rowid = 2")
        connection.execute("DROP TABLE trials")
        connection.execute("ALTER TABLE copy RENAME TO trials")
        connection.commit()
    with Store(filled) as store:
        assert len(store.notes) == 1
        assert [key.seed for key in helpers.missing(store, small_study)] == [1]


def test_a_damaged_study_is_forgotten(filled):
    spoil(filled, "UPDATE study SET asked = replace(asked, 'relu', 'tanh')")
    with Store(filled) as store:
        assert store.last_study() is None


def test_an_index_out_of_step_with_its_table_is_made_anew(filled, small_study, contents):
    with closing(sqlite3.connect(filled)) as connection:
        root, size = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master "
            "WHERE name = 'sqlite_autoindex_trials_1'"
        ).fetchone()
    content = filled.read_bytes()
    at = content.index(b"banknote", (root - 1) * size, root * size)
    filled.write_bytes(content[:at] + b"zanknote" + content[at + 8 :])
    assert check(filled, small_study, contents) == "identical"
