"""Results of something else are never replaced in silence."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.usefixtures("no_report", "no_fits")

SMALL = ("--activations", "adaact,relu", "--splits", "3", "--seeds", "1", "--workers", "1")
OTHER = "Name another folder with --results.\n"


@pytest.fixture
def compare(invoke, instead):
    """Compare a file with stand-in networks."""
    instead()

    def compare(file, *options, target="kind"):
        asked = ("--target", target) if target else ()
        return invoke("compare", file, *asked, *SMALL, *options)

    return compare


def table(path, shift=0):
    """Write a table whose numbers are shifted; return its path."""
    numbers = [n + shift for n in range(40)]
    kinds = {"kind": list("ab" * 20), "other": list("ab" * 10 + "ba" * 10)}
    Path(path).parent.mkdir(exist_ok=True)
    pd.DataFrame({"x": numbers, **kinds}).to_csv(path, index=False)
    return path


def refused(ended, text):
    """Hold that a command was refused in one line beside those on its table."""
    assert ended.code == 2, ended.err
    line = ended.err.splitlines(keepends=True)[-1]
    assert line.endswith(f"{text}. {OTHER}")
    return True


PAIRS = {
    "one name in two folders": ("a/data.csv", "b/data.csv"),
    "a blank and a hyphen": ("a b.csv", "a-b.csv"),
    "another script": ("таблица.csv", "表.csv"),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_files_of_one_name_do_not_replace_each_other(compare, pair):
    first, second = PAIRS[pair]
    assert compare(table(first)).code == 0
    (report,) = Path("results").glob("*/report.md")
    before = report.read_bytes()
    name = report.parent.name.removeprefix("compare-")
    assert refused(compare(table(second, 1)), f"of another table {name}, or another reading of it")
    assert report.read_bytes() == before
    assert compare(second, "--results", "other").code == 0
    assert compare(first).code == 0


def test_another_table_another_target_and_run_do_not_replace_results(compare, invoke):
    assert compare(table("data.csv")).code == 0
    ended = compare("data.csv", target="other")
    assert refused(ended, "results/compare-data holds the results of another table data, or "
                   "another reading of it")  # fmt: skip
    run = ("run", "--datasets", "iris", "--protocols", "paper", *SMALL[:2], "--seeds", "1")
    ended = invoke(*run, "--results", "results/compare-data")
    assert refused(ended, "results/compare-data holds the results of data")
    assert invoke(*run, "--workers", "1").code == 0
    assert refused(compare("data.csv", "--results", "results"), "holds the results of iris")


def test_a_bundled_table_and_files_of_its_name_do_not_replace_each_other(compare):
    Path("wine").mkdir()  # does not hide the table
    assert compare("wine", target=None).code == 0
    table("wine/data.csv")
    assert refused(compare("wine/data.csv", "--results", "results/compare-wine"), "results of wine")
    shutil.rmtree("wine")
    assert refused(compare(table("wine")), "another table wine, or another reading of it")
