"""Results folders that somebody else made: the same report, or one line with file and place."""

import gzip
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests import helpers
from tests.bench.exports.test_table_schema import read, set_cell, write

MOST_BYTES = 256 << 20  # beyond what the program holds when it starts
PACKED = ("histories.csv.gz", "rows.csv.gz")
FILES = ("provenance.json", "trials.csv", *PACKED, "timing.json")
FORGED = "../../../forged"


def edited(name, change):
    """A case: a file with its text changed."""
    return lambda folder: write(folder / name, change(read(folder / name)))


def cell(name, column, value):
    """A case: one cell of a table's second row replaced."""
    return lambda folder: set_cell(folder / name, 3, column, value)


def field(change):
    """A case: provenance.json with something changed in it."""

    def change_text(text):
        record = json.loads(text)
        change(record)
        return json.dumps(record)

    return edited("provenance.json", change_text)


def instead(name, make):
    """A case: something else in the place of a file."""

    def case(folder):
        (folder / name).unlink()
        make(folder / name)

    return case


def linked(path):
    path.symlink_to(path.parents[1] / "victim" / "file")


def bomb(path):
    with gzip.open(path, "wb", 1) as stream:
        for _ in range(1024):
            stream.write(bytes(1 << 20))


def outside(name):
    """A case: a folder of the report's that leads out of the results folder."""
    return lambda folder: (folder / name).symlink_to(folder.parent / "victim")


def doubled(text):
    return text + text.splitlines(keepends=True)[-1]


REFUSED = {
    "accuracy of 97.4": cell("trials.csv", "test_accuracy", "97.4"),
    "endless seed": cell("trials.csv", "seed", "9" * 5_000),
    "NUL": cell("trials.csv", "trainer", "\0"),
    "text among losses": cell("histories.csv.gz", "loss", "low"),
    "more test rows than rows": cell("rows.csv.gz", "row", "151"),
    **{f"a row twice in {name}": edited(name, doubled) for name in ("trials.csv", *PACKED)},
    "forged name in trials": edited("trials.csv", lambda t: t.replace("iris", FORGED)),
    "forged name in provenance": edited("provenance.json", lambda t: t.replace("iris", FORGED)),
    "no study": field(lambda record: record.pop("study")),
    "half a record": edited("provenance.json", lambda text: text[: len(text) // 2]),
    "brackets without end": edited("provenance.json", lambda _: "[" * 100_000),
    "UTF-16": instead("trials.csv", lambda path: path.write_bytes("a,b\n".encode("utf-16"))),
    "noise": instead("rows.csv.gz", lambda path: path.write_bytes(bytes(range(256)))),
    "not packed": instead("histories.csv.gz", lambda path: path.write_text("dataset\n")),
    **{f"a bomb for {name}": instead(name, bomb) for name in PACKED},
    **{f"a pipe for {name}": instead(name, os.mkfifo) for name in FILES},
    **{f"a folder for {name}": instead(name, Path.mkdir) for name in FILES[:2]},
    **{f"a link for {name}": instead(name, linked) for name in FILES},
    "two tables of trials": lambda folder: write(
        folder / "trials.csv.gz", read(folder / "trials.csv")
    ),
    "figures elsewhere": outside("figures"),
    "tables elsewhere": outside("tables"),
    "a pipe for the store": lambda folder: os.mkfifo(folder / "trials.sqlite"),
    "a link for the store": lambda folder: linked(folder / "trials.sqlite"),
    "noise for the store": lambda folder: (folder / "trials.sqlite").write_bytes(b"noise" * 999),
    "a pipe for the report": lambda folder: os.mkfifo(folder / "report.md"),
    "a folder for the report": lambda folder: (folder / "report.md").mkdir(),
}
HARMLESS = {
    "a link for the report": lambda folder: linked(folder / "report.md"),
    "a link for its draft": lambda folder: linked(folder / ".report.md.partial"),
    "a link for the draft of a claim": lambda folder: linked(folder / ".claims.csv.partial"),
    "Windows line ends": edited("trials.csv", lambda text: text.replace("\n", "\r\n")),
    "a byte order mark": edited("trials.csv", lambda text: f"\ufeff{text}"),
    "a field nobody knows": field(lambda record: record.update(more=1)),
}
SHORT = [*list(REFUSED)[::5], "tables elsewhere"]


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    folder = tmp_path_factory.mktemp("right") / "results"
    helpers.results_folder(folder, seeds={"iris": 3}, protocols=("paper", "held-out"), timing=True)
    return folder


@pytest.fixture
def tried(starter, right, tmp_path):
    """Makes the report of the folder after a change: ``tried(change) -> (ended, victim)``."""

    def tried(change, *options):
        shutil.copytree(right, tmp_path / "results")
        victim = tmp_path / "victim"
        victim.mkdir()
        (victim / "file").write_text("a victim")
        change(tmp_path / "results")
        ended = starter.run(tmp_path, "report", "--html", *options, memory=MOST_BYTES)
        assert [path.name for path in victim.iterdir()] == ["file"]
        assert (victim / "file").read_text() == "a victim"
        assert {path.name for path in tmp_path.iterdir()} == {
            *("results", "victim", "log", "out", "err")
        }
        return ended

    return tried


@pytest.mark.scorecard(12, "results folders of others")
@pytest.mark.parametrize("case", helpers.few(REFUSED, SHORT))
def test_a_wrong_folder_is_one_line_with_the_file(tried, case):
    ended = tried(REFUSED[case])
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1), ended.err
    assert re.search(r"results/[\w.]+", ended.err)


@pytest.fixture(scope="module")
def report(starter, right, tmp_path_factory):
    """The report of the folder as it is."""
    folder = tmp_path_factory.mktemp("report")
    shutil.copytree(right, folder / "results")
    assert starter.run(folder, "report").code == 0
    return (folder / "results" / "report.md").read_bytes()


@pytest.mark.scorecard(12, "results folders of others")
@pytest.mark.parametrize("case", helpers.few(HARMLESS, [*HARMLESS][:1]))
def test_what_changes_nothing_changes_no_report(tried, report, tmp_path, case):
    ended = tried(HARMLESS[case])
    assert ended.code == 0, ended.err
    assert (tmp_path / "results" / "report.md").read_bytes() == report
