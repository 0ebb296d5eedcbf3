"""Several tables at once: one study, one report, one answer across them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.cli.comparing import target_of
from bench.errors import UserError

pytestmark = pytest.mark.usefixtures("no_pictures", "no_fits")

SMALL = ("--activations", "adaact,relu", "--splits", "3", "--seeds", "2", "--workers", "1")


@pytest.fixture
def compare(invoke, instead):
    """Compare files with stand-in networks."""
    instead()
    return lambda *arguments: invoke("compare", *arguments, *SMALL)


def write(path, target="kind", rows=40):
    """Write a table; return its path."""
    Path(path).parent.mkdir(exist_ok=True)
    x = np.random.default_rng(rows).normal(size=rows).round(3)
    pd.DataFrame({"x": x, target: list("ab" * (rows // 2))}).to_csv(path, index=False)
    return path


def test_several_tables_end_in_one_report_with_an_answer_across_them(compare):
    files = [write(f"{name}/data.csv", rows=40 + 10 * n) for n, name in enumerate("abcd")]
    other = write("e.csv", target="label", rows=80)
    ended = compare(*files, other, "wine", "--target", "kind", "--target", "e.csv=label")
    assert ended.code == 0, ended.err
    names = ["data", "data-2", "data-3", "data-4", "e", "wine"]
    results = Path("results/compare-data-data-2-data-3-and-3-more")
    facts = json.loads((results / "provenance.json").read_text())
    assert facts["study"]["datasets"] == list(facts["tables"]) == names
    assert [facts["tables"][name]["rows"] for name in names] == [40, 50, 60, 70, 80, 178]
    family = pd.read_csv(results / "tables" / "headline.csv")
    assert list(dict.fromkeys(family["dataset"])) == names
    across = pd.read_csv(results / "tables" / "across.csv").set_index("reference")
    relu = family[family["reference"] == "relu"]
    counts = relu["verdict"].value_counts()
    for verdict in ("better", "worse", "equivalent", "undecided"):
        assert across.loc["relu", verdict] == counts.get(verdict, 0)
    text = (results / "report.md").read_text()
    assert "## Across data sets" in text
    first, _, rest = text.partition("<!-- end of the first screen -->")
    for name in names:
        told = f"- {name}: {facts['tables'][name]['rows']} rows"
        assert told in first
        assert told in rest


def test_a_table_that_is_wrong_is_named_before_anything_is_trained(compare, tmp_path):
    ended = compare(write("a.csv"), write("b.csv", target="label"), "--target", "kind")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "--target: b.csv has no column 'kind'" in ended.err
    ended = compare("a.csv", "b.csv", "--target", "a.csv=kind")
    assert "--target: expected the name of the column that holds the classes of b.csv" in ended.err
    assert not (tmp_path / "results").exists()


FILES = {"a": "x/a.csv", "b": "b.csv"}


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        (["y", "x/a.csv=z"], ["z", "y"]),
        (["a.csv=z", "y"], ["z", "y"]),
        (["p=q"], ["p=q", "p=q"]),
        (["b.csv=p=q"], [None, "p=q"]),
        ([], [None, None]),
    ],
)
def test_a_target_is_of_all_files_or_of_one(asked, targets):
    assert [target_of(file, asked, FILES) for file in FILES.values()] == targets


@pytest.mark.parametrize("asked", [["y", "z"], ["b.csv=y", "b.csv=z"]])
def test_two_targets_of_one_file_are_refused(asked):
    with pytest.raises(UserError, match="--target: expected one target of a file"):
        target_of("b.csv", asked, FILES)
