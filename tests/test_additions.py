"""What an addition costs: a copy of the source gets the lines that the README names, and runs."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("adaact", "baselines", "bench")

# By row of the README's table: what stands there, and a new file or the line that it follows.
ADDITIONS = {
    "a fixed activation": (
        "1 line",
        {"baselines/__init__.py": ("FIXED = {", '    "softsign": "keras.activations:softsign",')},
    ),
    "a learned activation": (
        "1 class or function `units -> layer`, 1 line",
        {
            "baselines/__init__.py": ("LEARNED = {", '    "leaking": "baselines.leaking:leaking",'),
            "baselines/leaking.py": """
import keras


def leaking(units):
    return keras.Sequential([keras.layers.Dense(units), keras.layers.PReLU(shared_axes=[1])])
""",
        },
    ),
    "a data set": (
        "1 function `load(paths) -> Dataset`, 1 entry",
        {
            "bench/data/__init__.py": (
                "DATASETS: dict[str, Source] = {",
                '    "wine": Source("Wine", "bench.data.wine:load", (59, 71, 48), 45, "Forina"),',
            ),
            "bench/data/wine.py": """
from sklearn.datasets import load_wine

from bench.data.dataset import Dataset


def load(_paths):
    wine = load_wine()
    x, y = wine.data.astype("float32"), wine.target.astype("int64")
    return Dataset("wine", x, y, 3, tuple(wine.feature_names), tuple(wine.target_names))
""",
        },
    ),
    "a metric": (
        "1 function and 1 line",
        {
            "bench/training/trials/metrics.py": (
                "METRICS = {",
                '    "error": Metric("error rate", lambda t, p, _: float((t != p).mean())),',
            )
        },
    ),
    "a column": (
        "1 line",
        {
            "bench/csv_columns.py": (
                '    Column("best_epoch", "fact", "integer"),',
                '    Column("test_wrong", "score", "integer", heading="test errors"),',
            )
        },
    ),
    "a claim": (
        "1 `[[claim]]`",
        {
            "bench/claims.toml": (
                "",
                """\
[[claim]]
kind = "figure"
activation = "leaking"
dataset = "wine"
metric = "test_error"
protocol = "paper"
value = 0.02
place = "table 9\"""",
            )
        },
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the three packages with every addition made."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    for _, edits in ADDITIONS.values():
        for file, edit in edits.items():
            path = folder / file
            if isinstance(edit, str):
                path.write_text(edit.lstrip())
            else:
                path.write_text(_after(path.read_text(), *edit))
    return folder


def _after(text, anchor, line):
    """The text with a line put after its anchor; at its end where there is none."""
    if not anchor:
        return f"{text}\n{line}\n"
    assert text.count(f"\n{anchor}\n") == 1
    return text.replace(f"\n{anchor}\n", f"\n{anchor}\n{line}\n")


@pytest.mark.parametrize("row", ADDITIONS)
def test_the_readme_names_the_price(row):
    price, _ = ADDITIONS[row]
    readme = (ROOT / "README.md").read_text()
    assert re.search(rf"^\| {row} \| {re.escape(price)}[ ,]", readme, re.MULTILINE)


# A stand-in for a trial that has a value of the new column, exported, read back and reported.
COLUMN = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path.append(sys.argv[1])
from tests import helpers
from bench.exports import export
from bench.reporting import markdown
from bench.reporting.sections.datasets import score_table
from bench.reporting.view import View
from bench.store import Store

study, folder = helpers.two_sets(2), Path("column")
trial = helpers.trial(study.keys()[0])
trial = replace(trial, scores={**trial.scores, "test_wrong": 3.0})
with Store(folder / "trials.sqlite") as store:
    store.add([trial], study.fingerprint("iris"), seconds=1.0)
    export(store, study, folder, {**helpers.FACTS, "data": dict(study.data)})
view = View.of(folder)
print(view.trials.dtypes["test_wrong"])
print(markdown.render([score_table(view, "iris")]))
"""


def test_a_column_of_one_line_is_written_typed_and_titled(house):
    (house / "column").mkdir()
    type_, head, *_ = _output(house, "-c", COLUMN, str(ROOT)).splitlines()
    with (house / "column" / "trials.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    header = list(row)
    assert header.index("test_wrong") == header.index("best_epoch") + 1
    assert row["test_wrong"] == "3"  # 3.0 without the line, as scores are
    assert type_ == "int64"
    assert " test errors |" in head


def _output(house, *arguments):
    """What Python prints in the copy."""
    # Coverage is of the tree, not of its copy, which is gone when coverage is reported.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=house,
        env=kept | {"PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_all_of_it_runs_through_to_the_report(house):
    options = "--datasets wine --activations adaact,softsign,leaking --protocols paper --seeds 1"
    command = f"{options} --epochs 1 --trainer keras --workers 1 --results out".split()
    _output(house, "-m", "bench", "run", *command)
    trials = pd.read_csv(house / "out" / "trials.csv")
    networks = trials.loc[trials["trainer"] == "keras", "activation"]
    assert list(networks) == ["adaact", "leaking", "softsign"]
    assert (trials["test_error"] + trials["test_accuracy"]).to_numpy() == pytest.approx(1)
    claims = pd.read_csv(house / "out" / "claims.csv").set_index(["dataset", "metric"])
    assert claims.loc[("wine", "test_error"), "verdict"] == "undecided"
    text = (house / "out" / "report.md").read_text()
    assert "### Wine" in text
    assert re.search(r"\| activation .*\| +test error rate \|", text)
    assert re.search(r"\| Wine +\| test error rate +\|", text)
