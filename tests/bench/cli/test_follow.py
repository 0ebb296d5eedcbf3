"""The steps of ``tox -e bench`` after ``run`` find its results."""

import sys

import pytest

from bench.cli.follow import follow


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", "results"),
        ("--quick", "results/quick"),
        ("--seeds 0:9 --quick --results=else --workers 2", "else"),
        ("--seeds 3 --quick --also-quick", "results/quick --quick"),
    ],
)
def test_a_command_is_given_the_results_folder_of_the_run(options, expected):
    command = follow([*options.split(), "--", "pytest", "bench/"])
    assert " ".join(command) == f"pytest bench/ --results {expected}"


def test_the_command_is_run_and_its_exit_code_passed_on(launch, tmp_path):
    command = (sys.executable, "-c", "import sys; print(*sys.argv[1:]); sys.exit(3)")
    ended = launch(tmp_path, "-m", "bench.cli.follow", "--quick", "--", *command)
    assert ended == (3, "--results results/quick\n", "")
