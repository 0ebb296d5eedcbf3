"""The report on a CI job's page."""

from dataclasses import replace

import pandas as pd
import pytest

from bench.reporting import summary
from bench.reporting.columns import TableColumn
from bench.reporting.document import Heading, Picture, Prose, Report, Table

ONE = Table(pd.DataFrame({"a": [1]}), [TableColumn("a")])


def report(answer):
    first = [Heading("Title", 1), Prose(answer)]
    one = [Heading("One"), Heading("Part", 3), Prose("Prose."), ONE]
    none = [Picture("a.png", "alt", "Caption.", lambda: None), Heading("Method"), Prose("A line.")]
    return Report(first, [*one, *none, Heading("Two"), replace(ONE, summary="Long")])


TABLE = "|   a |\n|----:|\n|   1 |"


def test_first_screen_and_tables_are_kept_without_images_and_prose():
    assert summary.digest(report("Answer.")) == (
        f"# Title\n\nAnswer.\n\n## One\n\n### Part\n\n{TABLE}\n\n## Two\n\n"
        f"<details>\n<summary>Long</summary>\n\n{TABLE}\n\n</details>"
    )


@pytest.fixture
def page(tmp_path, monkeypatch):
    path = tmp_path / "summary.md"
    monkeypatch.setenv(summary.VARIABLE, str(path))
    return path


def test_what_stands_there_stays_and_no_name_ends_the_comment(page):
    page.write_text("Before")
    summary.append_summary(report("Answer."), "--><b>")
    begin = "Before\n<!-- adaact-bench --&gt;&lt;b&gt;:begin -->\n\n# Title\n"
    assert page.read_text().startswith(begin)


def test_a_second_report_of_the_same_folder_replaces_the_first(page):
    summary.append_summary(report(r"Old \1 answer"), "results")
    summary.append_summary(report("Answer."), "quick")
    summary.append_summary(report(r"New \1 answer"), "results")
    text = page.read_text()
    assert text.count("# Title") == 2
    assert r"New \1 answer" in text
    assert "Old" not in text
