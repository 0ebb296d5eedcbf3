"""Every command that README and documents show is run: here, or where this file says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import helpers

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
    "tox -e bench-compare -- BEFORE.json": "tests/bench/timing/test_gate.py",
    "python -m tools.null_comparison --dataset iris --operation step": "by hand; minutes, "
    "and a quiet machine; tests/tools/test_null_comparison.py tests what it is made of",
    "python -m venv env && . env/bin/activate": "tox does",
    "pip install -c constraints.txt -e .": "tox does",
    "pip install -c constraints.txt '.[dask]'": "tox does",
    "dask scheduler --port 8786": "tests/bench/training/pools/test_dask_pool.py, in one process",
    "dask worker tcp://SCHEDULER:8786 --nworkers 16 --nthreads 1": "the same",
    "adaact-bench run --scheduler tcp://SCHEDULER:8786 --stall-timeout 600": "the same",
    "adaact-bench data": "tests/bench/cli/test_data.py; needs a network or the files",
    "adaact-bench run": "CI runs its quick form, and the tests smaller ones",
    "adaact-bench run --trainer keras": "tests/test_additions.py, on fewer trials",
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


def made_once(line):
    """Whether a command takes too long to run here, and what it gave lies in the project."""
    folder = re.search(r"--results\s+(results/\S+)", line)
    return bool(folder) and (ROOT / folder[1] / "trials.csv").is_file()


def ours(page):
    """The commands of the suite that a page shows, in order; those run elsewhere aside."""
    lines = (line for line in shell(page) if line.startswith("adaact-bench "))
    return [line for line in lines if line not in ELSEWHERE and not made_once(line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_run_here_or_elsewhere(page):
    lines = {line for line in shell(page) if not made_once(line)}
    assert sorted(lines - {*ours(page), *ELSEWHERE}) == []


def test_what_is_run_elsewhere_is_still_shown():
    shown = {command for page in PAGES for command in (*shell(page), *inline(page))}
    assert sorted({*ELSEWHERE} - shown) == []


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
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", [*filter(ours, PAGES)], ids=lambda page: page.name)
def test_the_commands_of_a_page_run_from_top_to_bottom(page, tmp_path):
    """Beside the files that it shows: blocks whose first line names one."""
    helpers.shown(page, tmp_path)
    for command in ours(page):
        ends_well(command, tmp_path)


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A folder in which a small study has run."""
    folder = tmp_path_factory.mktemp("studied")
    ends_well(f"adaact-bench run {SMALL}", folder)
    return folder


COMMANDS = sorted(
    {command for page in PAGES for command in inline(page) if not made_once(command)}
    - set(ELSEWHERE)
)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_a_sentence_runs(command, studied):
    ends_well(command, studied)
