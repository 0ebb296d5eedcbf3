"""Every command that README and documents show is run: here, or where this file says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bench.errors import UserError
from bench.study import choose, default_study

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SMALL = "--datasets iris --activations adaact,relu --seeds 2 --epochs 2"

# Not run here, and why that is enough.
ELSEWHERE = {
    "pip install tox && tox": "CI, as two steps",
    "tox": "CI",
    "tox -e bench -- --quick": "CI",
    "pip install tox && tox -e bench": "CI runs its quick form; the whole is for a release",
    "tox -e stress": "too long for every push; before a release",
    "pre-commit install": "writes into the clone's hooks; what they run is `tox -e lint`",
    "python -m venv .venv && . .venv/bin/activate": "tox does",
    "pip install -c constraints.txt -e '.[html]'": "tox does",
    "adaact-bench run": "CI runs its quick form, and the tests smaller ones",
    "adaact-bench run --trainer keras": "tests/test_additions.py, on fewer trials",
    "adaact-bench data": "tests/bench/cli/test_data.py; needs a network or the files",
}


def shell(page):
    """The lines of a page's sh blocks, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    lines = (line.partition(" #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


def inline(page):
    """The commands in a page's sentences and tables; those with a placeholder in capitals aside."""
    found = re.findall(r"`(adaact-bench [a-z][^`]*)`", page.read_text())
    return [command for command in found if not re.search(r"\b[A-Z]{2,}\b", command)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_run_here_or_elsewhere(page):
    ours = [line for line in shell(page) if line.startswith("adaact-bench ")]
    assert sorted({*shell(page)} - {*ours, *ELSEWHERE}) == []


def test_every_snippet_has_a_language_that_says_what_becomes_of_it():
    kinds = {
        kind
        for page in PAGES
        for kind in re.findall(r"^```(\S*).*\n(?:.*\n)*?```$", page.read_text(), re.MULTILINE)
    }
    assert kinds <= {"sh", "python", "toml", "text"}


def ends_well(command, folder):
    """Runs one command in a folder and holds that it succeeds."""
    program, *arguments = shlex.split(command)
    assert program == "adaact-bench"
    kept = {name: value for name, value in os.environ.items() if name != "GITHUB_STEP_SUMMARY"}
    paths = f"{ROOT}{os.pathsep}{folder}"
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_the_tutorial_runs_from_top_to_bottom(tmp_path):
    page = ROOT / "docs" / "tutorial.md"
    files = re.findall(
        r'^```python title="(.+?)"\n(.*?)^```', page.read_text(), re.MULTILINE | re.DOTALL
    )
    for name, source in files:
        (tmp_path / name).write_text(source)
    assert [name for name, _ in files] == ["my_module.py"]
    commands = [line for line in shell(page) if line not in ELSEWHERE]
    own = [command for command in commands if "my_module:" in command]
    assert len(own) == 1
    for command in commands:
        if command not in own:
            ends_well(command, tmp_path)
    assert (tmp_path / "results" / "tutorial" / "report.html").exists()
    try:
        choose(default_study(), activations="my_module:my_factory")
    except UserError as refused:
        pytest.skip(f"an activation of one's own by import string is not there yet: {refused}")
    ends_well(own[0], tmp_path)
    assert "my_module:my_factory" in (tmp_path / "results" / "mine" / "report.md").read_text()


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A folder in which a small study has run."""
    folder = tmp_path_factory.mktemp("studied")
    ends_well(f"adaact-bench run {SMALL}", folder)
    return folder


COMMANDS = sorted({command for page in PAGES for command in inline(page)} - set(ELSEWHERE))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_a_sentence_runs(command, studied):
    ends_well(command, studied)
