"""Data files that are wrong, given to ``run`` and ``compare``: one line, nothing trained.

With ``run``, small tables stand in for the real ones, so that a wrong file differs from the right
one in nothing but its fault. The tables are tried a second time as a user's own.
"""

import gzip
import os
import re
import struct

import numpy as np
import pytest

TABLE = "banknote_authentication.csv"
GOOD = "3.6216,8.6661,-2.8073,-0.44699,"
ROWS = [GOOD + "0"] * 762 + [GOOD + "1"] * 610
MOST_BYTES = 128 * 2**20  # beyond what the program holds when it starts
BOMB_BYTES = 4 * MOST_BYTES


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

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"


def idx(array):
    """A gzipped IDX file."""
    head = (0x0800 + array.ndim, *array.shape)
    return gzip.compress(struct.pack(f">{len(head)}I", *head) + array.tobytes(), mtime=0)


def arrays():
    """A small MNIST."""
    digits = np.arange(30, dtype=np.uint8) % 10
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28), np.uint8)
    return {IMAGES: images, LABELS: digits, TEST_IMAGES: images[:20], TEST_LABELS: digits[:20]}


def mnist(**changed):
    """Its four archives, some of them changed."""
    return {name: idx(array) for name, array in arrays().items()} | changed


def changed(name, change):
    """MNIST with what a function makes of one archive."""
    return lambda: mnist(**{name: change(idx(arrays()[name]))})


def swapped(first, second):
    def swapped():
        right = mnist()
        return right | {first: right[second], second: right[first]}

    return swapped


def flipped(archive):
    at = len(archive) // 2
    return archive[:at] + bytes([archive[at] ^ 16]) + archive[at + 1 :]


def huge(path):
    """A file beyond the memory that a command gets; it takes no room on the disk."""
    path.touch()
    os.truncate(path, BOMB_BYTES)


ARCHIVES = {
    "another data set": lambda: {name: idx(255 - each) for name, each in arrays().items()},
    "images huge": changed(IMAGES, lambda _: huge),
    "images cut": changed(IMAGES, lambda archive: archive[: len(archive) // 2]),
    "images without end": changed(IMAGES, lambda archive: archive[:-8]),
    "images of other bytes": changed(IMAGES, flipped),
    "images with a bad CRC": changed(IMAGES, lambda a: a[:-8] + b"\1\2\3\4" + a[-4:]),
    "images of a bad length": changed(IMAGES, lambda a: a[:-4] + b"\1\2\3\4"),
    "images not compressed": changed(IMAGES, gzip.decompress),
    "images with a tail": changed(IMAGES, lambda archive: archive + b"tail"),
    "images twice": changed(IMAGES, lambda archive: archive + archive),
    "images empty": changed(IMAGES, lambda _: b""),
    "images compressed from nothing": changed(IMAGES, lambda _: gzip.compress(b"")),
    "images a web page": changed(IMAGES, lambda _: b"<!DOCTYPE html>"),
    "an image missing": lambda: mnist(**{IMAGES: idx(arrays()[IMAGES][1:])}),
    "an image too many": lambda: mnist(**{IMAGES: idx(arrays()[IMAGES][[0, *range(30)]])}),
    "images a bomb": lambda: mnist(**{IMAGES: gzip.compress(bytes(BOMB_BYTES), 1)}),
    "labels cut": changed(LABELS, lambda archive: archive[:20]),
    "labels a bomb": lambda: mnist(**{LABELS: gzip.compress(bytes(BOMB_BYTES), 1)}),
    "a label missing": lambda: mnist(**{LABELS: idx(arrays()[LABELS][1:])}),
    "training and test images swapped": swapped(IMAGES, TEST_IMAGES),
    "training and test labels swapped": swapped(LABELS, TEST_LABELS),
    "images and labels swapped": swapped(IMAGES, LABELS),
    "images a directory": changed(IMAGES, lambda _: None),
    "test labels a pipe": changed(TEST_LABELS, lambda _: os.mkfifo),
}
CASES = [("banknote", name) for name in TABLES] + [("mnist", name) for name in ARCHIVES]
SHORT = CASES[::9]
RIGHT = {"banknote": lambda: table(ROWS), "mnist": mnist}


def place(folder, files):
    folder.mkdir()
    for name, content in files.items():
        if content is None:
            (folder / name).mkdir()
        elif callable(content):
            content(folder / name)
        else:
            (folder / name).write_bytes(content)


EACH = [
    pytest.param(
        *case,
        id="-".join(case).replace(" ", "_"),
        marks=[] if case in SHORT else [pytest.mark.slow],
    )
    for case in CASES
]


@pytest.mark.scorecard(3, "wrong files known by their hash")
@pytest.mark.parametrize(("dataset", "case"), EACH)
def test_a_wrong_file_is_one_line_and_nothing_is_trained(starter, tmp_path, dataset, case):
    right, files = RIGHT[dataset](), (TABLES | ARCHIVES)[case]()
    place(tmp_path / "right", right)
    place(tmp_path / "data", files)
    ended = refused(starter, tmp_path / "run", dataset, tmp_path / "data", tmp_path / "right")
    wrong = next(name for name in right if files[name] != right[name])
    assert f"{tmp_path / 'data' / wrong}: expected sha256 " in ended.err
    assert not (tmp_path / "run" / "results").exists()


@pytest.mark.scorecard(3, "data sets under the names of others")
@pytest.mark.parametrize("dataset", RIGHT)
def test_what_any_parser_would_read_is_known_by_its_hash(starter, tmp_path, dataset):
    data, folder = tmp_path / "data", tmp_path / "run"
    place(data, RIGHT[dataset]())
    ended = starter.run(folder, *command(dataset, data), data=data, load=True)
    assert ended.code == 0, ended.err  # nothing but a hash tells it from the real one
    refused(starter, tmp_path / "again", dataset, data)


HARMLESS = {
    *("blank row", "row of spaces", "blank last row", "quoted field", "quoted line break"),
    *("nan", "NaN", "empty field", "no label"),  # missing values
    *("row missing", "row doubled", "byte order mark", "other digits"),
}
GAPS = {"text": "c", "underscore": "a", "hexadecimal": "a"}
OWN = [
    pytest.param(
        case,
        id=case.replace(" ", "_"),
        marks=[] if ("banknote", case) in SHORT else [pytest.mark.slow],
    )
    for case in TABLES
    if case not in HARMLESS | GAPS.keys()
]


@pytest.mark.scorecard(3, "wrong tables of a user's own")
@pytest.mark.parametrize("case", OWN)
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
@pytest.mark.parametrize(
    "case",
    ["text", *(pytest.param(case, marks=pytest.mark.slow) for case in GAPS if case != "text")],
)
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


def command(dataset, data):
    study = ("--protocols", "paper", "--activations", "relu", "--seeds", "1", "--workers", "1")
    return ("run", "--datasets", dataset, *study, "--trainer", "keras", "--data-dir", data)


def refused(starter, folder, dataset, place, right=None):
    """The end of a run that has said one line, beside that it began."""
    arguments = command(dataset, place)
    ended = starter.run(folder, *arguments, data=right, memory=MOST_BYTES, load=True)
    lines = [line for line in ended.err.splitlines() if not line.endswith(("train.", "fit."))]
    assert (ended.code, ended.out, len(lines)) == (2, "", 1), ended.err
    assert lines[0].startswith("adaact-bench: ")
    return ended
