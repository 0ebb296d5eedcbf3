"""The steps of ``tox -e bench`` after ``run`` find its results."""

import sys

import pytest

from bench.cli.follow import follow


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        ([], "results"),
        (["--quick"], "results/quick"),
        (["--results", "a b"], "a b"),
        (["--seeds", "0:9", "--quick", "--results=else", "--workers", "2"], "else"),
    ],
)
def test_a_command_is_given_the_results_folder_of_the_run(options, folder):
    command = follow([*options, "--", "pytest", "bench/", "--benchmark-only"])
    assert command == ["pytest", "bench/", "--benchmark-only", "--results", folder]


@pytest.mark.parametrize(
    ("options", "handed_on"),
    [
        (["--also-quick"], []),
        (["--quick"], []),
        (["--seeds", "3", "--quick", "--also-quick"], ["--quick"]),
    ],
)
def test_quick_is_handed_on_where_the_run_was_and_the_command_knows_it(options, handed_on):
    command = follow([*options, "--results", "here", "--", "pytest"])
    assert command == ["pytest", "--results", "here", *handed_on]


def test_the_command_is_run_and_its_exit_code_passed_on(launch, tmp_path):
    command = (sys.executable, "-c", "import sys; print(*sys.argv[1:]); sys.exit(3)")
    ended = launch(tmp_path, "-m", "bench.cli.follow", "--quick", "--", *command)
    assert ended == (3, "--results results/quick\n", "")
