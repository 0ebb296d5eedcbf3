"""What README and documents say is so: links, commands, the answer table, the example."""

import json
import re
import runpy
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bench.cli.commands import app
from bench.reporting import readme

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PYTHONS = ["py311", "py312", "py313"]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = LINK.findall(page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_has_the_tables_that_the_results_give():
    page = ROOT / "README.md"
    assert page.read_text(encoding="utf-8") == readme.updated(page, ROOT / "results")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_there(page):
    text = page.read_text()
    commands = {command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r"adaact-bench ([a-z]+)", text)) <= commands
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    environments = {name.removeprefix("testenv:") for name in tox.sections()}
    environments |= set(PYTHONS)
    assert set(re.findall(r"tox -e ([a-z0-9]+)", text)) <= environments


def test_every_python_that_is_declared_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = [name.rpartition(" :: ")[2] for name in project["classifiers"] if ":: 3." in name]
    assert [f"py{version.replace('.', '')}" for version in versions] == PYTHONS
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert f"python: {json.dumps(versions)}" in workflow
    assert "[testenv:py3{11,12,13}]" in (ROOT / "tox.ini").read_text()


def test_a_commit_is_held_to_the_linter_of_the_constraints():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert set(re.findall(r"\[(ruff==[^\]]+)\]", hooks)) <= set(pins)
    assert "ruff==" in hooks


def test_the_page_on_reliability_names_tests_that_are_there():
    page = (ROOT / "docs" / "reliability.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", page))
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 5
    assert named <= defined


def test_the_page_on_many_seeds_has_the_table_that_the_results_give():
    made = runpy.run_path(str(ROOT / "docs" / "same_seeds.py"))["table"]()
    assert made in (ROOT / "docs" / "many-seeds.md").read_text()


def test_the_scorecard_on_the_page_has_all_fifteen_rows():
    page = (ROOT / "docs" / "reliability.md").read_text()
    rows = re.findall(r"^\| +(\d+) \|.*\| all +\|$", page, re.MULTILINE)
    assert list(map(int, rows)) == list(range(1, 16))


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    groups = project["dependency-groups"]
    lists = [project["project"]["dependencies"], *extras.values(), *groups.values()]
    return [Requirement(line) for one in lists for line in one]


def test_every_dependency_is_pinned_to_a_version_that_it_allows():
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    pinned = {canonicalize_name(name): pin for name, pin in (line.split("==") for line in lines)}
    for requirement in declared():
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])


def python_blocks(page):
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


EACH_ALONE = "import sys\nfor block in sys.argv[1:]: exec(block, {'__name__': 'example'})"


def run_blocks(folder, blocks):
    subprocess.run([sys.executable, "-c", EACH_ALONE, *blocks], cwd=folder, check=True)


def test_the_first_example_of_many_seeds_runs(tmp_path):
    run_blocks(tmp_path, python_blocks(ROOT / "docs" / "many-seeds.md")[:1])


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page, tmp_path):
    run_blocks(tmp_path, python_blocks(page))
