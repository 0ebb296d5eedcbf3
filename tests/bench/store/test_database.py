"""What can be wrong with the file: each fault is one line that names it, or nothing is lost."""

import os
import random
import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.store import Store, database
from tests import helpers

pytestmark = pytest.mark.scorecard(2, "cases of a store that cannot be used as it is")


@contextmanager
def refused(path, *words):
    """Whatever is done here ends in one line with the file's name and these words."""
    with pytest.raises(UserError) as error:
        yield
    line = str(error.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    assert all(word in line for word in words), line


def execute(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def another_program(path):
    execute(path, "CREATE TABLE trials (seed)")


def holding(content):
    return lambda path: path.write_bytes(content)


NO_STORES = {
    "text": (holding(b"dataset,protocol,activation,seed\n" * 50), "--results"),
    "noise": (holding(random.Random(0).randbytes(5000)), "--results"),
    "two bytes": (holding(b"xy"), "--results"),
    "header alone": (holding(b"SQLite format 3\x00"), "--results"),
    "another program's": (another_program, "belongs to another program. Move it away"),
}


@pytest.mark.parametrize("case", NO_STORES)
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path, case):
    make, told = NO_STORES[case]
    path = tmp_path / "trials.sqlite"
    make(path)
    content = path.read_bytes()
    with refused(path, told):
        Store(path)
    if case == "another program's":  # which finds its table as it was, in another journal mode
        execute(path, "SELECT seed FROM trials")
    else:
        assert path.read_bytes() == content


def test_an_empty_file_becomes_a_store_and_a_missing_folder_is_made(tmp_path, small_study):
    (tmp_path / "trials.sqlite").touch()
    for path in (tmp_path / "trials.sqlite", tmp_path / "a" / "b" / "trials.sqlite"):
        with Store(path) as store:
            assert len(helpers.missing(store, small_study)) == 22


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.mkdir, ["cannot be opened", "--results"]),
        (os.mkfifo, ["a link or a pipe"]),
        (lambda path: path.symlink_to(path.with_name("another")), ["a link or a pipe"]),
        (lambda path: (path.parent.rmdir(), path.parent.touch()), ["cannot be opened"]),
    ],
)
def test_a_link_or_a_pipe_in_its_place_is_refused(tmp_path, make, words):
    path = tmp_path / "results" / "trials.sqlite"
    path.parent.mkdir()
    make(path)
    with refused(path, *words):
        Store(path)


def free_list(path, page, pages):
    """Rewrite where the file's header says that unused pages lie, and how many."""
    content = bytearray(path.read_bytes())
    content[32:40] = page.to_bytes(4, "big") + pages.to_bytes(4, "big")
    path.write_bytes(content)


CHANGED = {  # statements, where unused pages are then said to lie, and what is told
    "a newer schema": ([f"PRAGMA user_version = {database.SCHEMA + 1}"], None, "newer version"),
    "a schema below 0": (["PRAGMA user_version = -1"], None, "damaged"),
    "no table": (["DROP TABLE trials"], None, "damaged"),
    "used pages in the free list": ([], (3, 1), "damaged"),
    "pages that do not add up": (
        ["CREATE TABLE gone AS SELECT * FROM trials", "DROP TABLE gone"],
        (0, 0),
        "never used",
    ),
    "a view": (["CREATE VIEW other AS SELECT * FROM trials"], None, "trigger or view"),
    "a trigger": (
        ["CREATE TRIGGER spoil AFTER INSERT ON trials BEGIN DELETE FROM trials; END"],
        None,
        "trigger or view",
    ),
}


@pytest.mark.parametrize("case", CHANGED)
def test_what_others_have_put_into_the_store_is_refused(filled, case):
    statements, unused, word = CHANGED[case]
    execute(filled, *statements)
    if unused:
        free_list(filled, *unused)
    with refused(filled, word):
        Store(filled)


def test_a_file_locked_by_another_program_is_refused(filled, monkeypatch):
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.05)
    with closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with refused(filled, "in use"):
            Store(filled)


@pytest.fixture
def without_privileges():
    """A folder that everybody can reach; who is root here acts as nobody meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = os.geteuid() == 0
        try:
            yield Path(folder), (lambda: os.seteuid(65534)) if root else (lambda: None)
        finally:
            if root:
                os.seteuid(0)
            Path(folder).chmod(0o755)


@pytest.mark.parametrize(
    ("file", "folder"), [(0o444, 0o555), (0o444, 0o755), (0o000, 0o555), (None, 0o555)]
)
def test_what_cannot_be_written_is_refused(filled, without_privileges, file, folder):
    place, drop_privileges = without_privileges
    path = place / filled.name
    if file is not None:
        shutil.copy(filled, path)
        path.chmod(file)
    place.chmod(folder)
    drop_privileges()
    with refused(path, "--results"):
        Store(path)


@contextmanager
def no_more_pages(store):
    """SQLite's own stand-in for a full disk."""
    connection = store._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    yield
    connection.execute("PRAGMA max_page_count = 1000000000")


@contextmanager
def no_more_bytes(store):
    """The operating system refuses to let any file grow."""
    wal = store.path.with_name(store.path.name + "-wal")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_writing(store):
    """The file system was mounted anew, read-only."""
    store._connection.execute("PRAGMA query_only = ON")
    yield
    store._connection.execute("PRAGMA query_only = OFF")


@pytest.mark.parametrize(
    ("fault", "word"),
    [(no_more_pages, "disk space"), (no_more_bytes, "the disk"), (no_writing, "Allow writing")],
)
def test_a_block_that_cannot_be_written_is_not_there_and_the_next_one_is(
    tmp_path, small_study, fault, word
):
    path = tmp_path / "trials.sqlite"
    keys = [key for key in small_study.keys() if key.dataset == "iris"]  # noqa: SIM118
    first, second = keys[:4], keys[4:]
    fingerprint = small_study.fingerprint("iris")
    with Store(path) as store:
        store.add([helpers.trial(key) for key in first], fingerprint, seconds=1.0)
        with fault(store), refused(path, word):
            store.add([helpers.trial(key) for key in second] * 9, fingerprint, seconds=1.0)
        assert [trial.key for trial in store.trials(small_study)] == first
        store.add([helpers.trial(key) for key in second], fingerprint, seconds=1.0)
    with Store(path) as store:
        assert {trial.key for trial in store.trials(small_study)} == set(keys)
