"""Edit the files of a results folder by hand: each fault is told in one line."""

import csv
import gzip
import json
import shutil
import tracemalloc
from pathlib import Path

import pytest

from bench import csv_columns
from bench.errors import UserError
from bench.exports.reading import load

TABLES = (
    *("trials.csv", "histories.csv.gz", "rows.csv.gz"),
    *("drift.csv", "replay_seeds.csv", "looks.csv", "tuning.csv.gz"),
)
RECORDS = ("provenance.json", "timing.json", "replay.json")
RESULTS = Path(__file__).parents[3] / "results"
OF_THE_PAPER = ("drift.csv", "replay_seeds.csv", "replay.json", "timing.json")  # of no study
TUNING = f"""{",".join(csv_columns.names(csv_columns.TUNING))}
iris,held-out-tuned,relu,0.001,0,0,keras,ok,9,7,0.9,0.25
iris,held-out-tuned,relu,0.001,0,1,keras,diverged,9,,,
iris,held-out-tuned,relu,0.003,0,0,keras,ok,9,9,0.9,0.5
"""
LOOK = dict.fromkeys(csv_columns.names(csv_columns.LOOK), 0.01)
LOOK |= {"look": 1, "ordinary": True, "largest": 200, "splits": 50, "seeds": 40, "estimate": -0.005}
LOOK |= {"dataset": "iris", "protocol": "held-out", "metric": "test_accuracy", "method": "adaact"}
LOOK |= {"reference": "relu", "verdict": "undecided", "sign": "", "excluded": "", "low": -0.01}


def complete(folder):
    """Put every file into a results folder: those that it lacks are made up, or the committed."""
    facts = json.loads(read(folder / "provenance.json"))
    facts["study"]["protocols"].append("held-out-tuned")
    facts["study"]["splits"].setdefault("iris", [0])
    write(folder / "provenance.json", json.dumps(facts))
    write(folder / "tuning.csv.gz", TUNING)
    for name in OF_THE_PAPER:
        shutil.copy(RESULTS / name, folder)
    with (folder / "looks.csv").open("w", newline="") as stream:
        table = csv.DictWriter(stream, LOOK, lineterminator="\n")
        table.writeheader()
        table.writerows([LOOK, LOOK | {"reference": "tanh"}, LOOK | {"look": 2, "splits": 100}])
    load(folder)
    return folder


@pytest.fixture(scope="module")
def completed(mixed_once, tmp_path_factory):
    return complete(Path(shutil.copytree(mixed_once, tmp_path_factory.mktemp("all") / "all")))


@pytest.fixture
def folder(completed, tmp_path):
    return Path(shutil.copytree(completed, tmp_path / "results"))


def read(path):
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def write(path, text):
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def refused(folder):
    """Return the line that refuses a folder."""
    with pytest.raises(UserError) as error:
        load(folder)
    assert "\n" not in str(error.value)
    return str(error.value)


def set_cell(path, line, column, value):
    """Write a table with another value in a line, the header being line 1."""
    rows = list(csv.reader(read(path).splitlines()))
    rows[line - 1][rows[0].index(column)] = value
    write(path, "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows))


# By line of trials.csv: 2 is a trial that is ok, 7 one of another activation.
@pytest.mark.parametrize(
    ("name", "line", "column", "value", "told"),
    [
        ("trials.csv", 3, "test_accuracy", "97.4", "divide percentages by 100"),
        ("trials.csv", 3, "test_accuracy", "-0.5", "outside 0 to 1"),
        ("trials.csv", 3, "test_accuracy", "nan", "stands in a trial that is ok"),
        ("trials.csv", 3, "test_accuracy", "97,4", "'97,4' is not a number"),
        ("trials.csv", 3, "test_accuracy", "٠.٣٩", "is not a number"),
        ("trials.csv", 3, "test_rows", "٣٨", "is not a whole number"),
        ("trials.csv", 3, "test_loss", "-0.1", "below 0"),
        ("trials.csv", 3, "test_loss", "inf", "not finite"),
        ("trials.csv", 3, "k0_1", "inf", "not finite"),
        ("trials.csv", 3, "status", "fine", "'fine' is no status; known: ok, diverged, failed"),
        ("trials.csv", 3, "constant", "maybe", "'maybe' is not True or False"),
        ("trials.csv", 3, "seed", "77", "77 was not asked for"),
        ("trials.csv", 3, "seed", "-1", "below 0"),
        ("trials.csv", 3, "seed", "1.5", "'1.5' is not a whole number"),
        ("trials.csv", 3, "test_rows", "1e300", "is not a whole number"),
        ("trials.csv", 3, "seed", "", "'' is not a whole number"),
        ("trials.csv", 3, "split", "1", "1 was not asked for"),
        ("trials.csv", 3, "protocol", "held-out", "'held-out' was not asked for"),
        ("trials.csv", 3, "activation", "tanh", "'tanh' was not asked for"),
        ("trials.csv", 3, "trainer", "scikit-learn", "was not asked for"),
        ("trials.csv", 3, "dataset", "wine", "'wine' was not asked for"),
        ("trials.csv", 3, "dataset", "../../../x/y", "is no name"),
        ("trials.csv", 3, "dataset", "a" * 201, "is no name"),
        ("trials.csv", 3, "epochs", str(10**18 - 1), "out of range"),
        ("trials.csv", 3, "best_epoch", "99", "is no epoch of this trial"),
        ("histories.csv.gz", 9, "loss", "-1", "below 0"),
        ("histories.csv.gz", 9, "k0_1", "inf", "not finite in a trial that is ok"),
        ("histories.csv.gz", 9, "epoch", "0", "without the epoch before it"),
        ("histories.csv.gz", 9, "activation", "tanh", "no such trial"),
        ("rows.csv.gz", 9, "seeds_correct", "9", "more than seeds_tested"),
        ("rows.csv.gz", 9, "seeds_tested", "99", "is not the number"),
        ("rows.csv.gz", 9, "seeds_tested", "0", "is not the number"),
        ("rows.csv.gz", 9, "row", "9999999", "is no row of this data set"),
        ("rows.csv.gz", 9, "dataset", "mnist", "no trial that is ok"),
        ("tuning.csv.gz", 2, "protocol", "paper", "'paper' was not asked for"),
        ("tuning.csv.gz", 2, "activation", "tanh", "'tanh' was not asked for"),
        ("tuning.csv.gz", 2, "learning_rate", "0.002", "0.002 is not tried"),
        ("tuning.csv.gz", 2, "split", "999", "999 was not asked for"),
        ("tuning.csv.gz", 2, "seed", "2", "2 was not asked for"),
        ("tuning.csv.gz", 2, "best_epoch", "10", "is no epoch of this trial"),
        ("tuning.csv.gz", 2, "validation_loss", "", "stands in a trial that is ok"),
        ("drift.csv", 3, "test_accuracy", "", "nan stands where a number must be"),
        ("drift.csv", 3, "arm", "new", "'new' is none of old, arrays"),
        ("replay_seeds.csv", 3, "test_accuracies", "0.5", "for each epoch"),
        ("replay_seeds.csv", 3, "test_accuracies", "0.5 5", "for each epoch"),
        ("replay_seeds.csv", 3, "test_accuracies", "0.5 x", "for each epoch"),
        ("replay_seeds.csv", 3, "kept_epoch", "99", "is no epoch of this run"),
        ("looks.csv", 4, "largest", "100", "is not the size fixed at the first look"),
        ("looks.csv", 4, "ordinary", "", "'' is not True or False"),
        ("looks.csv", 4, "estimate", "inf", "is not finite"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(folder, name, line, column, value, told):
    set_cell(folder / name, line, column, value)
    message = refused(folder)
    assert message.startswith(f"{folder / name}, line {line}"), message
    assert told in message
    assert "`" in message  # the command that writes the file again


@pytest.mark.parametrize("name", TABLES)
def test_a_row_that_is_there_twice_is_told_with_its_line(folder, name):
    lines = read(folder / name).splitlines(keepends=True)
    write(folder / name, "".join([*lines, lines[1]]))
    assert f"{name}, line {len(lines) + 1}: a second row of this" in refused(folder)


EDITS = {  # of the third line
    "short": (lambda line: line[:4] + "\n", "in the header"),
    "long": (lambda line: line[:-1] + ",1\n", "in the header"),
    "blank": (lambda _: "\n", "in the header"),
    "quote": (lambda line: f'"{line}', "quot"),
    "endless": (lambda line: "x" * 2_000_000 + line, "a line has more than 1 MiB"),
}


def pairs(names, kinds):
    """All kinds of fault in the first file, and the first kind in every other one."""
    first, *others = kinds
    return [(name, first) for name in names] + [(names[0], kind) for kind in others]


@pytest.mark.parametrize(("name", "kind"), pairs(TABLES, EDITS))
def test_a_line_that_is_no_row_is_told_with_its_number(folder, name, kind):
    edit, told = EDITS[kind]
    lines = read(folder / name).splitlines(keepends=True)
    lines[2] = edit(lines[2])
    write(folder / name, "".join(lines))
    message = refused(folder)
    assert told in message
    assert "line 3" in message or "a line" in message


@pytest.mark.parametrize(
    ("name", "header"), pairs(TABLES, ["x{0}", "{0},{0}", '"', "", "{0},\x1b", "\ufeff"])
)
def test_a_wrong_header_is_told(folder, name, header):
    head, *lines = read(folder / name).splitlines(keepends=True)
    write(folder / name, "".join([header.format(head.strip()) + "\n", *lines]))
    assert f"{name}, line 1" in refused(folder)


def test_trials_may_be_compressed(folder):
    frame = load(folder).trials
    path = folder / "trials.csv"
    write(folder / "trials.csv.gz", read(path))
    assert "Delete the older one" in refused(folder)
    path.unlink()
    assert load(folder).trials.equals(frame)


PACKED = ("histories.csv.gz", "trials.csv.gz", "rows.csv.gz", "tuning.csv.gz")


@pytest.mark.parametrize(("name", "unit"), pairs(PACKED, ["\n", "0", "0,\n", '"', "\x00"]))
def test_what_unpacks_to_a_gigabyte_is_refused_in_little_memory(folder, name, unit):
    if name == "trials.csv.gz":
        (folder / "trials.csv").unlink()
    bomb = gzip.compress((unit * (1 << 20)).encode() * 8)
    (folder / name).write_bytes(bomb * (128 // len(unit)))  # members follow one another
    tracemalloc.start()
    refused(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200e6


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("provenance.json", "command", ...),
        ("provenance.json", "commit", 5),
        ("provenance.json", "study", ...),
        ("provenance.json", "study.datasets.0", "../../../x/y"),
        ("provenance.json", "study.seeds.iris", ...),
        ("provenance.json", "study.seeds.iris.0", "0"),
        ("provenance.json", "study.seeds.iris.0", True),
        ("provenance.json", "study.epochs.iris", 0),
        ("provenance.json", "study.asked", 10**30),
        ("provenance.json", "study.done", 800),
        ("timing.json", "benchmarks.0.stats.median", 0),
        ("timing.json", "benchmarks.0.extra_info.accuracy", 97.4),
        ("replay.json", "runs.0.test_accuracy", 97.4),
        ("replay.json", "runs.0.history.loss", [0.5]),
        ("replay.json", "runs.1.dataset", "banknote"),  # a second run
        ("replay.json", "runs.0.history.loss.0", "x"),
        ("replay.json", "runs.0.history.val_accuracy", ...),
    ],
)
def test_a_wrong_field_is_named(folder, name, field, value):
    record = place = json.loads(read(folder / name))
    *path, last = [int(step) if step.isdecimal() else step for step in field.split(".")]
    for step in path:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    write(folder / name, json.dumps(record))
    message = refused(folder)
    assert message.startswith(f"{folder / name}, {field}: ")
    assert "writes the file again" in message


NO_RECORDS = ["", "[]", "{", "NaN", "[" * 100_000, '{"a":' * 100_000, f'{{"a":{"9" * 5_000}}}']


@pytest.mark.parametrize(("name", "text"), pairs(RECORDS, NO_RECORDS))
def test_what_is_no_record_is_told(folder, name, text):
    write(folder / name, text)
    assert refused(folder).startswith(str(folder / name))
