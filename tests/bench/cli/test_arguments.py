"""What was typed wrong is said in one line, before anything heavy is imported."""

import json
from importlib.metadata import version

import pytest

COMMANDS = ("run", "compare", "judge", "report", "check", "show", "data")
HEAVY = ("tensorflow", "keras", "pandas", "matplotlib", "sklearn", "scipy")

# Arguments, and words of the line that answers them.
WRONG = [
    (("rnu",), ("rnu", "run")),
    (("run", "--sedes", "3"), ("--sedes", "--seeds")),
    (("run", "--quik"), ("--quik", "--quick")),
    (("run", "-seeds", "3"), ("-seeds", "--seeds")),
    (("run", "-data-dir=here"), ("-data-dir", "--data-dir")),
    (("run", "p-protocols", "paper"), ("p-protocols", "--protocols")),
    (("run", "--datasets", "iris,bank_note"), ("--datasets", "bank_note", "banknote")),
    (("run", "--activations", "rleu"), ("--activations", "rleu", "relu")),
    (("run", "--activations", "ReLU"), ("--activations", "ReLU", "relu")),
    (("run", "--activations", "nowhere_to_be:found"), ("no module", "nowhere_to_be")),
    (("run", "--activations", "a/b:c"), ("module:function", "a/b:c")),
    (("compare",), ("file",)),
    (("compare", "absent.csv", "--target", "y"), ("absent.csv", "no such file", "digits")),
    (("compare", "wine", "--target", "y"), ("--target", "Leave it out")),
    (("compare", "wine", "--no-header"), ("--no-header", "Leave it out")),
    (("compare", "a.csv", "--sep", "ab"), ("--sep", "one sign", "ab")),
    (("compare", "a.csv", "--decimal", ";"), ("--decimal", ";")),
    (("compare", "a.csv", "--encoding", "utf-9"), ("--encoding", "utf-9", "latin-1")),
    (("compare", "a.csv", "--merge-rare", "--drop-rare"), ("--merge-rare", "--drop-rare")),
    (("compare", "-"), ("--target", "expected the name")),
    (("compare", "wine", "--hidden", "64,0"), ("--hidden", "64,0")),
    (("compare", "wine", "--models", "small"), ("--models", "module:function", "small")),
    (("compare", "wine", "--models", "bench.data:load,bench.data:load"), ("--models", "twice")),
    (
        ("compare", "wine", "--models", "bench.data:load", "--activations", "bench.data:load"),
        ("--models", "among the activations"),
    ),
    (("compare", "wine", "--against", "rleu"), ("--against", "rleu", "relu")),
    (("compare", "wine", "--metric", "auc"), ("--metric", "auc", "roc-auc")),
    (("compare", "wine", "--metric", "f1,brier"), ("--metric", "one name")),
    (("compare", "wine", "--metric", "f1", "--until", "decided"), ("--until", "--metric")),
    (("compare", "wine", "--against", "relu", "--until", "decided"), ("--until", "--against")),
    (
        ("compare", "wine", "--models", "bench.data:load", "--tune"),
        ("--tune", "rates of their own"),
    ),
    (("compare", "wine", "--metric", "f1", "--tune"), ("--tune", "--metric")),
    (("compare", "wine", "--workers", "0"), ("--workers", "or equal to 1")),
    (("judge",), ("file",)),
    (("judge", "absent.csv"), ("absent.csv", "no such file")),
    (("judge", "a.csv", "--margin", "-1"), ("--margin", "above 0")),
    (("run", "--protocols", "papier"), ("--protocols", "papier", "paper")),
    (("run", "--trainer", "kears"), ("--trainer", "kears", "keras")),
    (("run", "--datasets", "iris,iris"), ("iris", "twice")),
    (("run", "--seeds", "ten"), ("--seeds", "N, FIRST:LAST", "ten")),
    (("run", "--seeds", "5:4"), ("--seeds", "5:4")),
    (("run", "--seeds", "iris=3", "--datasets", "mnist"), ("--seeds", "iris", "mnist")),
    (("run", "--seeds"), ("--seeds", "requires")),
    (("run", "--splits", "0"), ("--splits", "from 1", "0")),
    (("run", "--splits", "3", "--protocols", "paper"), ("--splits", "one split", "paper")),
    (("run", "--datasets", "mnist", "--protocols", "paper-clean"), ("paper-clean", "mnist")),
    (("show", "iris", "--split", "1"), ("--splits", "one split")),
    (("run", "--epochs", "0"), ("--epochs", "or equal to 1")),
    (("run", "--epochs", "few"), ("--epochs", "integer")),
    (("run", "--stall-timeout", "0"), ("--stall-timeout", "above 0", "0")),
    (("run", "--block-timeout", "0"), ("--stall-timeout", "above 0", "0")),
    (("run", "--scheduler", "localhost"), ("--scheduler", "tcp://HOST:PORT", "localhost")),
    (("run", "--scheduler", "tcp://a:1", "--workers", "2"), ("--workers", "--scheduler")),
    (("run", "--until", "doomsday"), ("'doomsday' is not",)),
    (("run", "--until", "decided", "--protocols", "paper"), ("has nothing to decide",)),
    (("run", "--until", "decided", "--activations", "relu,tanh"), ("has nothing to decide",)),
    (("run", "iris"), ("iris",)),
    (("show",), ("dataset",)),
    (("show", "irsi"), ("irsi", "iris")),
    (("show", "iris,mnist"), ("one data set",)),
    (("show", "iris", "--activation", "adact"), ("adact", "adaact")),
    (("show", "iris", "--seed", "-3"), ("--seed", "0")),
    (("report", "--html", "--stdout"), ("--html", "--stdout")),
    (("report", "--results", "nowhere"), ("nowhere", "adaact-bench run")),
]


def names(case):
    return " ".join(case[0])


@pytest.mark.scorecard(8, "command lines out of range, doubled or misspelt")
@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=map(names, WRONG))
def test_what_is_typed_wrong_is_one_line_and_exit_code_2(invoke, arguments, words):
    ended = invoke(*arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("adaact-bench: ")
    assert [word for word in words if word not in ended.err] == []


def fall(*_, **__):
    raise LookupError("no such\nthing")


def test_a_fault_of_the_suites_own_is_one_line_and_exit_code_70(invoke, monkeypatch):
    monkeypatch.setattr("bench.cli.downloads.locate_all", fall)
    ended = invoke("data")
    assert (ended.code, ended.out, ended.err.count("\n")) == (70, "", 1)
    assert ended.err.startswith("adaact-bench: LookupError: no such thing. This is a fault of ")
    assert "--debug" in ended.err


@pytest.mark.parametrize("arguments", [("--debug", "data"), ("data", "--debug")])
def test_debug_also_shows_where_an_error_comes_from(invoke, monkeypatch, arguments):
    monkeypatch.setattr("bench.cli.downloads.locate_all", fall)
    ended = invoke(*arguments)
    assert "Traceback" in ended.err
    assert "test_arguments.py" in ended.err
    assert ended.err.splitlines()[-1].startswith("adaact-bench: LookupError: no such thing.")
    assert "--debug" in invoke("--help").out


def test_help_and_version_are_those_of_the_program(invoke):
    for command in COMMANDS:
        assert command in invoke().out  # without a command, all are listed
        assert f"adaact-bench {command}" in invoke(command, "--help").out
    assert invoke("--help") == (0, invoke().out, "")
    assert invoke("--version") == (0, f"adaact-bench {version('adaact-bench')}\n", "")


def test_a_file_in_the_place_of_the_results_folder_is_named(invoke, tmp_path):
    (tmp_path / "taken").touch()
    results = (("run",), ("show", "iris"), ("check",), ("report",), ("judge", "a.csv"))
    for command in (*((*command, "--results") for command in results), ("data", "--plots")):
        for name in ("taken", ""):  # an empty name would be the working folder
            ended = invoke(*command, name)
            assert (ended.code, ended.out) == (2, "")
            told = f"'{command[-1]}': expected a folder. Received: {name!r}.\n"
            assert ended.err.endswith(told)


# One process for all: each imports anew what the command line imports.
IMPORTED = """
import json, sys
from bench.cli import main
asked, heavy = map(json.loads, sys.argv[1:])
imported = {}
for arguments in asked:
    try:
        main(arguments)
    except SystemExit:
        pass
    imported[" ".join(arguments)] = [name for name in heavy if name in sys.modules]
print(json.dumps(imported), file=sys.stderr)
"""


def test_help_and_errors_import_nothing_heavy(launch, tmp_path):
    asked = [["--help"], *([command, "--help"] for command in COMMANDS)]
    asked += [arguments for arguments, _ in WRONG if "nowhere" not in arguments]
    ended = launch(tmp_path, "-c", IMPORTED, json.dumps(asked), json.dumps(HEAVY))
    imported = json.loads(ended.err.splitlines()[-1])
    assert len(imported) == len(asked)
    assert {name: found for name, found in imported.items() if found} == {}


# Faults that only a look into the file can show.
TABLES = {
    "x,kind\n1,a\n2,b\n": "expected 10 rows or more of each class",
    "x,kind\n1,a\n2\n": "row 3: expected 2 fields",
    "x,y\n1,a\n": "no column 'kind'",
}


SCORES = "dataset,method,seed,score\n" + "".join(f"d,{x},{n},0.{n}\n" for x in "ab" for n in "123")


def test_tables_and_scores_are_read_without_tensorflow(launch, tmp_path):
    (tmp_path / "scores.csv").write_text(SCORES)
    asked = [["judge", "scores.csv"]]
    for number, content in enumerate(TABLES):
        (tmp_path / f"t{number}.csv").write_text(content)
        asked.append(["compare", f"t{number}.csv", "--target", "kind"])
    heavy = json.dumps(["tensorflow", "keras"])
    *told, imported = launch(tmp_path, "-c", IMPORTED, json.dumps(asked), heavy).err.splitlines()
    assert len(told) == len(TABLES)
    for line, expected in zip(told, TABLES.values(), strict=True):
        assert expected in line
    assert set(map(tuple, json.loads(imported).values())) == {()}
