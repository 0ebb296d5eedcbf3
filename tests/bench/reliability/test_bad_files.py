"""Data files that are wrong, given to ``run`` and ``compare``: one line, nothing trained.

With ``run``, a small table stands in for the real one, so that a wrong file differs from the right
one in nothing but its fault. The tables are tried a second time as a user's own.
"""

import gzip
import os
import re

import numpy as np
import pytest

from tests import helpers

TABLE = "banknote_authentication.csv"
GOOD = "3.6216,8.6661,-2.8073,-0.44699,"
ROWS = [GOOD + "0"] * 762 + [GOOD + "1"] * 610
MOST_BYTES = 128 * 2**20  # beyond what the program holds when it starts


def table(rows):
    return {TABLE: "\n".join(rows).encode()}


def with_row(row):
    """The table, one row in its middle replaced."""
    return lambda: table([*ROWS[:699], row, *ROWS[700:]])


TABLES = {
    **{
        name: with_row(row)
        for name, row in {
            "short row": "1,2,3,0",
            "long row": "1,2,3,4,5,0",
            "one field": "1",
            "blank row": "",
            "row of spaces": "   ",
            "quoted field": '"1",2,3,4,0',
            "quoted comma": '"1,2",3,4,0',
            "quoted line break": '1,2,3,"4\n",0',
            "unclosed quote": '"1,2,3,4,0',
            "nan": "1,2,nan,4,0",
            "NaN": "1,2,NaN,4,0",
            "inf": "1,inf,3,4,0",
            "-Infinity": "-Infinity,2,3,4,0",
            "beyond float64": "1,2,3,1e999,0",
            "beyond float32": "1,1e39,3,4,0",
            "text": "1,2,three,4,0",
            "underscore": "1_0,2,3,4,0",
            "hexadecimal": "0x1,2,3,4,0",
            "other digits": "١,2,3,4,0",
            "empty field": "1,2,3,,0",
            "label 2": "1,2,3,4,2",
            "label -1": "1,2,3,4,-1",
            "label 0.0": "1,2,3,4,0.0",
            "no label": "1,2,3,4,",
            "label in words": "1,2,3,4,forged",
            "semicolons": "1;2;3;4;0",
            "tabs": "1\t2\t3\t4\t0",
            "NUL": "1,2,\0,4,0",
            "endless field": "x" * 200_000 + ",2,3,4,0",
        }.items()
    },
    "empty file": lambda: {TABLE: b""},
    "line break alone": lambda: {TABLE: b"\n"},
    "blank last row": lambda: table([*ROWS, "", ""]),
    "header": lambda: table(["variance,skewness,curtosis,entropy,class", *ROWS]),
    "byte order mark": lambda: {TABLE: b"\xef\xbb\xbf" + table(ROWS)[TABLE]},
    "UTF-16": lambda: {TABLE: "\n".join(ROWS).encode("utf-16")},
    "noise": lambda: {TABLE: np.random.default_rng(0).bytes(50_000)},
    "web page": lambda: {TABLE: b"<!DOCTYPE html>\n<title>404</title>\n"},
    "compressed": lambda: {TABLE: gzip.compress(table(ROWS)[TABLE])},
    "row missing": lambda: table(ROWS[1:]),
    "row doubled": lambda: table([*ROWS, ROWS[-1]]),
    "class missing": lambda: table([ROWS[0]] * len(ROWS)),
    "half of it": lambda: {TABLE: table(ROWS)[TABLE][: 600 * len(ROWS[0])]},
    "huge": lambda: {TABLE: b"1,2,3,4,0\n" * 10_000_000},
    "directory": lambda: {TABLE: None},
    "pipe": lambda: {TABLE: os.mkfifo},
}

SHORT = list(TABLES)[::9]


def place(folder, files):
    folder.mkdir()
    for name, content in files.items():
        if content is None:
            (folder / name).mkdir()
        elif callable(content):
            content(folder / name)
        else:
            (folder / name).write_bytes(content)


@pytest.mark.scorecard(3, "wrong files known by their hash")
@pytest.mark.parametrize("case", helpers.few(TABLES, SHORT))
def test_a_wrong_file_is_one_line_and_nothing_is_trained(starter, tmp_path, case):
    place(tmp_path / "right", table(ROWS))
    place(tmp_path / "data", TABLES[case]())
    ended = refused(starter, tmp_path / "run", tmp_path / "data", tmp_path / "right")
    assert f"{tmp_path / 'data' / TABLE}: expected sha256 " in ended.err
    assert not (tmp_path / "run" / "results").exists()


@pytest.mark.scorecard(3, "data sets under the names of others")
def test_what_any_parser_would_read_is_known_by_its_hash(starter, tmp_path):
    data, folder = tmp_path / "data", tmp_path / "run"
    place(data, table(ROWS))
    ended = starter.run(folder, *command(data), data=data, load=True)
    assert ended.code == 0, ended.err  # nothing but a hash tells it from the real one
    refused(starter, tmp_path / "again", data)


HARMLESS = {
    *("blank row", "row of spaces", "blank last row", "quoted field", "quoted line break"),
    *("nan", "NaN", "empty field", "no label"),  # missing values
    *("row missing", "row doubled", "byte order mark", "other digits"),
}
GAPS = {"text": "c", "underscore": "a", "hexadecimal": "a"}
OWN = [case for case in TABLES if case not in HARMLESS | GAPS.keys()]


@pytest.mark.scorecard(3, "wrong tables of a user's own")
@pytest.mark.parametrize("case", helpers.few(OWN, SHORT))
def test_a_wrong_table_of_ones_own_is_one_line_and_nothing_is_trained(starter, tmp_path, case):
    files = TABLES[case]()
    if isinstance(files[TABLE], bytes) and files[TABLE].strip():
        files[TABLE] = b"a,b,c,d,class\n" + files[TABLE]
    place(tmp_path / "data", files)
    path, folder = tmp_path / "data" / TABLE, tmp_path / "run"
    ended = compared(starter, folder, path, memory=MOST_BYTES)
    assert (ended.code, ended.err.count("\n")) == (2, 1), ended.err
    assert path.name in ended.err
    assert starter.committed(folder) == set()


@pytest.mark.scorecard(3, "texts among the numbers of a user's own table")
@pytest.mark.parametrize("case", helpers.few(GAPS, ["text"]))
def test_a_text_among_numbers_is_told_as_a_gap(starter, tmp_path, case):
    header = b"a,b,c,d,class\n"
    place(tmp_path / "data", {TABLE: header + TABLES[case]()[TABLE]})
    ended = compared(starter, tmp_path / "run", tmp_path / "data" / TABLE)
    assert ended.code == 0, ended.err
    assert f"With gaps: {GAPS[case]}." in ended.err
    report = (tmp_path / "run" / "results" / "report.md").read_text()
    told = r"a number; 1 other text \(.+ in row 701\\\) as gaps"
    assert re.search(told, report)


def compared(starter, folder, path, **options):
    """The end of a comparison on a user's own table."""
    sizes = ("--splits", "2", "--seeds", "1", "--activations", "adaact,relu", "--workers", "1")
    command = ("compare", path, "--target", "class", *sizes, "--results", "results")
    return starter.run(folder, *command, **options)


def command(data):
    study = ("--protocols", "paper", "--activations", "relu", "--seeds", "1", "--workers", "1")
    return ("run", "--datasets", "banknote", *study, "--trainer", "keras", "--data-dir", data)


def refused(starter, folder, data, right=None):
    """The end of a run that has said one line, beside that it began."""
    ended = starter.run(folder, *command(data), data=right, memory=MOST_BYTES, load=True)
    lines = [line for line in ended.err.splitlines() if not line.endswith(("train.", "fit."))]
    assert (ended.code, ended.out, len(lines)) == (2, "", 1), ended.err
    assert lines[0].startswith("adaact-bench: ")
    return ended
