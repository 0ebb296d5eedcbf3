"""A disk that is full at any point of a run: one line, and with more room the command goes on."""

import subprocess

import pytest

MOST_KIB = 700  # more than store, log and tables of the study take


@pytest.fixture
def disk(tmp_path):
    """A folder with a file system of its own; ``disk(kib)`` sets its size."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(option):
        command = ["mount", "-t", "tmpfs", "-o", option, "tmpfs", folder]
        return subprocess.run(command, capture_output=True, check=False).returncode

    if mount("size=64k"):
        pytest.skip("mounting takes privileges that these tests do not have")
    yield folder, lambda kib: mount(f"remount,size={kib}k")
    subprocess.run(["umount", folder], check=True)


@pytest.mark.scorecard(2, "sizes of a disk that is too small")
@pytest.mark.parametrize("sizes", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_full_disk_is_one_line_and_with_more_room_the_command_goes_on(
    starter, whole, results, disk, tmp_path, sizes, record_property
):
    folder, resize = disk
    full = 0
    for number in range(sizes):
        resize(kib := 4 * (1 + number * MOST_KIB // sizes // 4))
        place = folder / str(number)
        command = (*whole.command, "--workers", "1", "--results", place)
        ended = starter.run(tmp_path / str(number), *command)
        print(f"{kib} KiB: {ended.err}")  # noqa: T201 (shown where the test fails)
        assert ended.code in (0, 2)
        if ended.code:
            full += 1
            complaint = [line for line in ended.err.splitlines() if "adaact-bench: " in line]
            assert [ended.err.splitlines()[-1]] == complaint
            assert "disk" in complaint[0]
            assert str(place) in complaint[0]
        resize(10 * MOST_KIB)
        assert starter.run(tmp_path / str(number), *command).code == 0
        assert results(place) == whole.files
        subprocess.run(["rm", "-r", place], check=True)
    assert full > 0
    record_property("tried", sizes)
