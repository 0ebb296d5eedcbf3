"""The README's answer table."""

from pathlib import Path

import pytest

from bench.errors import UserError
from bench.exports import load
from bench.reporting import readme
from bench.reporting.markers import markers

ROOT = Path(__file__).parents[3]


PAGE = "Before\n\n{}\nold\n{}\n\nBetween\n\n{}\nold\n{}\n\nAfter\n"
MARKERS = [marker for name in readme.PARTS for marker in markers(name)]


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(PAGE.format(*MARKERS))
    return path


def test_the_tables_are_written_between_their_markers(page, study):
    assert not readme.current(page, study)
    readme.update(page, study)
    assert readme.current(page, study)
    results = load(study)
    made = PAGE.replace("old", "\n{}\n")
    answers, peers = readme.answers(results), readme.peers(results)
    first, second = MARKERS[:2], MARKERS[2:]
    assert page.read_text() == made.format(first[0], answers, first[1], second[0], peers, second[1])
    assert answers.count("\n| ") == 1 + 9  # its head and the figures


def test_a_changed_number_is_noticed(page, study):
    readme.update(page, study)
    page.write_text(page.read_text().replace("0.988", "0.989", 1))
    assert not readme.current(page, study)


@pytest.mark.parametrize("lost", MARKERS)
def test_lost_markers_are_a_user_error(page, study, lost):
    page.write_text(page.read_text().replace(lost, ""))
    with pytest.raises(UserError, match="markers"):
        readme.current(page, study)


@pytest.mark.skipif(
    not ((ROOT / "README.md").exists() and (ROOT / "results" / "trials.csv").exists()),
    reason="needs the README and committed results",
)
def test_the_projects_readme_says_what_the_committed_results_say():
    assert readme.current(ROOT / "README.md", ROOT / "results")
