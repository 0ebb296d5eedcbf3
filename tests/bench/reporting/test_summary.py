"""The report on a CI job's page."""

import pytest

from bench.reporting import summary

REPORT = f"""# Title

Answer.

{summary.END_OF_FIRST_SCREEN}

## One

### Part

Prose.

| a |
|:--|
| 1 |

![alt](figures/a.png)

Caption.

## Method

1. A line.

## Two

<details>
<summary>Long</summary>

| b |
|:--|
| 2 |

</details>
"""
TABLES = "## One\n\n### Part\n\n| a |\n|:--|\n| 1 |\n\n## Two\n\n<details>\n<summary>Long</summary>"


def test_first_screen_and_tables_are_kept_without_images_and_prose():
    text = summary.digest(REPORT)
    assert text == f"# Title\n\nAnswer.\n\n{TABLES}\n\n| b |\n|:--|\n| 2 |\n\n</details>"


def test_without_the_variable_nothing_is_written(monkeypatch):
    monkeypatch.delenv(summary.VARIABLE, raising=False)
    assert not summary.append_summary(REPORT, "results")


@pytest.fixture
def page(tmp_path, monkeypatch):
    path = tmp_path / "summary.md"
    monkeypatch.setenv(summary.VARIABLE, str(path))
    return path


def test_what_stands_there_stays(page):
    page.write_text("Before")
    assert summary.append_summary(REPORT, "results")
    assert page.read_text().startswith("Before\n<!-- adaact-bench results: begin -->\n# Title\n")


def test_a_second_report_of_the_same_folder_replaces_the_first(page):
    summary.append_summary(REPORT.replace("Answer", r"Old \1 answer"), "results")
    summary.append_summary(REPORT, "quick")
    summary.append_summary(REPORT.replace("Answer", r"New \1 answer"), "results")
    text = page.read_text()
    assert text.count("# Title") == 2
    assert r"New \1 answer" in text
    assert "Old" not in text
